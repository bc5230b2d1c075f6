"""The page of help on dispatch says what the desks offer and the commands understand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.command_line import arguments
from bench.command_line.errands.words import Errand
from bench.events.desks import Workspace
from bench.stock.consignments.entries import MOST
from bench.stock.consignments.manifest import Manifest
from bench.stock.packing.fitness import RECHECK
from tests.bench.stock.counter import Counter, counter

HELP = Path("resources/help")
PAGE = (HELP / "dispatch.md").read_text("utf-8")
KEYS = re.findall(r"^\| `(\d)` \| ([^|]*) \| ?([^|]*?) ?\|$", PAGE, re.MULTILINE)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path) as made:
        yield made


def offered(desk: Counter, workspace: Workspace, *choices: str) -> list[tuple[str, str]]:
    desk.go(workspace, *choices)
    return [(str(key), choice.text) for key, choice in enumerate(desk.desk.choices, 1)]


def test_the_keys_of_the_desks_are_those_of_the_page(desk: Counter) -> None:
    at_dispatch = [(key, text) for key, text, _ in KEYS[:6]]
    at_custody = [(key, text) for key, _, text in KEYS[:4]]
    assert offered(desk, Workspace.DISPATCH) == at_dispatch
    assert offered(desk, Workspace.CUSTODY)[:4] == at_custody


def test_the_keys_of_quarantine_are_those_of_the_page(desk: Counter) -> None:
    told = [(key, text if who != "two" else f"{text}: two persons") for key, text, who in KEYS[6:]]
    assert offered(desk, Workspace.CUSTODY, "aside") == told


def test_every_command_of_the_page_is_understood(tmp_path: Path) -> None:
    record = tmp_path / "ledger.db"
    record.touch()
    words = re.findall(r"^\| `stock ([^`]*)`", PAGE, re.MULTILINE)
    assert len(words) == 6
    for line in words:
        asked = [str(record) if word == "RECORD" else word for word in line.split()]
        assert isinstance(arguments.parse(["stock", *asked, "--json"], ()), Errand)


def test_the_columns_of_a_manifest_are_those_of_the_page() -> None:
    part = PAGE.partition("| column | what it is |")[2].partition("\n\n")[0]
    told = [name for names in re.findall(r"^\| ([^|]*) \|", part, re.MULTILINE)
            for name in names.split(", ") if "-" not in name]  # fmt: skip
    heads = Manifest("X", 1, "", "", ()).table(simulated=True).decode().strip().split(",")
    assert told == heads


def test_the_numbers_of_the_page_are_those_of_the_program() -> None:
    assert f"up to {MOST}." in " ".join(PAGE.split())
    assert f"Staged {RECHECK.days} days ago" in PAGE
    assert "(dispatch.md)" in (HELP / "profiles.md").read_text("utf-8")
