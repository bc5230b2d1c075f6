"""The help page of profiles names every key there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench.enrolment.profiles import head, payload, reading, traps, wifi
from bench.enrolment.profiles.profile import Method, WifiSecurity
from bench.enrolment.profiles.provisioning import EAP
from bench.enrolment.profiles.steps import GATE_KINDS, KINDS
from bench.enrolment.profiles.vocabulary import CodeSource, Command, Namespace, Seen, Service

PAGE = Path(__file__).parents[4] / "resources" / "help" / "profiles.md"

LISTS = ("step", "gate", "variant")


def section(heading: str) -> str:
    text = PAGE.read_text("utf-8")
    start = text.index(f"\n## {heading}\n")
    return text[start : text.find("\n## ", start + 1)]


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("`[profile]`", [*head._KEYS, *Method]),
        ("`[traps]`", traps._KEYS),
        ("`[wifi]`", [*wifi._KEYS, *WifiSecurity, *EAP]),
        ("`[payload]`", payload._KEYS),
        ("`[[step]]`", [*KINDS, *Command, *Namespace, *Seen, *Service, *CodeSource]),
        ("`[[gate]]`", GATE_KINDS),
    ],
)
def test_every_key_and_word_is_described_under_its_heading(heading: str, words: list[str]) -> None:
    marked = " ".join(re.findall(r"`([^`]+)`", section(heading)))
    assert [word for word in words if not re.search(rf"(?<![\w-]){word}(?![\w-])", marked)] == []


def test_every_table_has_a_heading() -> None:
    for table in reading._TABLES:
        assert section(
            f"`[{table}]`" if table not in ("step", "gate", "variant") else f"`[[{table}]]`"
        )
