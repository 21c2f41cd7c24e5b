"""The OpenAPI document against the server that it describes, by schemathesis."""

from __future__ import annotations

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig

