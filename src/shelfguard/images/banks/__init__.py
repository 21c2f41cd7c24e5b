"""Banks of hashes of known pictures, and what they match."""
