"""The door keeps to its own description, whatever it is asked (schemathesis, over real HTTPS)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import GenerationMode

from bench.inventory.door.refusals import Code, titles
from bench.inventory.door.words import ExchangeSaid, parse
from tests.peers.centre.centre_room import centre_room
from tests.peers.door.door_room import DoorRoom, give_token, open_door, slower

TOKEN = "made-up-token-of-a-test-7f3a"


@dataclass
class Described:
    room: DoorRoom
    document: dict[str, Any]
    trust: str
    shown: dict[str, str]

    def cases(self, path: str, method: str, mode: GenerationMode) -> SearchStrategy[Any]:
        """Requests for one way in: those that the description allows, or others.

        Those that it allows come from the bench whose token is shown.
        """
        schema = schemathesis.openapi.from_dict(self.document)
        schema.config.update(base_url=self.room.address)
        cases: SearchStrategy[Any] = schema[path][method].as_strategy(generation_mode=mode)
        return cases.map(_of_the_bench) if mode is GenerationMode.POSITIVE else cases


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Described]:
    with centre_room(tmp_path_factory.mktemp("centre")) as centre:
        its = centre.add_bench("bench-07")
        limits = slower(stranger_rate=1e6, stranger_burst=1_000_000, body=5.0)
        with open_door(centre, limits=limits) as room:
            trust = str(its.trust)
            url = f"{room.address}/v1/openapi.json"
            document = requests.get(url, verify=trust, timeout=20).json()
            give_token(centre, "bench-07", TOKEN)
            yield Described(room, document, trust, {"Authorization": f"Bearer {TOKEN}"})


QUICK = settings(
    max_examples=6, deadline=None, derandomize=True, database=None,
    phases=[Phase.generate], suppress_health_check=list(HealthCheck),
)  # fmt: skip
LONG = settings(QUICK, max_examples=1000, derandomize=False)
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
EVERY = pytest.mark.parametrize(
    ("path", "method", "mode"),
    [
        *(("/v1/exchange", "POST", mode) for mode in MODES),
        ("/v1/health", "GET", GenerationMode.POSITIVE),
    ],
)


@EVERY
def test_the_door_keeps_to_its_description(
    described: Described, path: str, method: str, mode: GenerationMode
) -> None:
    held_to(described, described.cases(path, method, mode), QUICK)


@pytest.mark.soak
@pytest.mark.timeout(1200)
@EVERY
def test_the_door_keeps_to_its_description_at_length(
    described: Described, path: str, method: str, mode: GenerationMode
) -> None:
    held_to(described, described.cases(path, method, mode), LONG)


def held_to(described: Described, cases: SearchStrategy[Any], how: settings) -> None:
    """Every answer is one that is described, in its form; none is a fault of the door."""

    @how
    @given(case=cases)
    def hold(case: Any) -> None:
        case.call_and_validate(verify=described.trust, headers=described.shown, timeout=20)

    hold()
    assert not [line for line in described.room.said if "fault" in line]


def _of_the_bench(case: Any) -> Any:
    if "Staging-Bench" in (case.headers or {}):
        case.headers["Staging-Bench"] = "bench-07"
    return case


def test_what_it_describes_is_whole_and_made_up(described: Described) -> None:
    text = json.dumps(described.document)
    assert set(described.document["paths"]) == {"/v1/exchange", "/v1/health"}
    assert set(described.document["components"]["securitySchemes"]) == {"certificate", "token"}
    assert "://" not in text
    statuses = described.document["paths"]["/v1/exchange"]["post"]["responses"]
    elsewhere = (Code.NOTHING_HERE, Code.WRONG_METHOD, Code.FAULT)
    assert {str(status) for code, (status, _) in titles().items() if code not in elsewhere} | {
        "200"
    } == set(statuses)
    media = described.document["paths"]["/v1/exchange"]["post"]["requestBody"]["content"]
    assert isinstance(
        parse(json.dumps(media["application/json"]["example"]).encode()), ExchangeSaid
    )
