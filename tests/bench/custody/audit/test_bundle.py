"""A handset's bundle as a value and as a file."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bench.custody.audit.assembly import bundle, read_section, section
from bench.custody.audit.bundle import (
    BUNDLE_LIMIT,
    MOST_EVENTS,
    BundleError,
    ProvenEvent,
    from_bytes,
    to_bytes,
)
from bench.custody.audit.export import believed, make_bundle
from bench.custody.database import connect_reader
from bench.custody.entries import Entry
from bench.custody.proof.checkpoint import Checkpoint
from bench.custody.proof.merkle import Tree
from bench.custody.proof.policy import TrustPolicy
from bench.events.orders import CustodyKind
from tests.bench.custody.audit.exported import (
    NORTH,
    check,
    export,
    exported,
    exported_from_two_epochs,
    fill,
    header,
    kept_notes,
    open_record,
    policy,
    section_of,
)
from tests.bench.custody.proof.signers import NOON
from tests.bench.custody.record import device, imei, scanned


def test_a_bundle_that_was_read_is_written_the_same(tmp_path: Path) -> None:
    data = exported(tmp_path).data
    assert to_bytes(from_bytes(data)) == data


def test_a_bundle_holds_the_bodies_as_they_were_hashed(tmp_path: Path) -> None:
    with closing(open_record(tmp_path)) as ledger:
        fill(ledger)
        export(ledger, device(1, 1))
        events = ledger.history("device-1")
        part = section_of(ledger, "device-1")
    assert [each.body for each in part.events] == [event.body for event in events]
    assert [each.signature for each in part.events] == [event.signature for event in events]
    assert [each.seq for each in part.events] == [event.seq for event in events]


def test_only_checkpoints_that_say_something_are_in_it(tmp_path: Path) -> None:
    """The first that holds an event, and the last that does not: each narrows its time."""
    with closing(open_record(tmp_path)) as ledger:
        for number in (8, 8, 1, 8, 8, 8):
            ledger.append([scanned(number)])
            check(ledger, NOON + number)
        export(ledger, device(1, 1))
        sizes = [Checkpoint.parse(note.text).size for note in kept_notes(ledger)]
        part = section_of(ledger, "device-1")
    kept = [Checkpoint.parse(note.text).size for note in part.checkpoints]
    assert kept == [sizes[1], sizes[2], sizes[5], sizes[6]]


def test_a_handset_without_events_has_no_bundle(tmp_path: Path) -> None:
    with closing(open_record(tmp_path)) as ledger:
        fill(ledger)
        with pytest.raises(BundleError, match="no event of that handset"):
            section_of(ledger, "device-4711")


def test_an_event_that_no_checkpoint_holds_is_not_exported(tmp_path: Path) -> None:
    with closing(open_record(tmp_path)) as ledger:
        fill(ledger)
        export(ledger, device(1, 1))
        ledger.append([scanned(1)])
        with pytest.raises(BundleError, match="sign one first"):
            section_of(ledger, "device-1")


def test_a_history_whose_end_the_bench_did_not_tell_is_not_exported(tmp_path: Path) -> None:
    with closing(open_record(tmp_path)) as ledger:
        fill(ledger)
        check(ledger, NOON)
        with pytest.raises(BundleError, match="export it"):
            bundle([section_of(ledger, "device-1")])


def test_a_checkpoint_of_another_record_proves_nothing(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with closing(open_record(tmp_path / "other")) as other:
        fill(other)
        export(other, device(1, 1))
        notes = kept_notes(other)
    with closing(open_record(tmp_path)) as ledger:
        fill(ledger, 2)
        export(ledger, device(1, 1))
        events = ledger.history("device-1")
        reading = closing(connect_reader(ledger.path))
        with reading as connection, pytest.raises(BundleError, match="not of this record"):
            read_section(connection, "device-1", notes)
        leaves = [event.hash for event in ledger.events(0, 100)]
    tree = Tree(lambda lo, hi: leaves[lo:hi])
    with pytest.raises(BundleError, match="sign one first"):
        section(events, tree, [])


def test_an_epoch_that_is_carried_on_is_not_left_out(tmp_path: Path) -> None:
    _, (first, second, _) = exported_from_two_epochs(tmp_path)
    assert bundle([second, first]).sections == (first, second)
    with pytest.raises(BundleError, match="carried on and left out"):
        bundle([second])
    with pytest.raises(BundleError, match="export it"):
        bundle([first])


def test_a_bundle_is_about_one_handset_and_each_origin_once(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    one, other = exported(tmp_path).section, exported(tmp_path / "other", 2).section
    with pytest.raises(BundleError, match="one handset"):
        bundle([one, replace(other, origin="custody.example/bench-08/e1")])
    with pytest.raises(BundleError, match="of one origin"):
        bundle([one, other])
    with pytest.raises(BundleError, match="one handset"):
        bundle([])
    with pytest.raises(BundleError, match="has not the form"):
        bundle([replace(one, origin="bench seven")])


def test_what_would_be_too_long_is_not_made(tmp_path: Path) -> None:
    part = exported(tmp_path).section
    with pytest.raises(BundleError, match=f"{MOST_EVENTS} events at most"):
        bundle([replace(part, events=part.events * (MOST_EVENTS // len(part.events) + 1))])
    long = replace(part.events[0], proof="x" * BUNDLE_LIMIT)
    with pytest.raises(BundleError, match="is over"):
        to_bytes(bundle([replace(part, events=(long, *part.events[1:]))]))
    with pytest.raises(BundleError, match="is over"):
        from_bytes(b" " * (BUNDLE_LIMIT + 1))


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b"[" * 100_000, b'{"origins":[1]}'])
def test_what_is_no_bundle_is_not_read(data: bytes) -> None:
    with pytest.raises(BundleError, match="no custody bundle"):
        from_bytes(data)


def test_a_bundle_that_was_changed_is_not_read(tmp_path: Path) -> None:
    data = exported(tmp_path).data
    for bad in (data + b"\n", data.replace(b"scanned", b"scanmed"), data.replace(b"==", b"A=", 1)):
        with pytest.raises(BundleError):
            from_bytes(bad)
    said = json.loads(data)
    said["origins"][0]["events"][0]["body"] = 1
    with pytest.raises(BundleError):
        from_bytes(json.dumps(said).encode())


def test_a_proof_without_a_number_is_none() -> None:
    with pytest.raises(BundleError, match="not its form"):
        _ = ProvenEvent(b"", b"", "c2sp.org/tlog-proof@v1\nindex 01\n").seq


# ── out of the records ──────────────────────────────────────────────────────────────────────────
def test_a_handset_is_exported_from_all_records_that_know_it(tmp_path: Path) -> None:
    _, parts = exported_from_two_epochs(tmp_path)
    records = [tmp_path / name for name in ("bench-07-e2.db", "bench-07-e1.db", "bench-08-e1.db")]
    data = make_bundle(records, str(imei(1)))
    assert from_bytes(data) == bundle(parts)
    assert make_bundle(records, "device-1") == data


def test_checkpoints_that_a_verifier_would_not_take_are_left_out(tmp_path: Path) -> None:
    with closing(open_record(tmp_path)) as ledger:
        ledger.append([scanned(1)])
        check(ledger, NOON, [])
        ledger.append([scanned(1)])
        check(ledger, NOON, [NORTH])
        ledger.append([Entry(CustodyKind.EXPORTED, device(1, 1))])
        good = check(ledger, NOON)
    with closing(connect_reader(ledger.path)) as connection:
        assert believed(connection, TrustPolicy.parse(policy())) == [good]
        assert len(believed(connection, TrustPolicy.parse(policy(quorum="any")))) == 2
        assert believed(connection, None) == [good]
    assert header().origin in make_bundle([ledger.path], "device-1").decode()
