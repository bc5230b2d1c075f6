from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from bench.custody.chain import parse
from bench.custody.corrections import deciding
from bench.custody.corrections.deciding import Outcome, Restated
from bench.custody.corrections.kinds import INSTEAD, UNDOABLE, Why
from bench.custody.corrections.target import Target
from bench.custody.entries import Appended, DeviceRecord, Entry, SealedEvent
from bench.custody.epochs.beginning import Why as EpochWhy
from bench.custody.ledger import Ledger
from bench.custody.personal import table
from bench.custody.phases import TRANSITIONS, Phase
from bench.custody.statement.rows import event_rows, handset_of
from bench.custody.verification import verify_file
from bench.events.orders import CustodyKind, Json
from bench.identity.identifiers import AssetTag
from bench.problems import ProblemCode, ProblemError
from tests.bench.custody.epochs.set_aside import FIRST, SECOND, opened_anew
from tests.bench.custody.people.enrolled import ask
from tests.bench.custody.record import device, imei, open_ledger, position, scanned

K = CustodyKind


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger(tmp_path)
    yield opened
    assert opened.projections_match()
    opened.close()
    assert verify_file(opened.path).verifies


def tag(number: int) -> AssetTag:
    return AssetTag.numbered("MP", number)


def happened(ledger: Ledger, number: int, *kinds: CustodyKind) -> Appended:
    """Let these things happen to a handset; return the last of them."""
    done = [ledger.append([Entry(kind, device(number, number), to="hand")])[0] for kind in kinds]
    return done[-1]


def staged(ledger: Ledger, number: int) -> Appended:
    """Stage a handset and take it out; return the event that says it is staged."""
    ledger.append([scanned(number)])
    entry = scanned(number)
    done = position(number, "staged", is_open=False)
    (event,) = ledger.append([replace(entry, kind=K.STAGED, run=done)])
    return event


def known(ledger: Ledger, number: int) -> DeviceRecord:
    found = ledger.device_by_imei(imei(number))
    assert found is not None
    return found


def put_right(ledger: Ledger, *entries: Entry) -> Appended:
    return ledger.append(entries, by=FIRST, second=SECOND)[0]


def corrected(
    ledger: Ledger, target: Target, restated: Restated, why: Why = Why.MISREAD, note: str = ""
) -> Appended:
    entry = ask(ledger, lambda c: deciding.correct(c, target, restated, why=why, note=note))
    return put_right(ledger, entry)


def undone(ledger: Ledger, target: Target) -> Appended:
    entry = ask(ledger, lambda c: deciding.undo(c, target, why=Why.NOT_DONE))
    return put_right(ledger, entry)


def refusal(ledger: Ledger, target: Target, restated: Restated | None = None) -> str:
    """Return why an undo, or that correction, is refused."""
    with pytest.raises(ProblemError) as refused:
        undone(ledger, target) if restated is None else corrected(ledger, target, restated)
    assert refused.value.problem.code is ProblemCode.NOT_CORRECTABLE
    return refused.value.problem.detail


def last_said(ledger: Ledger) -> SealedEvent:
    """Return the last event about the first handset that is no sign-off."""
    history = ledger.history("device-1")
    return [event for event in history if body(event)["type"] != "signed_off"][-1]


def body(event: SealedEvent) -> dict[str, Json]:
    return parse(event.body)


# ── corrections ─────────────────────────────────────────────────────────────────────────────────
def test_a_correction_names_what_it_corrects_and_why_and_both_stay(ledger: Ledger) -> None:
    wrong = happened(ledger, 1, K.GOODS_IN, K.QUARANTINED)
    right = corrected(ledger, wrong.seq, Restated(phase=Phase.IN_STOCK), Why.MISREAD)
    assert known(ledger, 1).phase is Phase.IN_STOCK
    history = ledger.history("device-1")
    said = body(last_said(ledger))
    assert said["type"] == "corrected"
    assert said["reason"] == "it was misread or mistyped"
    assert said["data"] == {
        "of": wrong.hash.hex(), "seq": wrong.seq, "set": {"phase": "in-stock"}
    }  # fmt: skip
    assert [body(event)["type"] for event in history] == [
        "goods_in", "quarantined", "corrected", "signed_off"
    ]  # fmt: skip
    rows = event_rows(history, [])
    assert [each.seq for each in rows[1].corrections] == [right.seq]
    assert rows[2].corrects == (wrong.seq,)


