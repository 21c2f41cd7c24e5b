"""Under Ray Serve the API has the same routes and gives the same answers, whatever dies."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.golden.decided import lasting
from tests.servers.ray_serve import START, deployed, ray_serve
from tests.slow import slow
from tests.unit.policy.tinypack import TinyPack
from tests.unit.serve.running import BOTTLE, LISTING, PATIENT, Api, running
from tests.waiting import wait_until

ray = pytest.importorskip("ray", reason="needs the extra 'ray'")

pytestmark = [slow, pytest.mark.filterwarnings("ignore::DeprecationWarning:ray.*")]

CONFIGURATION = Path(__file__).parents[2] / "deploy/ray/serve.yaml"

MODEL = "serve_multiplexed_model_id"
NAMES = ("first", "second", "third")
BRASS = {"id": "b", "title": "Brass knuckles"}
REPLICAS, CLIENTS = 2, 6


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with ray_serve() as found:
        yield found


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A tiny pack for each name, of which each has its own label."""
    folder = tmp_path_factory.mktemp("packs")
    roots = {}
    for name in NAMES:
        tiny = TinyPack(folder / name)
        for file in ("pack.yaml", "clauses/CA-WPN-001.yaml"):
            tiny.edit(file, "[lexicon, text]", "[lexicon]")
        tiny.edit("pack.yaml", "id: tiny", f"id: {name}")
        tiny.write("lexicons/CA-WPN-001.en.txt", "brass knuckles\n")
        roots[name] = str(tiny.root)
    return roots


