"""Pictures of listings: fetched safely, decoded once, known by their hashes."""
