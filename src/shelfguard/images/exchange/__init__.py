"""Files of hashes as other tools and hash exchanges write them."""
