"""What a witness answers, straight from the specification's text."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bench.custody.proof.checkpoint import Checkpoint, cosigned_at, is_log_signed, log_key, sign
from bench.custody.proof.merkle import EMPTY_ROOT, check_consistency
from bench.custody.proof.note import NoteSignature, SignedNote
from bench.problems import ProblemCode, ProblemError
from bench.witness.requests import SIZE_TYPE, AddCheckpoint, Answer
from bench.witness.state import WitnessState
from bench.witness.witness import Witness
from tests.bench.custody.proof.grown import leaves, tree_of
from tests.bench.custody.proof.signers import (
    NOON,
    ORIGIN,
    WITNESS,
    cosigned,
    made_up_key,
    signed_head,
)
from tests.bench.witness.standing import (
    HISTORY,
    SECOND_ORIGIN,
    VKEY,
    HandSetClock,
    Minutes,
    asked,
    head_in,
    known_logs,
    witness_on,
)

_FORK = HISTORY[:50] + leaves(250, "fork ")


def _ask(witness: Witness, request: AddCheckpoint) -> Answer:
    return witness.add_checkpoint(str(request).encode())


def _time(answer: Answer, request: AddCheckpoint) -> int | None:
    assert answer.status == 200
    assert answer.media_type.startswith("text/plain")
    return cosigned_at(SignedNote.parse(f"{request.note.text}\n{answer.text}".encode()), VKEY)


def test_a_log_that_grows_is_cosigned_each_time(tmp_path: Path) -> None:
    clock = HandSetClock()
    with witness_on(tmp_path / "w.db", clock) as (witness, _):
        for old, size in ((0, 1), (1, 7), (7, 8), (8, 300)):
            clock.seconds += 60
            request = asked(old, size)
            assert _time(_ask(witness, request), request) == clock.seconds
    assert head_in(tmp_path / "w.db") == (300, tree_of(HISTORY).root(300))


def test_what_was_cosigned_is_remembered_over_a_restart(tmp_path: Path) -> None:
    with witness_on(tmp_path / "w.db") as (witness, _):
        assert _ask(witness, asked(0, 100)).status == 200
    with witness_on(tmp_path / "w.db") as (witness, _):
        assert _ask(witness, asked(0, 300)) == Answer(409, "100\n", SIZE_TYPE)
        assert _ask(witness, asked(100, 300)).status == 200


def test_logs_are_kept_apart(tmp_path: Path) -> None:
    with witness_on(tmp_path / "w.db") as (witness, _):
        assert _ask(witness, asked(0, 100)).status == 200
        assert _ask(witness, asked(0, 7, _FORK, SECOND_ORIGIN)).status == 200
        assert _ask(witness, asked(100, 101)).status == 200


def test_a_replay_is_told_the_size_or_cosigned_anew(tmp_path: Path) -> None:
    clock = HandSetClock()
    with witness_on(tmp_path / "w.db", clock) as (witness, _):
        first = asked(0, 100)
        assert _ask(witness, first).status == 200
        assert _ask(witness, first) == Answer(409, "100\n", SIZE_TYPE)
        clock.seconds += 5
        again = asked(100, 100)
        assert _time(_ask(witness, again), again) == NOON + 5


def test_a_proof_from_a_size_that_was_never_cosigned_is_told_the_size(tmp_path: Path) -> None:
    with witness_on(tmp_path / "w.db") as (witness, _):
        assert _ask(witness, asked(5, 9)) == Answer(409, "0\n", SIZE_TYPE)
        _ask(witness, asked(0, 100))
        for old in (1, 99, 101, 300):
            assert _ask(witness, asked(old, 300)) == Answer(409, "100\n", SIZE_TYPE)


def test_another_root_of_the_same_size_is_refused(tmp_path: Path) -> None:
    with witness_on(tmp_path / "w.db") as (witness, state):
        _ask(witness, asked(0, 100))
        assert _ask(witness, asked(100, 100, _FORK)).status == 422
        assert [each.text for each in state.evidence(ORIGIN)] == [signed_head(_FORK, 100).text]
    assert head_in(tmp_path / "w.db") == (100, tree_of(HISTORY).root(100))


def test_a_smaller_tree_is_refused(tmp_path: Path) -> None:
    with witness_on(tmp_path / "w.db") as (witness, _):
        _ask(witness, asked(0, 100))
        assert _ask(witness, asked(0, 60)) == Answer(409, "100\n", SIZE_TYPE)
        assert _ask(witness, asked(60, 60)) == Answer(409, "100\n", SIZE_TYPE)
        assert _ask(witness, asked(100, 60)).status == 400


@pytest.mark.parametrize("size", [101, 128, 300])
def test_a_rewritten_history_is_refused_and_kept_as_evidence(tmp_path: Path, size: int) -> None:
    with witness_on(tmp_path / "w.db") as (witness, state):
        _ask(witness, asked(0, 100))
        for _ in range(3):
            assert _ask(witness, asked(100, size, _FORK)).status == 422
        (kept,) = state.evidence(ORIGIN)
        assert is_log_signed(kept, log_key(ORIGIN, made_up_key(ORIGIN)))
    assert head_in(tmp_path / "w.db")[0] == 100


def test_evidence_of_one_log_does_not_fill_the_disk(tmp_path: Path) -> None:
    with witness_on(tmp_path / "w.db") as (witness, state):
        _ask(witness, asked(0, 10))
        for size in range(10, 130):
            assert _ask(witness, AddCheckpoint(10, (), signed_head(_forked(), size))).status == 422
        assert len(state.evidence(ORIGIN)) == 100
        assert _ask(witness, asked(10, 20)).status == 200


def _forked() -> Sequence[bytes]:
    return leaves(300, "other ")


def test_hashes_missing_left_over_or_changed_are_refused(tmp_path: Path) -> None:
    with witness_on(tmp_path / "w.db") as (witness, _):
        _ask(witness, asked(0, 100))
        good = asked(100, 300)
        for path in (
            good.path[1:],
            good.path[:-1],
            (*good.path, bytes(32)),
            (bytes(32), *good.path),
            (bytes(32), *good.path[1:]),
            (),
            (bytes(32),) * 63,
        ):
            assert _ask(witness, AddCheckpoint(100, path, good.note)).status == 422
        assert _ask(witness, AddCheckpoint(100, (bytes(32),), asked(0, 100).note)).status == 422
        assert _ask(witness, good).status == 200


def test_a_proof_out_of_the_empty_tree_is_empty(tmp_path: Path) -> None:
    with witness_on(tmp_path / "w.db") as (witness, _):
        extra = AddCheckpoint(0, (bytes(32),), asked(0, 100).note)
        assert _ask(witness, extra).status == 422
    assert head_in(tmp_path / "w.db") == (0, EMPTY_ROOT)


def test_an_empty_tree_is_cosigned_with_its_own_root_only(tmp_path: Path) -> None:
    with witness_on(tmp_path / "w.db") as (witness, _):
        other = sign(Checkpoint(ORIGIN, 0, bytes(32)), made_up_key(ORIGIN))
        assert _ask(witness, AddCheckpoint(0, (), other)).status == 422
        assert _ask(witness, asked(0, 0)).status == 200
        assert _ask(witness, asked(0, 5)).status == 200


def test_an_unknown_log_is_not_found(tmp_path: Path) -> None:
    with witness_on(tmp_path / "w.db") as (witness, _):
        assert _ask(witness, asked(0, 5, HISTORY, "custody.example/bench-09/e1")).status == 404


def test_a_checkpoint_that_its_log_did_not_sign_is_forbidden(tmp_path: Path) -> None:
    head = Checkpoint.parse(signed_head(HISTORY, 5).text)
    vkey = log_key(ORIGIN, made_up_key(ORIGIN))
    right = sign(head, made_up_key(ORIGIN))
    wrong = NoteSignature(ORIGIN, vkey.key_id, bytes(64))
    larger = sign(Checkpoint(ORIGIN, 6, head.root), made_up_key(ORIGIN))
    notes = [
        sign(head, made_up_key("another")),
        cosigned(SignedNote(head.text, ()), WITNESS),
        SignedNote(head.text, (wrong,)),
        SignedNote(head.text, (*right.signatures, wrong)),
        SignedNote(larger.text, right.signatures),
    ]
    with witness_on(tmp_path / "w.db") as (witness, _):
        for note in notes:
            assert _ask(witness, AddCheckpoint(0, (), note)).status == 403
    assert head_in(tmp_path / "w.db") == (0, EMPTY_ROOT)


def test_lines_of_unknown_keys_are_ignored_and_not_kept(tmp_path: Path) -> None:
    request = AddCheckpoint(0, (), cosigned(signed_head(HISTORY, 5), "another", ORIGIN))
    with witness_on(tmp_path / "w.db") as (witness, state):
        assert _ask(witness, request).status == 200
        kept = state.note(ORIGIN)
    assert kept is not None
    assert [each.name for each in kept.signatures] == [ORIGIN, WITNESS]


def test_a_log_that_changes_its_key_may_sign_with_either(tmp_path: Path) -> None:
    new = made_up_key("new")
    logs = {ORIGIN: (*known_logs(ORIGIN)[ORIGIN], log_key(ORIGIN, new))}
    state = WitnessState.open(tmp_path / "w.db")
    witness = Witness(WITNESS, made_up_key(WITNESS), logs, state, HandSetClock(), Minutes())
    head = Checkpoint.parse(signed_head(HISTORY, 9).text)
    assert _ask(witness, asked(0, 5)).status == 200
    renewed = AddCheckpoint(5, tree_of(HISTORY).consistency(5, 9), sign(head, new))
    assert _ask(witness, renewed).status == 200
    false = NoteSignature(ORIGIN, log_key(ORIGIN, new).key_id, bytes(64))
    spoilt = SignedNote(head.text, (*signed_head(HISTORY, 9).signatures, false))
    assert _ask(witness, AddCheckpoint(9, (), spoilt)).status == 403
    state.close()


@pytest.mark.parametrize(
    "text",
    ["", "old 0\n", "old 0\n\n", "old 0\n\n{origin}\n", "old x\n\n{note}", "\n{note}", "{note}"],
)
def test_what_is_no_request_is_a_bad_one(tmp_path: Path, text: str) -> None:
    request = text.format(origin=ORIGIN, note=signed_head(HISTORY, 5))
    with witness_on(tmp_path / "w.db") as (witness, _):
        assert witness.add_checkpoint(request.encode()).status == 400


def test_a_signed_text_that_is_no_checkpoint_is_a_bad_request(tmp_path: Path) -> None:
    text = f"{ORIGIN}\n5\n"
    vkey = log_key(ORIGIN, made_up_key(ORIGIN))
    line = NoteSignature(ORIGIN, vkey.key_id, made_up_key(ORIGIN).sign(text.encode()))
    with witness_on(tmp_path / "w.db") as (witness, _):
        assert _ask(witness, AddCheckpoint(0, (), SignedNote(text, (line,)))).status == 400


def test_nothing_of_a_request_stands_in_a_refusal(tmp_path: Path) -> None:
    odd = "custody.example/<b>{0}%s"
    with witness_on(tmp_path / "w.db") as (witness, _):
        answer = _ask(witness, asked(0, 5, HISTORY, odd))
    assert odd not in answer.text


def test_time_never_runs_backwards_for_any_log(tmp_path: Path) -> None:
    clock, minutes = HandSetClock(), Minutes()
    with witness_on(tmp_path / "w.db", clock, minutes) as (witness, _):
        assert _ask(witness, asked(0, 5)).status == 200
        clock.seconds -= 1
        assert _ask(witness, asked(5, 6)).status == 503
        assert _ask(witness, asked(0, 6, HISTORY, SECOND_ORIGIN)).status == 503
        assert any("clock" in line for line in minutes.lines)
    assert head_in(tmp_path / "w.db")[0] == 5
    with witness_on(tmp_path / "w.db", clock) as (witness, _):
        assert _ask(witness, asked(5, 6)).status == 503
        clock.seconds += 1
        assert _ask(witness, asked(5, 6)).status == 200


def test_a_clock_that_was_never_set_signs_nothing(tmp_path: Path) -> None:
    with witness_on(tmp_path / "w.db", HandSetClock(0)) as (witness, _):
        assert _ask(witness, asked(0, 5)).status == 503


def test_a_monitor_sees_the_last_checkpoint_of_a_log(tmp_path: Path) -> None:
    hashed = hashlib.sha256(ORIGIN.encode()).hexdigest()
    with witness_on(tmp_path / "w.db") as (witness, _):
        assert witness.checkpoint(hashed).status == 404
        _ask(witness, asked(0, 5))
        _ask(witness, asked(5, 9))
        answer = witness.checkpoint(hashed)
        assert witness.checkpoint(hashlib.sha256(b"other").hexdigest()).status == 404
        assert witness.checkpoint(hashed.upper()).status == 404
    note = SignedNote.parse(answer.text.encode())
    assert Checkpoint.parse(note.text).size == 9
    assert is_log_signed(note, log_key(ORIGIN, made_up_key(ORIGIN)))
    assert cosigned_at(note, VKEY) == NOON


def test_a_memory_that_cannot_be_written_signs_nothing(tmp_path: Path) -> None:
    file, minutes = tmp_path / "w.db", Minutes()
    with witness_on(file, minutes=minutes) as (witness, state):
        assert _ask(witness, asked(0, 5)).status == 200
        state._connection.execute("PRAGMA query_only = 1")
        assert _ask(witness, asked(5, 6)).status == 503
        assert minutes.lines[-1].startswith("w.db")
        state._connection.execute("PRAGMA query_only = 0")
        assert _ask(witness, asked(5, 6)).status == 200


def test_a_memory_that_is_no_database_is_a_known_problem(tmp_path: Path) -> None:
    file = tmp_path / "w.db"
    file.write_bytes(b"no database" * 100)
    with pytest.raises(ProblemError):
        WitnessState.open(file)
    with pytest.raises(ProblemError) as refused:
        WitnessState.open(tmp_path / "nowhere" / "w.db")
    assert refused.value.problem.code is ProblemCode.WITNESS_UNUSABLE


def test_a_memory_is_written_through_and_its_owner_s(tmp_path: Path) -> None:
    state = WitnessState.open(tmp_path / "w.db")
    assert state._connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert state._connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    state.close()
    assert (tmp_path / "w.db").stat().st_mode & 0o077 == 0


def test_of_many_requests_at_once_one_wins_and_no_fork_is_cosigned(tmp_path: Path) -> None:
    """Each asker has its own connection to the file, as processes would; all start at once."""
    file, askers, rounds = tmp_path / "w.db", 8, 12
    WitnessState.open(file).close()
    barrier = threading.Barrier(askers)
    pasts: dict[bytes, list[bytes]] = {EMPTY_ROOT: []}

    def ask(asker: int) -> list[tuple[int, AddCheckpoint]]:
        won = []
        with witness_on(file) as (witness, _):
            for number in range(rounds):
                known, root = head_in(file)
                hashes = pasts[root] + leaves(1 + asker % 4, f"{asker} {number} ")
                pasts[tree_of(hashes).root(len(hashes))] = hashes
                request = asked(known, len(hashes), hashes)
                barrier.wait(30)
                answer = _ask(witness, request)
                assert answer.status in (200, 409), answer
                if answer.status == 200:
                    won.append((known, request))
                barrier.wait(30)
        return won

    with ThreadPoolExecutor(askers) as pool:
        won = [each for found in pool.map(ask, range(askers)) for each in found]
    assert len(won) == rounds
    _assert_one_history(won)


def _assert_one_history(won: Sequence[tuple[int, AddCheckpoint]]) -> None:
    """Every cosigned tree begins with the one cosigned before it: sizes rise, none twice."""
    before = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    for old, request in sorted(won, key=lambda each: each[1].old):
        head = Checkpoint.parse(request.note.text)
        assert old == before.size < head.size
        check_consistency(old, before.root, head.size, head.root, request.path)
        before = head


def test_a_smaller_request_that_comes_late_does_not_roll_back(tmp_path: Path) -> None:
    """The race of the specification: checked before, stored after a larger one."""
    file = tmp_path / "w.db"
    with witness_on(file) as (witness, _):
        assert _ask(witness, asked(0, 100)).status == 200
    for _ in range(20):
        _race(file)


def _race(file: Path) -> None:
    known = head_in(file)[0]
    barrier = threading.Barrier(2)

    def ask(size: int) -> Answer:
        with witness_on(file) as (witness, _):
            barrier.wait(30)
            return _ask(witness, asked(known, size))

    with ThreadPoolExecutor(2) as pool:
        answers = dict(
            zip((known + 2, known + 5), pool.map(ask, (known + 2, known + 5)), strict=True)
        )
    (winner,) = (size for size, answer in answers.items() if answer.status == 200)
    (loser,) = (answer for answer in answers.values() if answer.status != 200)
    assert loser == Answer(409, f"{winner}\n", SIZE_TYPE)
    assert head_in(file)[0] == winner
