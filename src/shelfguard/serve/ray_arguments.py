"""What an operator tells the application under Ray Serve: `serve run … key=value`, or `args:`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from shelfguard.decision import Mode
from shelfguard.engine.picture_source import CACHE, PictureSource
from shelfguard.errors import ServeError
from shelfguard.serve.ledger import KeepListings
from shelfguard.serve.options import Options
from shelfguard.serve.server import Limits


class Named(BaseModel):
    """A pack, or models, other than those that decide by default."""

    model_config = ConfigDict(extra="forbid")

    pack: str | None = None
    model: str | None = None

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not (self.pack or self.model):
            raise ValueError("names no pack or models")
        return self


class Arguments(BaseModel):
    """As the options of `shelfguard serve`, and how many replicas there are."""

    model_config = ConfigDict(extra="forbid")

    pack: str = "ca-marketplace"
    model: str | None = None
    market: str | None = None
    mode: Mode = "shadow"
    store: str | None = None
    """None by default: a file of SQLite would be another one on every machine."""
    keep: KeepListings = "flagged"
    keys: bool = False
    rate: str | None = None
    cache: bool = False
    redis: str | None = None
    log: str | None = None
    webhooks: Path | None = None
    dead_letters: Path = Path("dead-letters.jsonl")
    challenger_pack: str | None = None
    challenger_model: str | None = None
    backend: str | None = None
    deadline_ms: int = Field(default=2000, ge=1)
    look_at_images: bool = False
    allow: tuple[str, ...] = ()
    models: dict[str, Named] = {}
    """What a request may name in the header `serve_multiplexed_model_id`."""
    models_at_once: int = Field(default=3, ge=1)
    """Of these, as many are in the memory of a replica; the one asked longest ago makes room."""
    min_replicas: int = Field(default=1, ge=1)
    max_replicas: int | None = None
    """As many as the least, where nothing is said."""
    target_ongoing_requests: float = Field(default=32, ge=1)
    """Requests per replica, from which on another replica is started."""

    @model_validator(mode="after")
    def _replicas_in_order(self) -> Self:
        if self.max_replicas is not None and self.max_replicas < self.min_replicas:
            raise ValueError("max_replicas are fewer than min_replicas")
        return self

    @classmethod
    def read(cls, args: Mapping[str, Any]) -> Self:
        """The arguments, checked.

        Raises:
            ServeError: naming the one that cannot be, and why.
        """
        try:
            return cls.model_validate(args)
        except ValidationError as error:
            fault = error.errors()[0]
            field = ".".join(map(str, fault["loc"]))
            raise ServeError(fault["msg"], field=field, fix="See docs/ray-serve.md") from error

    def options(self) -> Options:
        """How each replica starts the API of the default."""
        given = self.model_dump()
        shared = {field.name for field in fields(Options)} & given.keys()
        return Options(
            **{name: given[name] for name in shared},
            images=PictureSource((), self.allow, (), None, CACHE) if self.look_at_images else None,
            limits=Limits(seconds=self.deadline_ms / 1000),
        )

    def named_options(self) -> dict[str, Options]:
        """How a replica starts the API of each name; a challenger is one of the default alone."""
        alone = replace(self.options(), challenger_pack=None, challenger_model=None)
        return {
            name: replace(alone, pack=named.pack or self.pack, model=named.model)
            for name, named in self.models.items()
        }