def test_an_event_is_meant_by_number_id_or_hash(ledger: Ledger) -> None:
    for _ in range(3):
        ledger.append([scanned(number) for number in range(1, 6)])
    wrong = happened(ledger, 1, K.QUARANTINED)
    for target in (wrong.seq, wrong.event_id, wrong.hash.hex()):
        restated = Restated(phase=Phase.IN_STOCK)
        decide = partial(deciding.correct, target=target, restated=restated, why=Why.TWICE)
        entry = ask(ledger, decide)
        assert entry.data["seq"] == wrong.seq


@pytest.mark.parametrize(
    "name", [0, -1, 99, "", "x" * 64, "0" * 64, "019a0000-0000-7000-8000-000000000000", "'; --"]
)
def test_an_event_that_is_not_here_is_not_corrected(ledger: Ledger, name: Target) -> None:
    happened(ledger, 1, K.GOODS_IN)
    assert "there is no such event in this epoch" in refusal(ledger, name)


def test_an_event_of_no_handset_is_not_corrected(ledger: Ledger) -> None:
    assert refusal(ledger, 1, Restated(phase=Phase.STAGED)) == "it is about no handset"


def test_one_person_corrects_nothing(ledger: Ledger) -> None:
    wrong = happened(ledger, 1, K.GOODS_IN)
    entry = ask(
        ledger,
        lambda c: deciding.correct(c, wrong.seq, Restated(phase=Phase.STAGED), why=Why.MISREAD),
    )
    with pytest.raises(ProblemError) as refused:
        ledger.append([entry], by=FIRST)
    assert refused.value.problem.code is ProblemCode.NEEDS_SECOND_PERSON


def test_labels_stuck_on_each_others_handset_are_swapped(ledger: Ledger) -> None:
    one, other = happened(ledger, 1, K.SCANNED), happened(ledger, 2, K.SCANNED)
    put_right(
        ledger,
        *ask(
            ledger,
            lambda c: deciding.swap_tags(c, one.seq, other.event_id, why=Why.WRONG_LABEL),
        ),
    )
    assert (known(ledger, 1).asset_tag, known(ledger, 2).asset_tag) == (tag(2), tag(1))
    assert body(last_said(ledger))["data"] == {
        "of": one.hash.hex(), "seq": one.seq, "set": {"label": "MP-000002"}
    }  # fmt: skip
    assert ledger.next_asset_tag("MP") == tag(3)


def test_half_a_swap_is_not_taken_back_but_a_swap_swaps_back(ledger: Ledger) -> None:
    one, other = happened(ledger, 1, K.SCANNED), happened(ledger, 2, K.SCANNED)
    swap = partial(deciding.swap_tags, one=one.seq, other=other.seq, why=Why.WRONG_LABEL)
    half = put_right(ledger, *ask(ledger, swap))
    assert "MP-000001 is on the handset with IMEI" in refusal(ledger, half.seq)
    put_right(ledger, *ask(ledger, swap))
    assert (known(ledger, 1).asset_tag, known(ledger, 2).asset_tag) == (tag(1), tag(2))


def test_labels_of_one_handset_are_not_swapped_with_themselves(ledger: Ledger) -> None:
    one = happened(ledger, 1, K.SCANNED)
    with pytest.raises(ProblemError, match="about one handset"):
        ask(ledger, lambda c: deciding.swap_tags(c, one.seq, one.seq, why=Why.WRONG_LABEL))


def test_a_tag_that_another_handset_carries_is_not_given_alone(ledger: Ledger) -> None:
    one, _ = happened(ledger, 1, K.SCANNED), happened(ledger, 2, K.SCANNED)
    assert "swap the two" in refusal(ledger, one.seq, Restated(asset_tag=tag(2)))
    assert refusal(ledger, one.seq, Restated(asset_tag=tag(9))) == "MP-000009 was never given"


