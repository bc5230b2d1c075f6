"""Bundles of one made-up handset, made once for all tests of the verifiers."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.custody.audit.assembly import bundle
from bench.custody.audit.bundle import Section, to_bytes
from bench.custody.chain import leaf_hash
from bench.custody.entries import SealedEvent
from tests.bench.custody.audit.exported import exported, exported_from_two_epochs, stated
from tests.bench.custody.proof.signers import NOON
from tests.verifiers.forging import sealed
from tests.verifiers.verifiers import Case, both_verdicts, node_verdicts, python_verdict

VALID, REFUSED, UNUSABLE = (0, 0), (1, 1), (2, 2)
UNCHECKED = "with a central statement, which this verifier does not check"


@dataclass(frozen=True)
class Made:
    """Bundles of one handset that was at two benches, one of which began a new epoch.

    `one` has a single section, `stated` the central inventory's statement; `other` is of another
    handset, at a bench that has the same keys and wrote other events.
    """

    one: Case
    all: Case
    stated: Case
    other: Case
    sections: Sequence[Section]


def make(folder: Path) -> Made:
    for name in ("one", "all", "other"):
        (folder / name).mkdir()
    one, other = exported(folder / "one"), exported(folder / "other", 2)
    trusted, sections = exported_from_two_epochs(folder / "all")
    statement = stated(sections, [last_real(part) for part in sections], NOON + 6 * 3600)
    return Made(
        Case(one.policy, one.data),
        Case(trusted, to_bytes(bundle(sections))),
        Case(trusted, to_bytes(bundle(sections, statement=statement))),
        Case(other.policy, other.data),
        sections,
    )


def last_real(part: Section) -> SealedEvent:
    """Return the last event of a section that says more than that it was exported."""
    real = [event for event in part.events if b'"type":"exported"' not in event.body]
    body, signature = real[-1].body, real[-1].signature
    return SealedEvent(json.loads(body)["seq"], body, leaf_hash(body), signature)


def changed(case: Case, change: Callable[[Any], object]) -> Case:
    """Return the case after a forger's change, with the SHA-256 made anew."""
    said = json.loads(case.data)
    change(said)
    return replace(case, data=sealed(said))


def with_events(case: Case, change: Callable[[list[Any]], object]) -> Case:
    """Return the case after a change to the events of its first section."""
    return changed(case, lambda said: change(said["origins"][0]["events"]))


def without_statement(case: Case) -> Case:
    """Return the case as it is to a verifier that leaves the central statement unchecked."""
    return changed(case, lambda said: said.pop("statement"))


def statement_fault(case: Case) -> str:
    """Return why the second verifier refuses a statement; the first says that it does not check."""
    code, words = python_verdict(case)
    assert code == 0
    assert words.endswith(UNCHECKED)
    assert both_verdicts(without_statement(case)) == VALID
    ((second, reason),) = node_verdicts([case])
    assert second == 1
    return reason


def reason_of(case: Case) -> str:
    """Return why the first verifier refuses it, as the second does."""
    assert both_verdicts(case) == REFUSED
    return python_verdict(case)[1]
