"""Drawn pictures that keep or break the house rules, and the small models that tell which."""
