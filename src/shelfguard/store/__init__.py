"""What outlives a request: decisions, cases and keys in a database, the decision log in files."""

DEFAULT = "sqlite:///shelfguard.db"
"""The database where none is named: a file in the working folder."""
