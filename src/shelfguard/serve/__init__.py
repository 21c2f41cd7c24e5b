"""The HTTP API: one decision in milliseconds, from the same engine as a scan."""
