"""The comment analysis of Google's Perspective API, for clients that were written for it."""
