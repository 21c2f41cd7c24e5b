"""Transformers on a Triton inference server: the model repository, and the client."""

from shelfguard.serve.triton.backend import TritonBackend

__all__ = ["TritonBackend"]
