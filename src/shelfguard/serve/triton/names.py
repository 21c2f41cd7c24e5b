"""What the model repository and its client agree on."""

from __future__ import annotations

MODEL_NAME = "shelfguard-{stage}"
"""A server may hold models of others too."""

DIGEST_PARAMETER = "sha256_of_version_{version}"
"""The parameter of a model's configuration that holds the digest of a version's graph."""

DIGEST = "sha256"
"""The parameter of a request that holds the digest of the graph that it is meant for."""
