"""A bench and its witness over the loopback: honest ones, forgetful ones, rolled back, forked."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bench.custody.proof.checkpoint import Checkpoint, cosigned_at, is_log_signed, log_key
from bench.custody.proof.note import NoteError, NoteSignature, SignedNote
from bench.problems import ProblemCode
from bench.witness.client import (
    WitnessConflictError,
    WitnessRefusedError,
    WitnessUnreachableError,
)
from bench.witness.cosigning import RolledBackError, cosign, next_request
from tests.bench.custody.proof.signers import NOON, ORIGIN, made_up_key
from tests.bench.witness.standing import (
    SECOND_ORIGIN,
    VKEY,
    LoggingBench,
    Standing,
    standing_witness,
)


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Standing]:
    with standing_witness(tmp_path / "w.db") as standing:
        yield standing
        assert not [line for line in standing.minutes.lines if "fault" in line]


def _bring(witness: Standing, bench: LoggingBench) -> SignedNote:
    note = cosign(witness.client(), bench.note, bench.tree, bench.cosigned)
    bench.cosigned = len(bench.hashes)
    return note


def test_a_bench_has_each_checkpoint_cosigned(witness: Standing) -> None:
    bench = LoggingBench()
    for count in (1, 1, 5, 1, 2000, 0, 3):
        bench.grow(count)
        note = _bring(witness, bench)
        assert Checkpoint.parse(note.text).size == len(bench.hashes)
        assert cosigned_at(note, VKEY) == NOON
        assert is_log_signed(note, log_key(ORIGIN, made_up_key(ORIGIN)))
    assert witness.head() == (len(bench.hashes), bench.tree.root(len(bench.hashes)))


def test_a_bench_that_forgot_what_was_cosigned_is_told(witness: Standing) -> None:
    bench = LoggingBench()
    bench.grow(50)
    _bring(witness, bench)
    bench.grow(20)
    for forgotten in (0, 10, 50, 60, 70):
        bench.cosigned = forgotten
        assert cosigned_at(_bring(witness, bench), VKEY) == NOON


def test_a_bench_that_lost_its_end_is_told_so(witness: Standing) -> None:
    bench = LoggingBench()
    bench.grow(50)
    _bring(witness, bench)
    for remembered in (0, 30, 50):
        restored = LoggingBench(ORIGIN, bench.hashes[:30], remembered)
        with pytest.raises(RolledBackError) as told:
            _bring(witness, restored)
        assert told.value.size == 50
        assert told.value.problem.code is ProblemCode.RECORD_ROLLED_BACK
    assert witness.head()[0] == 50


def test_a_restored_bench_that_worked_on_is_refused(witness: Standing) -> None:
    bench = LoggingBench()
    bench.grow(50)
    _bring(witness, bench)
    restored = LoggingBench(ORIGIN, bench.hashes[:30], 30)
    restored.grow(40, "after the restore ")
    with pytest.raises(WitnessRefusedError) as refused:
        _bring(witness, restored)
    assert refused.value.status == 422
    assert refused.value.problem.code is ProblemCode.WITNESS_REFUSED
    assert witness.head() == (50, bench.tree.root(50))


def test_a_fork_of_the_same_size_is_refused(witness: Standing) -> None:
    bench = LoggingBench()
    bench.grow(30)
    fork = bench.clone()
    bench.grow(20)
    fork.grow(20, "fork ")
    _bring(witness, bench)
    for remembered in (0, 30, 50):
        fork.cosigned = remembered
        with pytest.raises(WitnessRefusedError, match="422"):
            _bring(witness, fork)


def test_a_rewritten_history_is_refused_at_every_place(witness: Standing) -> None:
    bench = LoggingBench()
    bench.grow(40)
    _bring(witness, bench)
    bench.grow(5)
    for place in range(40):
        rewritten = bench.clone()
        rewritten.hashes[place] = bytes(32)
        with pytest.raises(WitnessRefusedError, match="422"):
            _bring(witness, rewritten)
    assert cosigned_at(_bring(witness, bench), VKEY) == NOON


def test_what_was_not_cosigned_yet_can_still_be_rewritten(witness: Standing) -> None:
    """The exposure is exactly the tail that no witness has seen."""
    bench = LoggingBench()
    bench.grow(40)
    _bring(witness, bench)
    bench.grow(5)
    bench.hashes[42] = bytes(32)
    assert cosigned_at(_bring(witness, bench), VKEY) == NOON


def test_of_two_cloned_benches_the_second_is_refused(witness: Standing) -> None:
    bench = LoggingBench()
    bench.grow(30)
    _bring(witness, bench)
    clone = bench.clone()
    bench.grow(3, "bench ")
    _bring(witness, bench)
    clone.grow(2, "clone ")
    with pytest.raises(RolledBackError):
        _bring(witness, clone)
    clone.grow(2, "clone ")
    with pytest.raises(WitnessRefusedError, match="422"):
        _bring(witness, clone)
    bench.grow(1)
    _bring(witness, bench)


def test_two_clones_at_once_are_never_both_cosigned(witness: Standing) -> None:
    bench = LoggingBench()
    for number in range(10):
        clones = [bench.clone() for _ in range(4)]
        for which, clone in enumerate(clones):
            clone.grow(1 + which, f"{number} {which} ")
        with ThreadPoolExecutor(4) as pool:
            done = list(pool.map(lambda clone: _is_cosigned(witness, clone), clones))
        (which,) = (which for which, is_done in enumerate(done) if is_done)
        bench = clones[which]


def _is_cosigned(witness: Standing, bench: LoggingBench) -> bool:
    try:
        _bring(witness, bench)
    except (RolledBackError, WitnessRefusedError):
        return False
    return True


def test_an_unknown_bench_and_a_wrong_key_are_refused(witness: Standing) -> None:
    stranger = LoggingBench("custody.example/stranger/e1")
    stranger.grow(3)
    with pytest.raises(WitnessRefusedError, match="404"):
        _bring(witness, stranger)
    bench = LoggingBench()
    bench.grow(3)
    vkey = log_key(ORIGIN, made_up_key(ORIGIN))
    forged = SignedNote(bench.note.text, (NoteSignature(ORIGIN, vkey.key_id, bytes(64)),))
    with pytest.raises(WitnessRefusedError, match="403") as refused:
        cosign(witness.client(), forged, bench.tree, 0)
    assert refused.value.status == 403


def test_benches_do_not_get_in_each_other_s_way(witness: Standing) -> None:
    benches = [LoggingBench(ORIGIN), LoggingBench(SECOND_ORIGIN)]

    def work(bench: LoggingBench) -> None:
        for count in range(1, 15):
            bench.grow(count)
            _bring(witness, bench)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, benches))
    assert witness.head(SECOND_ORIGIN)[0] == len(benches[1].hashes)


def test_the_client_says_what_the_witness_knows(witness: Standing) -> None:
    bench = LoggingBench()
    bench.grow(8)
    _bring(witness, bench)
    with pytest.raises(WitnessConflictError) as conflict:
        witness.client().add_checkpoint(3, bench.tree.consistency(3, 8), bench.note)
    assert conflict.value.size == 8
    with pytest.raises(WitnessRefusedError, match="400"):
        witness.client().add_checkpoint(9, (), bench.note)
    with pytest.raises(WitnessRefusedError, match="422"):
        witness.client().add_checkpoint(8, (bytes(32),), bench.note)


def test_a_witness_whose_clock_ran_backwards_is_asked_again_later(witness: Standing) -> None:
    bench = LoggingBench()
    bench.grow(8)
    _bring(witness, bench)
    bench.grow(1)
    witness.clock.seconds -= 10
    with pytest.raises(WitnessUnreachableError, match="503"):
        _bring(witness, bench)
    witness.clock.seconds += 10
    _bring(witness, bench)


class _Fickle:
    """A witness that names another size each time."""

    def __init__(self, *sizes: int) -> None:
        self.sizes = list(sizes)
        self.asked: list[int] = []

    def add_checkpoint(
        self, old_size: int, path: tuple[bytes, ...], note: SignedNote
    ) -> NoteSignature:
        assert path is not None
        assert note.text
        self.asked.append(old_size)
        raise WitnessConflictError(self.sizes.pop(0))


def test_a_witness_that_cannot_make_up_its_mind_is_left_alone() -> None:
    bench, fickle = LoggingBench(), _Fickle(1, 2, 3, 4, 5, 6)
    bench.grow(8)
    with pytest.raises(WitnessUnreachableError):
        cosign(fickle, bench.note, bench.tree, 0)
    assert fickle.asked == [0, 1, 2, 3]


def test_nothing_is_asked_where_the_bench_knows_itself_that_it_lost_its_end() -> None:
    bench, fickle = LoggingBench(), _Fickle()
    bench.grow(8)
    with pytest.raises(RolledBackError):
        cosign(fickle, bench.note, bench.tree, 9)
    assert fickle.asked == []


def test_the_next_request_starts_where_the_witness_is() -> None:
    head = Checkpoint(ORIGIN, 8, bytes(32))
    assert [next_request(head, known) for known in (0, 7, 8)] == [0, 7, 8]
    with pytest.raises(RolledBackError):
        next_request(head, 9)
    with pytest.raises(NoteError):
        cosign(_Fickle(), SignedNote("no checkpoint\n", ()), LoggingBench().tree, 0)