def test_a_handset_can_have_no_label_and_get_its_own_again(ledger: Ledger) -> None:
    one = happened(ledger, 1, K.SCANNED)
    off = corrected(ledger, one.seq, Restated(untagged=True))
    assert known(ledger, 1).asset_tag is None
    assert handset_of(ledger.history("device-1")).asset_tag is None
    ledger.append([Entry(K.QUARANTINED, known(ledger, 1).ref)])
    assert known(ledger, 1).asset_tag is None
    corrected(ledger, off.seq, Restated(asset_tag=tag(1)))
    assert known(ledger, 1).asset_tag == tag(1)


def test_a_correction_can_itself_be_corrected(ledger: Ledger) -> None:
    wrong = happened(ledger, 1, K.GOODS_IN)
    first = corrected(ledger, wrong.seq, Restated(phase=Phase.STAGED))
    second = corrected(ledger, first.seq, Restated(phase=Phase.RETURNED))
    assert known(ledger, 1).phase is Phase.RETURNED
    rows = event_rows(ledger.history("device-1"), [])
    assert [each.corrects for each in rows] == [(), (wrong.seq,), (), (first.seq,), ()]
    assert [each.seq for each in rows[1].corrections] == [second.seq]


def test_another_handsets_event_is_not_corrected(ledger: Ledger) -> None:
    one = happened(ledger, 1, K.GOODS_IN)
    happened(ledger, 2, K.GOODS_IN)
    assert "another handset" in refusal(ledger, one.seq, Restated(device=device(2)))


def test_a_misread_serial_is_put_right(ledger: Ledger) -> None:
    one = happened(ledger, 1, K.GOODS_IN)
    right = replace(device(1), model="SM-G556B", imeis=(imei(1), imei(77)))
    corrected(ledger, one.seq, Restated(device=right))
    found = known(ledger, 1)
    assert (found.model, found.imeis) == ("SM-G556B", (imei(1), imei(77)))
    assert found.asset_tag == tag(1)
    data = body(last_said(ledger))["data"]
    assert isinstance(data, dict)
    assert data["set"] == {"model": "SM-G556B", "imeis": [imei(1).digits, imei(77).digits]}


def test_who_has_a_handset_is_put_right(ledger: Ledger) -> None:
    one = staged(ledger, 1)
    given = happened(ledger, 1, K.HANDED_OVER)
    corrected(ledger, given.seq, Restated(to="p-0123456789ab"), Why.MISREAD, "given at the door")
    said = body(last_said(ledger))
    assert said["to"] == "p-0123456789ab"
    assert one.seq < given.seq


def test_free_text_can_be_erased_and_is_only_committed_to(ledger: Ledger) -> None:
    one = happened(ledger, 1, K.GOODS_IN)
    corrected(ledger, one.seq, Restated(phase=Phase.STAGED), note="Testperson said so")
    event = last_said(ledger)
    assert b"Testperson" not in event.body
    (kept,) = ask(ledger, lambda c: table.by_subject(c, "device-1"))
    assert (kept.field, kept.text) == ("note", "Testperson said so")


def test_what_says_nothing_new_is_no_correction(ledger: Ledger) -> None:
    one = happened(ledger, 1, K.GOODS_IN)
    assert "nothing would stand otherwise" in refusal(ledger, one.seq, Restated())
    same = Restated(phase=Phase.IN_STOCK, asset_tag=tag(1))
    assert "nothing would stand otherwise" in refusal(ledger, one.seq, same)


def test_how_a_run_ended_is_put_right(ledger: Ledger) -> None:
    event = staged(ledger, 1)
    corrected(ledger, event.seq, Restated(outcome=Outcome.NONE, phase=Phase.AT_BENCH))
    found = known(ledger, 1)
    assert (found.outcome, found.phase, ledger.counts().staged) == ("", Phase.AT_BENCH, 0)


def test_a_run_that_is_in_its_slot_has_not_ended(ledger: Ledger) -> None:
    (event,) = ledger.append([scanned(1)])
    assert "still in a slot" in refusal(ledger, event.seq, Restated(outcome=Outcome.STAGED))
    run = ledger.open_runs()
    corrected(ledger, event.seq, Restated(phase=Phase.IN_STOCK))
    assert ledger.open_runs() == run


