"""What an operator tells the application under Ray Serve."""

from __future__ import annotations

from typing import Any

import pytest

from shelfguard.errors import ServeError
from shelfguard.serve.options import Options
from shelfguard.serve.ray_arguments import Arguments


def test_without_arguments_it_is_the_api_without_a_store() -> None:
    assert Arguments.read({}).options() == Options(store=None)


def test_arguments_may_be_text_as_the_command_line_has_them() -> None:
    read = Arguments.read({"min_replicas": "2", "keys": "true", "deadline_ms": "500"})
    assert (read.min_replicas, read.options().keys) == (2, True)
    assert read.options().limits.seconds == 0.5


def test_pictures_are_looked_at_where_that_is_asked_for() -> None:
    images = Arguments.read({"look_at_images": True, "allow": ["cdn.local"]}).options().images
    assert images is not None
    assert images.allow == ("cdn.local",)


def test_a_named_model_has_all_but_the_challenger_from_the_default() -> None:
    models = {"next": {"model": "models/next"}, "europe": {"pack": "eu"}}
    args = {"pack": "ca", "model": "models/now", "store": "sqlite://", "challenger_pack": "new"}
    read = Arguments.read({**args, "models": models})
    following, europe = read.named_options()["next"], read.named_options()["europe"]
    assert (following.pack, following.model) == ("ca", "models/next")
    assert (europe.pack, europe.model) == ("eu", None)
    assert (europe.store, europe.challenger_pack) == ("sqlite://", None)
    assert read.options().challenger_pack == "new"


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        ({"pakc": "ca-marketplace"}, "field 'pakc'"),
        ({"models": {"eu": {"packs": "x"}}}, r"field 'models\.eu\.packs'"),
        ({"models": {"eu": {}}}, r"field 'models\.eu': .*pack or models"),
        ({"min_replicas": "0"}, "field 'min_replicas'"),
        ({"min_replicas": 3, "max_replicas": 2}, "fewer than min_replicas"),
    ],
)
def test_an_argument_that_cannot_be_is_named(args: dict[str, Any], problem: str) -> None:
    with pytest.raises(ServeError, match=problem):
        Arguments.read(args)
