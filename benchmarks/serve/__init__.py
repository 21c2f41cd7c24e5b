"""The API next to the bare engine and to other servers of models."""
