"""The same engine behind other servers, each set up as its own documentation advises."""
