"""How fast a catalog's pictures are looked at, and in how much memory."""
