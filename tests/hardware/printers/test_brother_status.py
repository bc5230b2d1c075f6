"""What a QL printer's 32 bytes mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.problems import ProblemCode
from hardware.printers.brother_ql.media import Kind, Roll
from hardware.printers.brother_ql.models import model_named
from hardware.printers.brother_ql.status import MARK, Notice, Said, read_status
from hardware.printers.causes import Cause, problem_of
from hardware.simulator.printer_brother import LABELS, TAPE, BrotherMachine

READY = BrotherMachine().status(0)


def with_byte(place: int, value: int) -> bytes:
    return READY[:place] + bytes([value]) + READY[place + 1 :]


def test_a_ready_printer_says_what_it_is_and_what_is_in_it() -> None:
    status = read_status(READY)
    assert status is not None
    assert (status.said, status.model, status.causes) == (
        Said.REPLY, model_named("QL-810W"), frozenset(),
    )  # fmt: skip
    assert status.roll == Roll(Kind.TAPE, 62)
    assert not status.printing
    assert status.raw == ""


@pytest.mark.parametrize(
    ("kind", "roll"),
    [
        (0x0A, Roll(Kind.TAPE, 62)), (0x4A, Roll(Kind.TAPE, 62)),
        (0x0B, Roll(Kind.LABELS, 62, 29)), (0x4B, Roll(Kind.LABELS, 62, 29)), (0x00, None),
    ],
)  # fmt: skip
def test_old_and_new_models_name_their_rolls_apart(kind: int, roll: Roll | None) -> None:
    data = bytearray(READY)
    data[11], data[17] = kind, 29
    status = read_status(bytes(data))
    assert status is not None
    assert status.roll == roll


@pytest.mark.parametrize(
    ("place", "bit", "code"),
    [
        (8, 0x01, ProblemCode.PRINTER_OUT_OF_PAPER),
        (8, 0x02, ProblemCode.PRINTER_OUT_OF_PAPER),
        (8, 0x04, ProblemCode.PRINTER_JAMMED),
        (8, 0x10, ProblemCode.PRINTER_IN_USE),
        (8, 0x20, ProblemCode.PRINTER_UNREACHABLE),
        (8, 0x80, ProblemCode.PRINTER_FAULTY),
        (9, 0x01, ProblemCode.PRINTER_OTHER_LABELS),
        (9, 0x02, ProblemCode.PRINTER_BUSY),
        (9, 0x04, ProblemCode.PRINTER_FAULTY),
        (9, 0x10, ProblemCode.PRINTER_OPEN),
        (9, 0x40, ProblemCode.PRINTER_JAMMED),
        (9, 0x80, ProblemCode.PRINTER_FAULTY),
        (8, 0x08, ProblemCode.PRINTER_NOT_READY),
        (8, 0x40, ProblemCode.PRINTER_NOT_READY),
        (9, 0x08, ProblemCode.PRINTER_NOT_READY),
        (9, 0x20, ProblemCode.PRINTER_NOT_READY),
    ],
)
def test_each_bit_of_the_error_information_is_a_problem(
    place: int, bit: int, code: ProblemCode
) -> None:
    status = read_status(with_byte(place, bit))
    assert status is not None
    problem = problem_of(status.causes, "P", status.raw)
    assert problem is not None
    assert problem.code is code
    if code is ProblemCode.PRINTER_NOT_READY:
        assert problem.detail == f"error bits {bit << 8 if place == 8 else bit:04X}"


def test_an_error_without_a_bit_is_one_all_the_same() -> None:
    status = read_status(with_byte(18, 2))
    assert status is not None
    assert status.causes == {Cause.UNNAMED}


def test_one_that_prints_for_somebody_is_busy() -> None:
    status = read_status(with_byte(19, 1))
    assert status is not None
    assert status.causes == {Cause.PRINTING}


def test_one_that_is_being_switched_off_says_so() -> None:
    status = read_status(with_byte(18, 4))
    assert status is not None
    assert Cause.TURNED_OFF in status.causes


def test_cooling_is_told() -> None:
    status = read_status(BrotherMachine().status(5, printing=True, notice=3))
    assert status is not None
    assert (status.said, status.notice, status.printing) == (
        Said.NOTIFICATION, Notice.COOLING, True,
    )  # fmt: skip


def test_a_model_that_came_later_is_told_by_its_code() -> None:
    status = read_status(with_byte(4, 0x7A))
    assert status is not None
    assert (status.model, status.name) == (None, "347A")


@pytest.mark.parametrize("length", range(32))
def test_a_status_cut_off_at_any_byte_is_none(length: int) -> None:
    assert read_status(READY[:length]) is None


@given(st.binary(max_size=64) | st.binary(min_size=29, max_size=29).map(lambda b: MARK + b))
def test_any_32_bytes_are_a_status_with_words_or_none(data: bytes) -> None:
    status = read_status(data)
    if status is None or not (status.causes or status.flags):
        return
    assert problem_of(status.causes, "P", status.raw) is not None


def test_labels_have_a_length_and_tape_has_none() -> None:
    tape = read_status(BrotherMachine(roll=(TAPE, 29, 0)).status(0))
    labels = read_status(BrotherMachine(roll=(LABELS, 29, 90)).status(0))
    assert tape is not None
    assert labels is not None
    assert (str(tape.roll), str(labels.roll)) == ("29", "29x90")
