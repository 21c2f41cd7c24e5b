"""Example feeds, and what draws their pictures."""