@pytest.fixture(scope="module")
def served(
    address: str, packs: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """One replica, with room for one more model besides the default."""
    args = {
        "store": f"sqlite:///{tmp_path_factory.mktemp('store') / 'store.db'}",
        "models": {name: {"pack": root} for name, root in packs.items()}
        | {"broken": {"pack": "nowhere"}},
        "models_at_once": 1,
    }
    with deployed(address, "api", args) as http:
        yield http


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with running(tmp_path_factory.mktemp("api")) as found:
        yield found


BODIES = [LISTING, {"listings": [BOTTLE, LISTING]}, {"id": "a"}, [], {"listings": []}]
HEADERS = [{}, {"accept-language": "fr"}, {"x-deadline-ms": "nonsense"}]


@pytest.mark.parametrize("headers", HEADERS)
@pytest.mark.parametrize("body", BODIES)
def test_what_is_posted_is_answered_as_by_the_api(
    served: httpx.Client, api: Api, body: Any, headers: dict[str, str]
) -> None:
    headers = PATIENT | headers
    here, there = (
        http.post("/v1/decisions", json=body, headers=headers) for http in (served, api.http)
    )
    assert (here.status_code, lasting(here.content)) == (there.status_code, lasting(there.content))
    assert here.headers["content-type"] == there.headers["content-type"]


READ = [
    "/health/live",
    "/health/ready",
    "/openapi.json",
    "/v1/packs",
    "/v1/packs/ca-marketplace",
    "/v1/packs/unknown",
    "/v1/models",
    "/v1/shadow",
    "/nowhere",
    f"/v1/decisions/{'0' * 32}",
]


@pytest.mark.parametrize("path", READ)
def test_what_is_read_is_answered_as_by_the_api(served: httpx.Client, api: Api, path: str) -> None:
    here, there = served.get(path), api.http.get(path)
    assert here.status_code == there.status_code
    assert without_servers(here.json()) == without_servers(there.json())


def without_servers(document: dict[str, Any]) -> dict[str, Any]:
    """An OpenAPI document says under which prefix it was read."""
    return {name: value for name, value in document.items() if name != "servers"}


def test_a_decision_is_kept_and_explained(served: httpx.Client) -> None:
    answer = served.post("/v1/decisions", json=LISTING, headers=PATIENT)
    path = f"/v1/decisions/{answer.json()['id']}"
    assert served.get(path).content == answer.content
    assert served.get(f"{path}/explanation").json()["reasons"]
    assert served.get(f"{path}/notices").json()["notices"]


def test_a_request_is_decided_by_the_model_that_it_names(served: httpx.Client) -> None:
    for name in (*NAMES, NAMES[0]):
        answer = served.post("/v1/decisions", json=BRASS, headers={**PATIENT, MODEL: name})
        assert answer.json()["pack"].startswith(f"{name}@")
        assert answer.json()["outcome"] == "review"
    assert (
        served.post("/v1/decisions", json=BRASS, headers=PATIENT).json()["pack"].startswith("ca-")
    )


def test_the_model_asked_longest_ago_makes_room_and_is_loaded_again(served: httpx.Client) -> None:
    def loaded_at(name: str) -> str:
        return str(served.get("/version", headers={MODEL: name}).json()["loaded_at"])

    first = loaded_at("first")
    assert loaded_at("first") == first
    loaded_at("second")
    assert loaded_at("first") != first


def test_what_a_model_has_accepted_is_answered_though_another_takes_its_room(
    served: httpx.Client,
) -> None:
    def ask(name: str) -> str:
        answer = served.post("/v1/decisions", json=BRASS, headers={**PATIENT, MODEL: name})
        return str(answer.json()["pack"]).partition("@")[0]

    asked = [*NAMES] * 8
    with ThreadPoolExecutor(CLIENTS) as clients:
        assert list(clients.map(ask, asked)) == asked


def test_an_unknown_model_is_not_found(served: httpx.Client) -> None:
    answer = served.post("/v1/decisions", json=BRASS, headers={MODEL: "unknown"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"] == "Unknown model"


def test_a_model_that_cannot_be_loaded_is_told_and_the_others_go_on(served: httpx.Client) -> None:
    answer = served.post("/v1/decisions", json=BRASS, headers={MODEL: "broken"})
    assert (answer.status_code, answer.json()["title"]) == (503, "Cannot be loaded")
    assert served.post("/v1/decisions", json=BRASS, headers=PATIENT).status_code == 200


@dataclass
class Clients:
    """Ask without pause, as many at once as they are, until told to stop."""

    http: httpx.Client
    answers: list[httpx.Response] = field(default_factory=list)
    _stopped: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def asking(self) -> Iterator[None]:
        with ThreadPoolExecutor(CLIENTS) as pool:
            asking = [pool.submit(self._ask) for _ in range(CLIENTS)]
            try:
                yield
            finally:
                self._stopped.set()
        for each in asking:
            each.result()

    def more(self, count: int) -> Callable[[], bool]:
        """Whether so many more were answered than now."""
        wanted = len(self.answers) + count
        return lambda: len(self.answers) >= wanted

    def _ask(self) -> None:
        while not self._stopped.is_set():
            self.answers.append(self.http.post("/v1/decisions", json=BRASS, headers=PATIENT))


def statuses(answers: list[httpx.Response]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


def replicas(name: str) -> list[str]:
    """The names of the actors that are an application's replicas."""
    from ray.util import list_named_actors

    names = [actor["name"] for actor in list_named_actors(all_namespaces=True)]
    return [found for found in names if found.startswith(f"SERVE_REPLICA::{name}#")]


def count_ready(name: str) -> int:
    from ray import serve

    (deployment,) = serve.status().applications[name].deployments.values()
    return sum(count for state, count in deployment.replica_states.items() if state == "RUNNING")


def test_of_a_killed_replica_only_what_it_had_in_hand_fails_and_it_comes_back(
    address: str, packs: dict[str, str]
) -> None:
    args = {"pack": packs["first"], "min_replicas": REPLICAS}
    with deployed(address, "pair", args) as http:
        clients = Clients(http)
        with clients.asking():
            wait_until(clients.more(50), START)
            before = replicas("pair")
            ray.kill(ray.get_actor(before[0], namespace="serve"))
            wait_until(clients.more(50), START)
            wait_until(lambda: set(replicas("pair")) > {before[1]}, START)
            wait_until(lambda: count_ready("pair") == REPLICAS, START)
            wait_until(clients.more(50), START)
    seen = statuses(clients.answers)
    assert seen[200] >= 150
    assert seen.total() - seen[200] <= CLIENTS
    right = {lasting(answer.content) for answer in clients.answers if answer.status_code == 200}
    assert len(right) == 1


def test_a_deleted_application_answers_what_it_has_accepted(
    address: str, packs: dict[str, str]
) -> None:
    with deployed(address, "ending", {"pack": packs["first"]}) as http:
        clients = Clients(http)
        with clients.asking():
            wait_until(clients.more(50), START)
            from ray import serve

            serve.delete("ending")
    seen = statuses(clients.answers)
    assert seen[200] >= 50
    assert set(seen) <= {200, 404, 503}


def test_the_configuration_that_ships_is_one_that_can_be_served() -> None:
    from ray.serve.schema import ServeDeploySchema

    from shelfguard.serve.ray_app import app

    (application,) = ServeDeploySchema.model_validate(
        yaml.safe_load(CONFIGURATION.read_text("utf-8"))
    ).applications
    assert application.import_path == f"{app.__module__}:app"
    app(application.args)
