"""The page at `/docs`: everything that the OpenAPI document says, and nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
from typing import Any

import pytest
from lxml import html

from tests.unit.serve.running import LISTING, Api

PAGE = "/docs"


@pytest.fixture(scope="module")
def page(api: Api) -> html.HtmlElement:
    return html.fromstring(api.http.get(PAGE).text)


@pytest.fixture(scope="module")
def document(api: Api) -> dict[str, Any]:
    found: dict[str, Any] = api.http.get("/openapi.json").json()
    return found


def examples(page: html.HtmlElement) -> list[str]:
    found = [str(block.text_content()) for block in page.iter("pre")]
    return [block for block in found if block.startswith("curl ")]


def test_every_operation_and_every_schema_has_its_place(
    page: html.HtmlElement, document: dict[str, Any]
) -> None:
    named = [str(article.get("aria-labelledby")) for article in page.iter("article")]
    operations = [told for methods in document["paths"].values() for told in methods.values()]
    schemas = [f"schema-{name}" for name in document["components"]["schemas"]]
    assert sorted(named) == sorted([*(told["operationId"] for told in operations), *schemas])


def test_every_parameter_and_property_is_named(
    page: html.HtmlElement, document: dict[str, Any]
) -> None:
    shown = {str(code.text_content()) for code in page.iter("code")}
    operations = [told for methods in document["paths"].values() for told in methods.values()]
    parameters = {p["name"] for told in operations for p in told.get("parameters", [])}
    schemas = document["components"]["schemas"].values()
    assert parameters | {name for s in schemas for name in s.get("properties", {})} <= shown


def test_every_link_leads_somewhere(api: Api, page: html.HtmlElement) -> None:
    targets = [str(link.get("href")) for link in page.iter("a")]
    ids = [str(found) for found in page.xpath("//@id")]
    assert len(ids) == len(set(ids))
    assert {t.removeprefix("#") for t in targets if t.startswith("#")} <= set(ids)
    elsewhere = [target for target in targets if not target.startswith("#")]
    assert elsewhere == ["openapi.json"]
    assert api.http.get(f"/{elsewhere[0]}").status_code == 200


def test_it_has_no_scripts_and_its_policy_lets_it_load_nothing(
    api: Api, page: html.HtmlElement
) -> None:
    assert not page.xpath("//script | //@src | //link | //@onclick | //@style | //form")
    (style,) = page.xpath("//style")
    digest = base64.b64encode(hashlib.sha256(style.text.encode()).digest()).decode()
    policy = api.http.get(PAGE).headers["content-security-policy"]
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_every_example_runs_as_it_stands(api: Api, page: html.HtmlElement) -> None:
    decision = api.decide(LISTING).json()
    (pack,) = api.http.get("/v1/packs").json()["packs"]
    known = {"DECISION_ID": decision["id"], "PACK_ID": pack["id"]}
    environment = {"SHELFGUARD": str(api.http.base_url).rstrip("/"), "KEY": "sg_none"}
    calls = examples(page)
    assert len(calls) == 13
    for call in calls:
        for placeholder, value in known.items():
            call = call.replace(placeholder, value)
        done = subprocess.run(
            f"{call} --silent --show-error --write-out '\\n%{{http_code}}'",
            shell=True,
            env=environment | {"PATH": "/usr/local/bin:/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=True,
        )
        body, _, status = done.stdout.rpartition("\n")
        challenger_is_missing = status == "404" and "/v1/shadow" in call
        assert status == "200" or challenger_is_missing, (call, done.stdout)
        assert json.loads(body)


def test_only_what_a_key_is_for_shows_one(page: html.HtmlElement) -> None:
    open_to_all = [call for call in examples(page) if "Authorization" not in call]
    assert len(open_to_all) == 3
    assert all("/health/" in call or "/version" in call for call in open_to_all)
