"""Where two records part."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from bench.custody.audit.assembly import bundle
from bench.custody.audit.difference import Difference, between, from_bundle, from_checkpoint
from bench.custody.entries import SealedEvent
from bench.custody.proof.checkpoint import Checkpoint
from bench.custody.proof.merkle import Tree
from tests.bench.custody.audit.exported import exported, header, open_record
from tests.bench.custody.record import scanned

ORIGIN = header().origin


def _events(folder: Path, count: int = 6) -> list[SealedEvent]:
    with closing(open_record(folder)) as ledger:
        ledger.append([scanned(number % 3 + 1) for number in range(count - 1)])
        return list(ledger.events(0, 100))


def _tree(events: Sequence[SealedEvent]) -> Tree:
    leaves = [event.hash for event in events]
    return Tree(lambda lo, hi: leaves[lo:hi])


def test_a_copy_is_the_same(tmp_path: Path) -> None:
    events = _events(tmp_path)
    assert between(events, list(events)) == Difference(None, "both have the same 6 events")
    assert not between([], []).differs


def test_the_longer_record_is_named(tmp_path: Path) -> None:
    events = _events(tmp_path)
    assert between(events, events[:4]) == Difference(
        5, "the first is longer: event 5 is only there"
    )
    assert between(events[:4], events).words.startswith("the second is longer: event 5")


def test_the_first_event_that_differs_is_named(tmp_path: Path) -> None:
    events = _events(tmp_path)
    other = [*events[:2], SealedEvent(3, b"{}", *events[2][2:]), *events[3:5], events[0]]
    found = between(events, other)
    assert found.first == 3
    assert found.words.startswith("event 3 differs in text: scanned at 2026-11-02T")
    assert found.words.endswith(" / unreadable")
    signed = [*events[:4], SealedEvent(*events[4][:3], bytes(64)), events[5]]
    assert between(events, signed) == Difference(5, "event 5 differs in signature")


def test_a_record_holds_what_a_checkpoint_signed(tmp_path: Path) -> None:
    events = _events(tmp_path)
    tree = _tree(events)
    good = Checkpoint(ORIGIN, 4, tree.root(4))
    assert from_checkpoint(good, ORIGIN, 6, tree).words == (
        "the first 4 events are those signed; 2 more follow"
    )
    assert not from_checkpoint(good, ORIGIN, 6, tree).differs


def test_a_record_that_was_cut_or_changed_is_not_what_was_signed(tmp_path: Path) -> None:
    events = _events(tmp_path)
    good = Checkpoint(ORIGIN, 6, _tree(events).root(6))
    cut = from_checkpoint(good, ORIGIN, 4, _tree(events[:4]))
    assert cut == Difference(5, "the record ends at event 4 of 6 signed")
    other = [*events[:2], SealedEvent(3, b"{}", bytes(32), bytes(64)), *events[3:]]
    assert from_checkpoint(good, ORIGIN, 6, _tree(other)).first == 0
    elsewhere = from_checkpoint(good, "custody.example/bench-08/e1", 6, _tree(events))
    assert "of custody.example/bench-07/e1" in elsewhere.words


def test_a_record_is_compared_with_what_a_bundle_holds_of_it(tmp_path: Path) -> None:
    part = exported(tmp_path).section
    with closing(open_record(tmp_path)) as ledger:
        events = {event.seq: event for event in ledger.events(0, 100)}
    held = bundle([part])
    assert (
        from_bundle(held, ORIGIN, events.get).words == "the record has the 5 events of the bundle"
    )
    third = part.events[2].seq
    changed = {**events, third: SealedEvent(third, b"{}", bytes(32), bytes(64))}
    assert from_bundle(held, ORIGIN, changed.get) == Difference(
        third, f"event {third} is another one in the bundle"
    )
    assert from_bundle(held, ORIGIN, lambda _: None).first == part.events[0].seq
    assert from_bundle(held, "custody.example/bench-08/e1", events.get).first == 0


def test_two_restored_copies_that_went_on_part_where_they_did(tmp_path: Path) -> None:
    (tmp_path / "clone").mkdir()
    _events(tmp_path)
    for file in tmp_path.glob("bench-07-e1.db*"):
        shutil.copy(file, tmp_path / "clone" / file.name)
    assert between(_events(tmp_path, 3), _events(tmp_path / "clone", 2)).first == 7
