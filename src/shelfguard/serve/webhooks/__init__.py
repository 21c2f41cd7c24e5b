"""Webhooks: decisions as signed events, sent at least once to those who asked for them."""
