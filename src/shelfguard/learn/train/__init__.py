"""Recipes and the trainers that follow them."""
