"""Reading recipes: what is wrong is named by file, line and field."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfguard.errors import DataError
from shelfguard.learn.train.recipe import Recipe, full_settings, read_recipe, settings_of

GOOD = """\
name: terse
kind: tfidf
about: A test.
settings:
  strength: 10.0
smoke:
  strength: 1.0
"""
SHIPPED = sorted(
    file
    for file in (Path(__file__).parents[4] / "recipes").glob("*.yaml")
    if not file.name.startswith("distilled-")  # those have teachers, and a reader of their own
)


def recipe_file(folder: Path, text: str) -> Path:
    file = folder / "recipe.yaml"
    file.write_text(text, "utf-8")
    return file


def test_a_recipe_is_read(tmp_path: Path) -> None:
    recipe = read_recipe(recipe_file(tmp_path, GOOD))
    assert (recipe.name, recipe.kind) == ("terse", "tfidf")


def test_smoke_settings_replace_others(tmp_path: Path) -> None:
    recipe = read_recipe(recipe_file(tmp_path, GOOD))
    assert settings_of(recipe, smoke=False) == {"strength": 10.0}
    assert settings_of(recipe, smoke=True) == {"strength": 1.0}


def test_the_full_settings_name_defaults_too(tmp_path: Path) -> None:
    recipe = read_recipe(recipe_file(tmp_path, GOOD))
    assert full_settings(recipe, smoke=False)["style"]["share"] == 0.0


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("  strength: 10.0", "  strenght: 10.0", "recipe.yaml:5: field 'settings.strenght'"),
        ("  strength: 1.0", "  strength: -1", "recipe.yaml:7: field 'smoke.strength'"),
        ("  strength: 1.0", "  style: {shares: 1}", "recipe.yaml:7: field 'smoke.style.shares'"),
        ("kind: tfidf", "kind: tfdif", "recipe.yaml:2: field 'kind'"),
        ("name: terse", "name: Très", "recipe.yaml:1: field 'name'"),
        ("about: A test.", "abuot: A test.", "recipe.yaml:3: field 'abuot'"),
        (GOOD, "", "the file is empty"),
        ("settings:", "settings: [", "not YAML"),
    ],
)
def test_a_mistake_is_named_with_its_place(
    tmp_path: Path, old: str, new: str, problem: str
) -> None:
    assert old in GOOD
    with pytest.raises(DataError) as error:
        read_recipe(recipe_file(tmp_path, GOOD.replace(old, new)))
    assert problem in str(error.value)


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("  strength: 10.0", "  a: 1\n  b: 2")
    with pytest.raises(DataError) as error:
        read_recipe(recipe_file(tmp_path, text))
    assert len(str(error.value).splitlines()) == 2


def test_a_recipe_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        read_recipe(tmp_path / "none.yaml")


@settings(max_examples=50)
@given(st.text(max_size=200))
def test_any_text_is_a_recipe_or_a_clear_error(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    file = recipe_file(tmp_path_factory.getbasetemp(), text)
    with pytest.raises(DataError):
        read_recipe(file)


def test_settings_are_checked_without_a_file() -> None:
    recipe = Recipe(name="a", kind="tfidf", about="A test.", settings={"depth": 3})
    with pytest.raises(DataError, match=r"settings\.depth"):
        full_settings(recipe, smoke=False)


NEEDED = {
    "frozen": ("torch",),
    "boosting": ("onnx",),
    "transformer": ("torch", "onnx"),
    "lora": ("torch", "onnx", "peft"),
    "judge": ("torch", "peft", "transformers"),
    "detector": ("torch", "onnx"),
    "image-head": ("torch", "onnx"),
}
"""What must be installed before the settings of a kind can be read."""


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_the_shipped_recipes_are_sound_and_can_be_tried(file: Path) -> None:
    for library in NEEDED.get(yaml.safe_load(file.read_text("utf-8"))["kind"], ()):
        pytest.importorskip(library)
    recipe = read_recipe(file)
    assert recipe.name == file.stem
    assert recipe.smoke
