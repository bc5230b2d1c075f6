"""The whole product as a child: `main.py demo --headless`, and what it leaves behind."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from bench.custody.database import connect_reader
from bench.problems import Problem, ProblemCode
from hardware.simulator.mishaps import LAST, LEFT_HELD, Mishap
from tests.peers.workbench import program

KEYS = {
    "handsets", "staged", "held", "left_held", "voided", "events", "labels", "seconds",
    "chain_valid", "holds", "centre",
}  # fmt: skip
SET_UP = ("--methods", "", "--alone")
"""Handsets that are set up already and do not come under management."""
ORDINARY = [mishap for mishap in Mishap if mishap not in LEFT_HELD]


def demo(folder: Path, handsets: int, *words: str) -> dict[str, Any]:
    """Run a demo that must settle; return what it tells."""
    return asyncio.run(settled(folder, handsets, *words))


async def settled(folder: Path, handsets: int, *words: str) -> dict[str, Any]:
    asked = ("--headless", "--json", "--handsets", str(handsets), "--out", str(folder))
    code, out, err = await program("main.py", "demo", *asked, *words)
    assert code == 0, out + err
    assert "Traceback" not in err
    (line,) = out.splitlines()
    told: dict[str, Any] = json.loads(line)
    assert {*told} == KEYS
    return told


def verify(folder: Path) -> tuple[int, str, str]:
    return asyncio.run(program("main.py", "ledger", "verify", folder / "ledger.db"))


def codes(label: Path) -> set[str]:
    with Image.open(label) as picture:
        return {code.text for code in zxingcpp.read_barcodes(picture)}


def test_sixteen_handsets_go_from_plug_to_custody(tmp_path: Path) -> None:
    told = demo(tmp_path, 16, *SET_UP)
    assert (told["handsets"], told["staged"], told["labels"]) == (16, 16, 16)
    assert (told["held"], told["voided"], told["chain_valid"]) == (0, 0, True)
    tags = {f"SIM-{number:06d}" for number in range(1, 17)}
    labels = sorted((tmp_path / "labels").glob("*.png"))
    assert {label.stem.partition("-")[2] for label in labels} == tags
    assert all(codes(label) == {label.stem.partition("-")[2]} for label in labels)
    code, out, err = verify(tmp_path)
    assert (code, err) == (0, "")
    assert out.endswith(f": {told['events']} events, every one verifies\n")


def test_all_methods_end_staged_but_for_one_restart_and_one_mismatch(tmp_path: Path) -> None:
    told = demo(tmp_path, 16, "--alone")
    assert (told["staged"], told["held"], told["left_held"], told["voided"]) == (14, 2, 2, 0)
    assert (told["labels"], told["chain_valid"]) == (14, True)
    bodies = events(tmp_path / "ledger.db")
    held = [body["data"]["problem"] for body in bodies if body["type"] == "held"]
    assert sorted(held) == ["enrolment-restarted", "imei-mismatch"]
    whats = [Problem(ProblemCode(code)).advice.what for code in held]
    assert len(told["holds"]) == 2
    assert all(any(what in why for why in told["holds"]) for what in whats)
    enrolled = Counter(b["data"]["method"] for b in bodies if b["type"] == "enrolled")
    assert {*enrolled} == {"qr", "adb", "knox", "staging-token"}
    assert sum(enrolled.values()) == 14
    uploaded = [b["data"]["upload"] for b in bodies if "upload" in b["data"]]
    assert uploaded == ["made", "handed-in"]


def events(record: Path) -> list[dict[str, Any]]:
    with closing(connect_reader(record)) as connection:
        rows = connection.execute("SELECT CAST(body AS BLOB) FROM event ORDER BY seq").fetchall()
    return [json.loads(body) for (body,) in rows]


def test_a_second_demo_goes_on_with_the_record_of_the_first(tmp_path: Path) -> None:
    first, second = (demo(tmp_path, 2, "--alone") for _ in range(2))
    assert second["staged"] == 2
    assert second["events"] > first["events"]
    assert second["chain_valid"]
    names = {label.stem.partition("-")[2] for label in (tmp_path / "labels").glob("*.png")}
    assert {"SIM-000003", "SIM-000004"} <= names


@pytest.fixture(scope="module")
def demos(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[Mishap, dict[str, Any]]:
    """Run a demo for each kind of mishap, several at a time, and return what they tell."""
    turn = asyncio.Semaphore(3)

    async def one(mishap: Mishap) -> dict[str, Any]:
        async with turn:
            return await settled(tmp_path_factory.mktemp("demo"), 3, "--faults", mishap, *SET_UP)

    async def every() -> dict[Mishap, dict[str, Any]]:
        kinds = sorted({item.callspec.params["mishap"] for item in _of_mishaps(request)})
        told = await asyncio.gather(*map(one, kinds))
        return dict(zip(kinds, told, strict=True))

    return asyncio.run(every())


def _of_mishaps(request: pytest.FixtureRequest) -> list[Any]:
    """Return the tests of this run that are about a kind of mishap."""
    return [
        item for item in request.session.items
        if getattr(item, "originalname", "") == "test_a_demo_in_which_something_goes_wrong_settles"
    ]  # fmt: skip


SAMPLE = set(random.Random(6).sample(ORDINARY, 3))


@pytest.mark.parametrize(
    "mishap",
    [m if m in SAMPLE else pytest.param(m, marks=pytest.mark.soak) for m in ORDINARY],
    ids=str,
)
def test_a_demo_in_which_something_goes_wrong_settles(
    demos: dict[Mishap, dict[str, Any]], mishap: Mishap
) -> None:
    told = demos[mishap]
    set_aside = {Mishap.DUPLICATE_IMEI: 2}.get(mishap, int(mishap in LAST))
    assert (told["staged"], told["held"], told["voided"]) == (3 - set_aside, 0, set_aside)
    assert told["chain_valid"]


@pytest.mark.soak
@pytest.mark.parametrize("seed", [1, 2])
def test_a_demo_in_which_everything_goes_wrong_settles(tmp_path: Path, seed: int) -> None:
    wrong = ",".join(ORDINARY)
    told = demo(tmp_path, 16, "--seed", str(seed), "--faults", wrong, *SET_UP)
    assert told["staged"] + told["voided"] == 16
    assert (told["held"], told["voided"], told["chain_valid"]) == (0, 4, True)


@pytest.mark.parametrize("handsets", [1, pytest.param(2, marks=pytest.mark.soak)])
def test_a_demo_with_more_mishaps_than_handsets_settles(tmp_path: Path, handsets: int) -> None:
    told = demo(tmp_path, handsets, "--faults", ",".join(ORDINARY), *SET_UP)
    assert told["staged"] + told["voided"] == handsets
    assert told["chain_valid"]


def test_whatever_goes_wrong_while_handsets_are_enrolled_settles(tmp_path: Path) -> None:
    told = demo(tmp_path, 16, "--alone", "--faults", ",".join(Mishap))
    assert told["staged"] + told["voided"] + told["left_held"] == 16
    assert (told["held"], told["chain_valid"]) == (2, True)


def test_a_demo_ends_at_a_centre_with_each_event_once(tmp_path: Path) -> None:
    told = demo(tmp_path, 2, "--methods", "")
    centre = told["centre"]
    assert (centre["faults"], centre["cuts"]) == ([], 1)
    assert (len(centre["frozen"]), len(centre["quarantined"])) == (1, 1)
    assert centre["events"] > told["events"]
