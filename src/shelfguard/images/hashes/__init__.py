"""Perceptual hashes of pictures, and finding near ones among millions."""
