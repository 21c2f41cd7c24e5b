"""What sellers do to get past a filter: seeded rewrites of listings that people still read."""
