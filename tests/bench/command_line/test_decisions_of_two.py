"""New epochs and corrections from the command line: who is asked, and what is said."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bench.command_line import corrections, epochs, people
from bench.command_line.corrections import Reasons, target_of
from bench.command_line.epochs import EpochDesk, NewEpoch
from bench.custody.corrections.deciding import Restated
from bench.custody.corrections.kinds import Why as CorrectionWhy
from bench.custody.entries import Actor, DeviceRef, Entry
from bench.custody.epochs import swap
from bench.custody.epochs.beginning import Why
from bench.custody.key import BenchKey
from bench.custody.ledger import Ledger
from bench.custody.people import audit, pin, roster
from bench.custody.people.pin import Pin
from bench.custody.people.roles import Role
from bench.custody.phases import Phase
from bench.events.orders import CustodyKind
from bench.identity.identifiers import Imei, SerialNumber
from tests.bench.command_line.answering import Answers, desk
from tests.bench.custody.epochs.set_aside import SOFTWARE, busy, damage, opened_again
from tests.bench.custody.people.enrolled import (
    PEPPER,
    REAL,
    ask,
    badge,
    enrol,
    events,
    name,
    real_ledger,
)
from tests.bench.custody.personal.traces import traces
from tests.bench.custody.record import CountingClock, last_time, open_ledger, scanned

PIN, OTHER_PIN = "482915", "907361"
BOSS, HAND = (badge(1).uid, PIN), (badge(2).uid, PIN)
RECORD = "ledger.db"
REASONS = Reasons(CorrectionWhy.MISREAD, "said at the desk")
REAL_HANDSET = DeviceRef(
    "device-1", (Imei.with_check_digit("35000000000001"),), SerialNumber("R1"), "SM-A325F"
)


@pytest.fixture(scope="module")
def encoded() -> str:
    return pin.encode(Pin.parse(PIN), PEPPER)


@pytest.fixture
def staffed(tmp_path: Path, encoded: str) -> Path:
    with closing(real_ledger(tmp_path)) as ledger:
        boss = enrol(ledger, Role.SUPERVISOR, 1, pin=encoded)
        hand = enrol(ledger, Role.TECHNICIAN, 2, by=boss, pin=encoded)
        for _ in range(4):
            ledger.append([Entry(CustodyKind.SESSION_OPENED)], by=hand)
    return tmp_path


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(open_ledger(tmp_path)) as opened:
        yield opened


def new_epoch(folder: Path, *answers: str, **asked: object) -> int:
    record = folder / RECORD
    clock = CountingClock("a-boot-of-its-own", start=last_time(record))
    at = EpochDesk(
        Answers(*answers),
        PEPPER,
        BenchKey.open(folder / "bench.key").public,
        lambda _: BenchKey.open(folder / "bench.key"),
        clock,
        SOFTWARE,
    )
    return epochs.new_epoch(NewEpoch(record, **asked), at)  # type: ignore[arg-type]


# ── new epochs ──────────────────────────────────────────────────────────────────────────────────
def test_two_persons_sign_in_and_open_an_epoch(
    staffed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(staffed / RECORD, 6)
    assert new_epoch(staffed, *BOSS, *HAND, "2") == 0
    said = capsys.readouterr().out
    assert "broken: event 6: its text does not fit its hash" in said
    assert "goes on from: event 5 of epoch 1" in said
    assert "epoch 2 is open; the file before is kept as ledger-e1.db" in said
    with closing(opened_again(staffed, REAL)) as ledger:
        assert len(ask(ledger, roster.roles)) == 2
        assert audit.faults(events(ledger)) == ()
    assert epochs.verify(staffed / RECORD) == 0
    said = capsys.readouterr().out
    assert "it was set aside for that, and goes on from event 5" in said


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ((), "nothing was changed"),
        ((*HAND, *BOSS, "2"), "may not do that"),
        ((*BOSS, *BOSS, "2"), "same person"),
        ((*BOSS, badge(9).uid), "belongs to nobody"),
        ((BOSS[0], "111111"), "4 tries left"),
    ],
)
def test_nobody_unfit_opens_an_epoch(
    staffed: Path, capsys: pytest.CaptureFixture[str], answers: tuple[str, ...], reason: str
) -> None:
    damage(staffed / RECORD, 6)
    before = (staffed / RECORD).read_bytes()
    assert new_epoch(staffed, *answers) == 1
    assert reason in capsys.readouterr().err
    assert (staffed / RECORD).read_bytes() == before
    assert not swap.old_epochs(staffed / RECORD)


def test_what_is_not_confirmed_is_not_done(
    staffed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(staffed / RECORD, 6)
    assert new_epoch(staffed, *BOSS, *HAND, "yes") == 0
    assert "nothing was changed" in capsys.readouterr().out
    assert not swap.old_epochs(staffed / RECORD)


def test_a_sound_record_is_set_aside_only_for_a_reason(
    staffed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert new_epoch(staffed, *BOSS, *HAND, "2") == 1
    assert "it verifies and is not frozen" in capsys.readouterr().err
    assert new_epoch(staffed, *BOSS, *HAND, "2", why=Why.REIMAGED) == 0


def test_where_nobody_is_left_two_are_enrolled_and_the_epoch_says_so(
    staffed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (staffed / RECORD).write_bytes(b"no database" * 1000)
    first = (name(5), badge(5).uid, PIN, PIN)
    second = (name(6), badge(6).uid, OTHER_PIN, OTHER_PIN)
    assert new_epoch(staffed, *first, *second, "2") == 1
    assert "name the bench" in capsys.readouterr().err
    assert new_epoch(staffed, *first, *second, "2", header=REAL) == 0
    with closing(opened_again(staffed, REAL)) as ledger:
        assert sorted(ask(ledger, roster.roles).values()) == [Role.SUPERVISOR, Role.TECHNICIAN]
        assert b"the first are enrolled anew" in events(ledger)[0].body
        assert audit.faults(events(ledger)) == ()


def test_a_supervisor_who_is_left_alone_enrols_the_second_person(
    tmp_path: Path, encoded: str
) -> None:
    with closing(real_ledger(tmp_path)) as ledger:
        enrol(ledger, Role.SUPERVISOR, 1, pin=encoded)
    second = (name(6), badge(6).uid, OTHER_PIN, OTHER_PIN)
    assert new_epoch(tmp_path, *BOSS, *second, "2", why=Why.REIMAGED) == 0
    with closing(opened_again(tmp_path, REAL)) as ledger:
        assert b"somebody was enrolled to sign it off" in events(ledger)[0].body
        assert audit.faults(events(ledger)) == ()


def test_training_asks_nobody_who_they_are(tmp_path: Path) -> None:
    damage(busy(tmp_path), 10)
    assert new_epoch(tmp_path, "2") == 0
    with closing(opened_again(tmp_path)) as ledger:
        assert len(ledger.open_runs()) == 5


def test_a_change_that_was_cut_short_is_finished_before_anything_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = busy(tmp_path)
    assert new_epoch(tmp_path, "2", why=Why.REIMAGED) == 0
    record.rename(tmp_path / "ledger.db.after.ledger-e1.db")
    (tmp_path / "ledger-e1.db").rename(record)
    assert new_epoch(tmp_path) == 0
    assert "it is open now" in capsys.readouterr().out
    opened_again(tmp_path).close()


def test_epochs_that_do_not_stand_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = busy(tmp_path)
    new_epoch(tmp_path, "2", why=Why.REIMAGED)
    (tmp_path / "ledger-e1.db").unlink()
    capsys.readouterr()
    assert epochs.verify(record) == 1
    assert "LINK: the file of epoch 1, which it continues, is not here" in capsys.readouterr().out


def test_a_person_is_erased_from_the_epochs_before_and_what_cannot_be_is_told(
    staffed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(real_ledger(staffed)) as ledger:
        hand = next(
            each for each, role in ask(ledger, roster.roles).items() if role == "technician"
        )
    for number in (2, 3):
        assert new_epoch(staffed, *BOSS, *HAND, str(number), why=Why.REIMAGED) == 0
    old = staffed / "ledger-e1.db"
    content = bytearray(old.read_bytes())
    content[8192:] = b"\xff" * (len(content) - 8192)
    old.write_bytes(content)
    with closing(opened_again(staffed, REAL)) as ledger:
        assert people.erase(desk(ledger, Answers(*BOSS, hand)), hand) == 0
        said = capsys.readouterr().out
        assert "ledger-e1.db: it may still hold what was erased" in said
        assert "ledger-e2.db: erased" in said
        assert people.erase(desk(ledger, Answers()), hand) == 0
        assert "ledger-e2.db: nothing of it was there" in capsys.readouterr().out
    assert traces(staffed, [name(2).encode()]) == {}


# ── corrections ─────────────────────────────────────────────────────────────────────────────────
def test_two_persons_correct_and_take_it_back(
    staffed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(real_ledger(staffed)) as ledger:
        hand = Actor(sorted(ask(ledger, roster.roles).items(), key=lambda each: each[1])[1][0])
        (wrong,) = ledger.append([Entry(CustodyKind.GOODS_IN, REAL_HANDSET)], by=hand)
        at = desk(ledger, Answers(*HAND, *BOSS))
        restated = Restated(phase=Phase.RETURNED)
        assert corrections.correct(ledger, at, wrong.seq, restated, REASONS) == 0
        said = capsys.readouterr().out
        assert 'event 8 corrected, handset 350000000000014: {"phase": "returned"}' in said
        assert "recorded as event 9" in said
        at = desk(ledger, Answers(*HAND, *BOSS))
        assert corrections.undo(ledger, at, target_of("9"), REASONS) == 0
        known = ledger.device_by_imei(REAL_HANDSET.imeis[0])
        assert known is not None
        assert known.phase is Phase.IN_STOCK
        assert [fault for fault in audit.faults(events(ledger)) if fault.seq > wrong.seq] == []


@pytest.mark.parametrize(
    ("answers", "reason"),
    [((*HAND, *HAND), "same person"), ((*BOSS, *HAND), "not a technician's to sign off")],
)
def test_a_correction_takes_a_supervisor_as_the_second(
    staffed: Path, capsys: pytest.CaptureFixture[str], answers: tuple[str, ...], reason: str
) -> None:
    with closing(real_ledger(staffed)) as ledger:
        (wrong,) = ledger.append([Entry(CustodyKind.GOODS_IN, REAL_HANDSET)])
        at = desk(ledger, Answers(*answers))
        assert corrections.undo(ledger, at, wrong.seq, REASONS) == 1
        assert reason in capsys.readouterr().err
        assert ledger.tail().seq == wrong.seq


def test_nobody_signs_in_for_what_is_refused(
    ledger: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    (event,) = ledger.append([scanned(1)])
    answers = Answers()
    assert corrections.undo(ledger, desk(ledger, answers), event.seq, REASONS) == 1
    assert "void its run" in capsys.readouterr().err
    assert answers.asked == []


def test_labels_are_swapped_in_training(ledger: Ledger) -> None:
    one, other = ledger.append([scanned(1), scanned(2)])
    at = desk(ledger, Answers())
    hashed = target_of(other.hash.hex().upper())
    assert corrections.swap_tags(ledger, at, one.seq, hashed, REASONS) == 0
    assert ledger.projections_match()


def test_two_persons_say_which_bench_has_a_handset(
    ledger: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger.append([scanned(1)])
    imei = scanned(1).device
    assert imei
    digits = imei.imeis[0].digits
    assert corrections.resolve(ledger, desk(ledger, Answers()), digits, "bench-09", REASONS) == 0
    assert f"handset {digits}: bench-09 has it" in capsys.readouterr().out
    assert corrections.resolve(ledger, desk(ledger, Answers()), "12", "bench-09", REASONS) == 1
    assert corrections.resolve(ledger, desk(ledger, Answers()), digits, "bench 9", REASONS) == 1