def test_a_handset_of_an_old_epoch_is_corrected_where_it_was_carried_over(tmp_path: Path) -> None:
    with closing(open_ledger(tmp_path)) as ledger:
        old = happened(ledger, 1, K.GOODS_IN, K.QUARANTINED)
    with closing(opened_anew(tmp_path, EpochWhy.REIMAGED)) as ledger:
        assert "by which it was carried over" in refusal(ledger, old.event_id)
        carried = known(ledger, 1).seq
        assert "what the epoch before left" in refusal(ledger, carried)
        corrected(ledger, carried, Restated(phase=Phase.IN_STOCK))
        assert known(ledger, 1).phase is Phase.IN_STOCK
        assert ledger.projections_match()


# ── undo ────────────────────────────────────────────────────────────────────────────────────────
def test_undo_restores_what_stood_before(ledger: Ledger) -> None:
    staged(ledger, 1)
    packed = happened(ledger, 1, K.PACKED)
    undone(ledger, packed.seq)
    assert known(ledger, 1).phase is Phase.STAGED
    assert known(ledger, 1).outcome == "staged"
    data = body(last_said(ledger))["data"]
    assert isinstance(data, dict)
    assert data["undo"] is True
    assert data["set"] == {"phase": "staged"}


def test_a_voided_run_is_taken_back_and_stays_closed(ledger: Ledger) -> None:
    staged(ledger, 1)
    gone = position(1, "voided", is_open=False)
    (voided,) = ledger.append([replace(scanned(1), kind=K.VOIDED, run=gone)])
    assert known(ledger, 1).outcome == "voided"
    undone(ledger, voided.seq)
    found = known(ledger, 1)
    assert (found.outcome, found.state, found.phase) == ("staged", "staged", Phase.STAGED)
    assert ledger.open_runs() == ()
    assert (ledger.counts().staged, ledger.counts().voided) == (1, 0)


def test_what_was_undone_is_not_undone_again(ledger: Ledger) -> None:
    staged(ledger, 1)
    packed = happened(ledger, 1, K.PACKED)
    undone(ledger, packed.seq)
    assert refusal(ledger, packed.seq) == "it was taken back already"


def test_an_undo_is_taken_back_by_another(ledger: Ledger) -> None:
    staged(ledger, 1)
    packed = happened(ledger, 1, K.PACKED)
    first = undone(ledger, packed.seq)
    second = undone(ledger, first.seq)
    assert known(ledger, 1).phase is Phase.PACKED
    assert refusal(ledger, first.seq) == "it was taken back already"
    undone(ledger, second.seq)
    assert known(ledger, 1).phase is Phase.STAGED
    assert refusal(ledger, packed.seq) == "it was taken back already"


def test_events_are_undone_from_the_newest_back(ledger: Ledger) -> None:
    staged(ledger, 1)
    packed, sealed = happened(ledger, 1, K.PACKED), happened(ledger, 1, K.SEALED)
    assert (
        refusal(ledger, packed.seq) == f"event {sealed.seq} (sealed) came after it: undo that first"
    )
    first = undone(ledger, sealed.seq)
    undone(ledger, packed.seq)
    assert known(ledger, 1).phase is Phase.STAGED
    assert "came after it" in refusal(ledger, first.seq)


def test_what_changed_nothing_since_is_not_in_the_way(ledger: Ledger) -> None:
    event = staged(ledger, 1)
    happened(ledger, 1, K.HELD, K.EXPORTED)
    undone(ledger, event.seq)
    assert (known(ledger, 1).phase, known(ledger, 1).outcome) == (Phase.AT_BENCH, "")
    assert known(ledger, 1).asset_tag == tag(1)


def test_a_correction_is_undone(ledger: Ledger) -> None:
    one = happened(ledger, 1, K.SCANNED)
    off = corrected(ledger, one.seq, Restated(untagged=True, phase=Phase.IN_STOCK))
    undone(ledger, off.seq)
    assert known(ledger, 1).asset_tag == tag(1)
    assert known(ledger, 1).phase is Phase.AT_BENCH


