"""Options that commands of `shelfguard model` share."""

from __future__ import annotations

from typing import Annotated

import typer

TrackingUri = Annotated[
    str | None,
    typer.Option(
        "--tracking",
        help="sqlite:///FILE or an MLflow server; MLFLOW_TRACKING_URI or mlflow.db otherwise.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
