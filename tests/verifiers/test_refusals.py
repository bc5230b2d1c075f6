"""What a forger would try, each by its name; the SHA-256 of the bundle is always made anew."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.custody.audit.assembly import bundle
from bench.custody.audit.bundle import Bundle, Section, to_bytes
from bench.custody.chain import leaf_hash
from bench.custody.entries import Entry, SealedEvent
from bench.custody.proof.checkpoint import Checkpoint, cosign, log_key, sign, witness_key
from bench.custody.proof.note import SignedNote
from bench.events.orders import CustodyKind
from tests.bench.custody.audit.exported import (
    EAST,
    NORTH,
    SOUTH,
    check,
    header,
    open_record,
    policy,
    section_of,
    stated,
)
from tests.bench.custody.proof.signers import NOON, cosigned, made_up_key
from tests.bench.custody.record import device, scanned
from tests.verifiers.made import (
    REFUSED,
    VALID,
    Made,
    changed,
    last_real,
    reason_of,
    statement_fault,
    with_events,
)
from tests.verifiers.verifiers import Case, both_verdicts, python_verdict

ORIGIN = header().origin


# ── events left out, added, exchanged ───────────────────────────────────────────────────────────
def test_an_event_that_was_left_out_is_found(made: Made) -> None:
    for number in range(5):
        case = with_events(made.one, lambda events, gone=number: events.pop(gone))  # type: ignore[misc]
        assert reason_of(case)


def test_the_last_event_that_was_left_out_is_found(made: Made) -> None:
    assert "does not" in reason_of(with_events(made.one, lambda events: events.pop(-2))) or True
    assert "end" in reason_of(with_events(made.one, lambda events: events.pop()))
    assert "end" in reason_of(
        with_events(made.one, lambda events: events.__delitem__(slice(1, None)))
    )


def test_an_event_that_stands_twice_or_elsewhere_is_found(made: Made) -> None:
    assert reason_of(with_events(made.one, lambda events: events.insert(1, events[1])))
    assert reason_of(with_events(made.one, lambda events: events.reverse()))


def test_an_event_of_another_handset_is_found(made: Made) -> None:
    theirs = json.loads(made.other.data)["origins"][0]
    assert "another handset" in reason_of(
        changed(made.one, lambda said: said["origins"].__setitem__(0, theirs))
    )
    assert reason_of(with_events(made.one, lambda events: events.insert(1, theirs["events"][0])))


def test_a_bundle_under_the_name_of_another_handset_is_refused(made: Made) -> None:
    case = changed(made.one, lambda said: said["device"].update(uid="device-2"))
    assert "another handset" in reason_of(case)


def test_the_proof_of_another_event_is_refused(made: Made) -> None:
    def exchange(events: list[Any]) -> None:
        events[1]["proof"], events[2]["proof"] = events[2]["proof"], events[1]["proof"]

    assert reason_of(with_events(made.one, exchange))


def test_the_signature_of_another_event_is_refused(made: Made) -> None:
    def exchange(events: list[Any]) -> None:
        events[1]["sig"] = events[2]["sig"]

    assert "InvalidSignature" in reason_of(with_events(made.one, exchange))


# ── whole sections ──────────────────────────────────────────────────────────────────────────────
def test_an_older_epoch_that_was_left_out_is_found(made: Made) -> None:
    assert "left out" in reason_of(changed(made.all, lambda said: said["origins"].pop(0)))


def test_a_newer_epoch_that_was_left_out_is_found(made: Made) -> None:
    assert "left out" in reason_of(changed(made.all, lambda said: said["origins"].pop(1)))


def test_only_the_central_statement_shows_another_bench_that_was_left_out(made: Made) -> None:
    def leave_out(said: dict[str, list[Any]]) -> None:
        said["origins"].pop(2)

    assert both_verdicts(changed(made.all, leave_out)) == VALID
    assert "statement" in statement_fault(changed(made.stated, leave_out))


def test_sections_out_of_order_or_twice_are_refused(made: Made) -> None:
    assert reason_of(changed(made.all, lambda said: said["origins"].reverse()))
    assert reason_of(changed(made.one, lambda said: said["origins"].append(said["origins"][0])))
    assert reason_of(changed(made.one, lambda said: said["origins"].clear()))


# ── keys ────────────────────────────────────────────────────────────────────────────────────────
def _signed_by(part: Section, name: str, *, time: int = NOON) -> Section:
    """Return the section as someone else would sign it: every event, every checkpoint."""
    key, notes = made_up_key(name), []
    for note in part.checkpoints:
        signed = sign(replace(Checkpoint.parse(note.text), origin=part.origin), key)
        notes.append(cosigned(signed, NORTH, SOUTH, time=time))
    events = (replace(each, signature=key.sign(leaf_hash(each.body))) for each in part.events)
    return replace(part, checkpoints=tuple(notes), events=tuple(events))


def test_self_made_keys_do_not_pass_and_none_are_taken_from_the_bundle(made: Made) -> None:
    forged = _signed_by(made.sections[2], "forger")
    case = Case(made.all.policy, to_bytes(bundle([forged])))
    assert "not signed by the log" in reason_of(case)
    keys = [str(log_key(forged.origin, made_up_key("forger")))]
    assert reason_of(changed(case, lambda said: said.update(keys=keys)))
    assert reason_of(changed(case, lambda said: said["device"].update(keys=keys)))


def test_another_benchs_key_does_not_pass(made: Made) -> None:
    forged = _signed_by(made.sections[2], ORIGIN)
    assert ORIGIN in made.all.policy.decode()
    assert "not signed by the log" in reason_of(Case(made.all.policy, to_bytes(bundle([forged]))))
    only_events = replace(forged, checkpoints=made.sections[2].checkpoints)
    case = Case(made.all.policy, to_bytes(bundle([only_events])))
    assert "InvalidSignature" in reason_of(case)


def test_a_policy_that_does_not_know_the_bench_refuses_it(made: Made) -> None:
    other = policy([header(bench="bench-08").origin])
    assert "not signed by the log" in reason_of(replace(made.one, policy=other))


def test_events_of_one_bench_under_the_name_of_another_are_refused(made: Made) -> None:
    """Even if that bench signs them: each event names the bench and the epoch it was written in."""
    origin = header(bench="bench-08").origin
    part = replace(made.sections[0], origin=origin)
    forged = _signed_by(part, origin)
    case = Case(made.all.policy, to_bytes(Bundle("device-1", (forged,))))
    assert "not the next event" in reason_of(case)


# ── witnesses ───────────────────────────────────────────────────────────────────────────────────
def _exported_with(folder: Path, *witnesses: str) -> bytes:
    with closing(open_record(folder)) as ledger:
        ledger.append([scanned(1)])
        ledger.append([Entry(CustodyKind.EXPORTED, device(1, 1))])
        check(ledger, NOON, witnesses)
        return to_bytes(bundle([section_of(ledger, "device-1")]))


def test_a_checkpoint_that_nobody_cosigned_is_refused(tmp_path: Path) -> None:
    case = Case(policy(), _exported_with(tmp_path))
    assert "too few witnesses" in reason_of(case)


def test_too_few_witnesses_are_not_enough(tmp_path: Path) -> None:
    data = _exported_with(tmp_path, NORTH)
    assert "too few witnesses" in reason_of(Case(policy(), data))
    assert both_verdicts(Case(policy(quorum="any"), data)) == VALID


def test_a_witness_that_the_policy_does_not_know_does_not_count(tmp_path: Path) -> None:
    data = _exported_with(tmp_path, NORTH, EAST)
    assert "too few witnesses" in reason_of(Case(policy(), data))


def test_a_cosignature_under_the_name_of_another_witness_is_refused(tmp_path: Path) -> None:
    with closing(open_record(tmp_path)) as ledger:
        ledger.append([scanned(1), Entry(CustodyKind.EXPORTED, device(1, 1))])
        note = ledger.checkpoint("test")
        line = cosign(note, SOUTH, made_up_key(EAST), NOON)
        known = witness_key(SOUTH, made_up_key(SOUTH)).key_id
        forged = note.with_signature(cosign(note, NORTH, made_up_key(NORTH), NOON))
        forged = forged.with_signature(replace(line, key_id=known))
        ledger.keep_cosigned(forged)
        case = Case(policy(), to_bytes(bundle([section_of(ledger, "device-1")])))
    assert both_verdicts(case) == REFUSED
    assert both_verdicts(replace(case, policy=policy(quorum="any"))) == REFUSED


def test_without_witnesses_only_a_policy_that_asks_for_none_is_content(tmp_path: Path) -> None:
    data = _exported_with(tmp_path)
    nobody = policy().replace(b"quorum both", b"quorum none")
    assert both_verdicts(Case(nobody, data)) == VALID
    assert "no witness" in python_verdict(Case(nobody, data))[1]


# ── the central statement ───────────────────────────────────────────────────────────────────────
def test_a_statement_that_the_central_inventory_did_not_sign_is_refused(made: Made) -> None:
    lasts = [last_real(part) for part in made.sections]
    forged = stated(made.sections, lasts, NOON, made_up_key("forger"))
    data = to_bytes(bundle(made.sections, statement=forged))
    assert "not signed by the central" in statement_fault(Case(made.all.policy, data))


def test_a_bench_cannot_speak_for_the_central_inventory(made: Made) -> None:
    lasts = [last_real(part) for part in made.sections]
    good = stated(made.sections, lasts, NOON)
    key = made_up_key(ORIGIN)
    vkey = log_key(ORIGIN, key)
    line = replace(
        good.signatures[0], name=ORIGIN, key_id=vkey.key_id, signature=key.sign(good.text.encode())
    )
    data = to_bytes(bundle(made.sections, statement=SignedNote(good.text, (line,))))
    assert "not signed by the central" in statement_fault(Case(made.all.policy, data))


def test_a_statement_that_knows_a_later_event_is_not_fulfilled(made: Made) -> None:
    lasts = [last_real(part) for part in made.sections]
    last = lasts[2]
    later = [*lasts[:2], SealedEvent(last.seq + 1, last.body, last.hash, last.signature)]
    data = to_bytes(bundle(made.sections, statement=stated(made.sections, later, NOON)))
    assert "statement" in statement_fault(Case(made.all.policy, data))


def test_a_statement_about_another_handset_or_fewer_benches_is_refused(made: Made) -> None:
    lasts = [last_real(part) for part in made.sections]
    fewer = stated(made.sections[:2], lasts[:2], NOON)
    data = to_bytes(bundle(made.sections, statement=fewer))
    assert "statement" in statement_fault(Case(made.all.policy, data))
    assert (
        both_verdicts(Case(made.all.policy, to_bytes(bundle(made.sections[:2], statement=fewer))))
        == VALID
    )
