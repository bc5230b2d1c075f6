"""A handset's history as an auditor reads it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.custody.audit.timeline import timeline
from bench.custody.entries import Actor, Entry, Proof, SealedEvent
from bench.custody.statement.content import Bound
from bench.events.orders import CustodyKind
from tests.bench.custody.audit.exported import fill, open_record
from tests.bench.custody.record import device, scanned

PAT = Actor("p-1234", Proof.BADGE_PIN)
KIM = Actor("p-5678", Proof.BADGE_PIN)


def _lines(folder: Path, *entries: Entry) -> list[str]:
    with closing(open_record(folder)) as ledger:
        ledger.append(entries, by=PAT, second=KIM)
        return timeline(ledger.history("device-1")).splitlines()


def test_each_event_says_when_who_what_where_to_and_why(tmp_path: Path) -> None:
    entry = replace(
        scanned(1), from_="bench-07/goods-in", to="bench-07/A2", reason="box opened before"
    )
    heading, simulated, head, way, reason = _lines(tmp_path, entry)
    assert heading.startswith("handset device-1, IMEI 004400000000")
    assert heading.endswith("serial RTEST000001, model SM-A325F, label MP-000001")
    assert simulated.startswith("SIMULATED")
    assert head == "      2 2026-11-02 09:00:02 UTC (±0 ms) scanned, by p-1234 (badge+pin)"
    assert way.strip() == "bench-07/goods-in → bench-07/A2"
    assert reason.strip() == "box opened before"


def test_a_correction_and_what_it_corrects_are_both_there(tmp_path: Path) -> None:
    with closing(open_record(tmp_path)) as ledger:
        (wrong,) = ledger.append([scanned(1)])
        why = "scanned the box of another"
        entry = Entry(
            CustodyKind.CORRECTED, device(1, 1), data={"of": wrong.hash.hex()}, reason=why
        )
        ledger.append([entry], by=PAT, second=KIM)
        text = timeline(ledger.history("device-1"))
    head, note, correction, reason, corrects, *signed = text.splitlines()[2:]
    assert head.strip().startswith("2 ")
    assert "scanned" in head
    assert note.strip().startswith("^ corrected by event 3 (")
    assert note.endswith(f": {why}")
    assert correction.strip().startswith("3 ")
    assert reason.strip() == why
    assert corrects.strip() == "corrects event 2"
    by, of, what = (line.strip() for line in signed)
    assert by == "^ signed off by p-5678 (badge+pin) (event 4, 2026-11-02 09:00:03 UTC)"
    assert of.startswith("4 ")
    assert of.endswith("signed_off, by p-1234 (badge+pin), second person p-5678 (badge+pin)")
    assert what == "signs off event 3"


def test_what_a_handset_or_person_wrote_stays_text(tmp_path: Path) -> None:
    entry = replace(scanned(1), reason="\x1b[2J\u202eevil\nline 2\u2028", to="\x07bell")
    text = "\n".join(_lines(tmp_path, entry))
    assert "[2J evil line 2" in text
    assert not any(character in text for character in "\x1b\x07\u202e\u2028")


def test_checkpoints_bound_an_event_in_time(tmp_path: Path) -> None:
    with closing(open_record(tmp_path)) as ledger:
        fill(ledger)
        events = ledger.history("device-1")
    bounds = [Bound(events[0].seq, datetime(2026, 11, 2, 12, tzinfo=UTC)), Bound(events[-1].seq)]
    text = timeline(events, bounds)
    first = f"between the beginning and 2026-11-02 12:00:00 UTC (checkpoint {events[0].seq})"
    last = f"(checkpoint {events[0].seq}) and checkpoint {events[-1].seq} (not cosigned)"
    assert first in text
    assert last in text
    assert "no checkpoint yet" in timeline(events, bounds[:1])


def test_a_body_that_cannot_be_read_is_not_shown_in_part() -> None:
    with pytest.raises(ValueError, match="Expecting"):
        timeline([SealedEvent(1, b"{", bytes(32), bytes(64))])
