"""Which model serves: versions, gates, promotion and its audit trail."""
