"""The whole product as a child: `main.py demo --headless`, and what it leaves behind."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from hardware.simulator.mishaps import LAST, Mishap
from tests.peers.workbench import program

KEYS = {"handsets", "staged", "held", "voided", "events", "labels", "seconds", "chain_valid"}


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
    told = demo(tmp_path, 16)
    assert (told["handsets"], told["staged"], told["labels"]) == (16, 16, 16)
    assert (told["held"], told["voided"], told["chain_valid"]) == (0, 0, True)
    tags = {f"SIM-{number:06d}" for number in range(1, 17)}
    labels = sorted((tmp_path / "labels").glob("*.png"))
    assert {label.stem.partition("-")[2] for label in labels} == tags
    assert all(codes(label) == {label.stem.partition("-")[2]} for label in labels)
    code, out, err = verify(tmp_path)
    assert (code, err) == (0, "")
    assert out.endswith(f": {told['events']} events, every one verifies\n")


def test_a_second_demo_goes_on_with_the_record_of_the_first(tmp_path: Path) -> None:
    first, second = demo(tmp_path, 2), demo(tmp_path, 2)
    assert second["staged"] == 2
    assert second["events"] > first["events"]
    assert second["chain_valid"]
    names = {label.stem.partition("-")[2] for label in (tmp_path / "labels").glob("*.png")}
    assert {"SIM-000003", "SIM-000004"} <= names


@pytest.fixture(scope="module")
def demos(tmp_path_factory: pytest.TempPathFactory) -> dict[Mishap, dict[str, Any]]:
    """Run a demo for each kind of mishap, several at a time, and return what they tell."""
    turn = asyncio.Semaphore(3)

    async def one(mishap: Mishap) -> dict[str, Any]:
        async with turn:
            return await settled(tmp_path_factory.mktemp("demo"), 3, "--faults", mishap)

    async def every() -> dict[Mishap, dict[str, Any]]:
        told = await asyncio.gather(*map(one, Mishap))
        return dict(zip(Mishap, told, strict=True))

    return asyncio.run(every())


@pytest.mark.parametrize("mishap", Mishap, ids=str)
def test_a_demo_in_which_something_goes_wrong_settles(
    demos: dict[Mishap, dict[str, Any]], mishap: Mishap
) -> None:
    told = demos[mishap]
    set_aside = {Mishap.DUPLICATE_IMEI: 2}.get(mishap, int(mishap in LAST))
    assert (told["staged"], told["held"], told["voided"]) == (3 - set_aside, 0, set_aside)
    assert told["chain_valid"]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_demo_in_which_everything_goes_wrong_settles(tmp_path: Path, seed: int) -> None:
    told = demo(tmp_path, 16, "--seed", str(seed), "--faults", ",".join(Mishap))
    assert told["staged"] + told["voided"] == 16
    assert (told["held"], told["voided"], told["chain_valid"]) == (0, 4, True)


@pytest.mark.parametrize("handsets", [1, 2])
def test_a_demo_with_more_mishaps_than_handsets_settles(tmp_path: Path, handsets: int) -> None:
    told = demo(tmp_path, handsets, "--faults", ",".join(Mishap))
    assert told["staged"] + told["voided"] == handsets
    assert told["chain_valid"]
