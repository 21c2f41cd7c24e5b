"""`shelfguard model export`: a pack's transformers for an inference server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from shelfguard.cli.scan_options import PackName

EXPORT = """[bold]Examples[/bold]

shelfguard model export --target triton --out repo/

shelfguard model export --target triton --out repo/ --pack packs/mine --instances 4
"""


def export(
    target: Annotated[Literal["triton"], typer.Option(help="The kind of server.")],
    out: Annotated[Path, typer.Option(file_okay=False, help="The model repository.")],
    pack: PackName = "ca-marketplace",
    instances: Annotated[
        int, typer.Option(min=1, help="Instances a model, each on one processor.")
    ] = 1,
    queue_delay: Annotated[
        int, typer.Option(min=0, help="Microseconds that the server waits to fill a batch.")
    ] = 0,
) -> None:
    """Write a pack's transformers into a model repository, as a new version where they changed.

    Servers with the Python backend read OUT/python, those with that of ONNX Runtime
    OUT/onnxruntime.
    """
    from shelfguard.policy.load import load_pack
    from shelfguard.serve.triton.export import export as write
    from shelfguard.serve.triton.model_config import Scheduling

    for model in write(load_pack(pack), out, Scheduling(instances, queue_delay)):
        state = "written" if model.is_new else "is there already"
        typer.echo(f"{model.folder}: version {model.version} {state}")
