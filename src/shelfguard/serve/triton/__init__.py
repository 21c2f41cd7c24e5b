"""Transformers on a Triton inference server: the model repository, and the client."""