def test_goods_that_never_came_are_new_again(ledger: Ledger) -> None:
    came = happened(ledger, 1, K.GOODS_IN)
    undone(ledger, came.seq)
    assert (known(ledger, 1).phase, known(ledger, 1).asset_tag) == (Phase.NEW, None)
    assert ledger.next_asset_tag("MP") == tag(2), "its tag is never given again"


def test_whoever_had_it_before_has_it_again(ledger: Ledger) -> None:
    happened(ledger, 1, K.GOODS_IN)
    (aside,) = ledger.append(
        [Entry(K.QUARANTINED, device(1, 1), from_="person:r-1", to="bench-07/quarantine")]
    )
    taken_back = undone(ledger, aside.seq)
    undone(ledger, taken_back.seq)
    back, again = (parse(event.body) for event in ledger.events(aside.seq, 9) if
                   parse(event.body)["type"] == "corrected")  # fmt: skip
    assert (back["from"], back["to"]) == ("bench-07/quarantine", "person:r-1")
    assert (again["from"], again["to"]) == ("person:r-1", "bench-07/quarantine")


def test_what_was_given_on_since_stays_where_it_is(ledger: Ledger) -> None:
    happened(ledger, 1, K.GOODS_IN)
    (aside,) = ledger.append(
        [Entry(K.QUARANTINED, device(1, 1), from_="person:r-1", to="bench-07/quarantine")]
    )
    ledger.append([Entry(K.DISCREPANCY, device(1, 1), to="supplier:Testmobile")])
    undone(ledger, aside.seq)
    (back,) = (body for event in ledger.events(aside.seq, 9)
               if (body := parse(event.body))["type"] == "corrected")  # fmt: skip
    assert "to" not in back


def test_another_identity_is_taken_back(ledger: Ledger) -> None:
    happened(ledger, 1, K.GOODS_IN)
    board = replace(device(1, 1), imeis=(imei(500),))
    (changed,) = ledger.append([Entry(K.IDENTITY_CHANGED, board)])
    undone(ledger, changed.seq)
    assert known(ledger, 1).imeis == (imei(1),)
    assert ledger.device_by_imei(imei(500)) is None


@pytest.mark.parametrize(
    ("kinds", "instead"),
    [
        ((K.SCANNED,), "void its run"),
        ((K.SCANNED, K.LABELLED), "a printed label stays printed"),
        ((K.SCANNED, K.WIPED), "stage the handset again"),
        ((K.SCANNED, K.WIPED, K.EXPORTED), "what was handed out is out"),
    ],
)
def test_what_cannot_be_undone_says_what_to_do_instead(
    ledger: Ledger, kinds: tuple[CustodyKind, ...], instead: str
) -> None:
    event = happened(ledger, 1, *kinds)
    assert instead in refusal(ledger, event.seq)


def test_every_kind_about_a_handset_is_undoable_or_says_what_instead() -> None:
    assert UNDOABLE | INSTEAD.keys() == set(TRANSITIONS)
    assert not UNDOABLE & INSTEAD.keys()


def test_the_tables_can_be_made_again_after_all_that(ledger: Ledger) -> None:
    one = staged(ledger, 1)
    undone(ledger, one.seq)
    two = happened(ledger, 2, K.SCANNED)
    corrected(ledger, two.seq, Restated(untagged=True))
    before = known(ledger, 1), known(ledger, 2), ledger.counts()
    ledger.rebuild_projections()
    assert (known(ledger, 1), known(ledger, 2), ledger.counts()) == before


def test_what_left_the_handset_as_it_stood_is_taken_back_whatever_came_since(
    ledger: Ledger,
) -> None:
    happened(ledger, 1, K.SCANNED, K.GOODS_IN)
    noted = happened(ledger, 1, K.DISCREPANCY)
    happened(ledger, 1, K.QUARANTINED)
    taken = undone(ledger, noted.seq)
    assert known(ledger, 1).phase is Phase.QUARANTINED
    assert "taken back already" in refusal(ledger, noted.seq)
    undone(ledger, taken.seq)
    assert known(ledger, 1).phase is Phase.QUARANTINED
    undone(ledger, noted.seq)
