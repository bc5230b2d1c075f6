"""What a ZPL printer's answers mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.problems import ProblemCode
from hardware.printers.causes import Cause, causes_of_port, problem_of
from hardware.printers.transports.line import PortStatus
from hardware.printers.transports.usb_device import read_port_status
from hardware.printers.zpl.status import (
    PrinterState,
    read_error_status,
    read_host_status,
    read_label_count,
)

READY = [
    b"\x02030,0,0,0203,000,0,0,0,000,0,0,0\x03",
    b"\r\n\x02000,0,0,0,0,2,4,0,00000000,1,000\x03",
    b"\r\n\x021234,0\x03",
]


def with_field(frame: int, field: int, value: bytes) -> list[bytes]:
    fields = READY[frame].split(b",")
    fields[field] = value
    return [*READY[:frame], b",".join(fields), *READY[frame + 1 :]]


def test_a_ready_printer_has_no_problem() -> None:
    state = read_host_status(READY)
    assert state == PrinterState()
    assert PrinterState().problem("P") is None


@pytest.mark.parametrize(
    ("frame", "field", "code", "detail"),
    [
        (0, 1, ProblemCode.PRINTER_OUT_OF_PAPER, ""),
        (0, 2, ProblemCode.PRINTER_PAUSED, ""),
        (0, 5, ProblemCode.PRINTER_BUSY, "memory full"),
        (0, 6, ProblemCode.PRINTER_NOT_READY, "diagnostics mode"),
        (0, 9, ProblemCode.PRINTER_FAULTY, "settings lost"),
        (0, 10, ProblemCode.PRINTER_COLD, ""),
        (1, 2, ProblemCode.PRINTER_OPEN, ""),
        (1, 3, ProblemCode.PRINTER_RIBBON_OUT, ""),
    ],
)
def test_each_flag_of_the_host_status_is_a_problem_at_the_printer(
    frame: int, field: int, code: ProblemCode, detail: str
) -> None:
    state = read_host_status(with_field(frame, field, b"1"))
    assert state is not None
    assert not state.is_ready
    problem = state.problem("Printer 2")
    assert problem is not None
    assert (problem.code, problem.where, problem.detail) == (code, "Printer 2", detail)


def test_a_head_that_is_too_hot_is_a_problem_in_both_answers() -> None:
    frames = [*READY]
    frames[0] = READY[0].removesuffix(b"0\x03") + b"1\x03"
    hot = read_host_status(frames)
    flagged = read_error_status(b"\x02 ERRORS: 1 00000000 00000010\r\n\x03")
    assert hot == flagged == PrinterState(frozenset({Cause.HEAD_HOT}))


@pytest.mark.parametrize(
    ("frame", "field", "value", "waiting"),
    [(0, 4, b"002", 2), (0, 7, b"1", 1), (1, 8, b"00000003", 3)],
)
def test_what_the_printer_still_holds_is_counted(
    frame: int, field: int, value: bytes, waiting: int
) -> None:
    assert read_host_status(with_field(frame, field, value)) == PrinterState(waiting=waiting)


@pytest.mark.parametrize(
    ("flags", "code", "detail"),
    [
        ("00000001", ProblemCode.PRINTER_OUT_OF_PAPER, ""),
        ("00000005", ProblemCode.PRINTER_OUT_OF_PAPER, "open"),
        ("00000002", ProblemCode.PRINTER_RIBBON_OUT, ""),
        ("00000004", ProblemCode.PRINTER_OPEN, ""),
        ("00000008", ProblemCode.PRINTER_JAMMED, "cutter"),
        ("00000010", ProblemCode.PRINTER_HOT, "head"),
        ("00000020", ProblemCode.PRINTER_HOT, "motor"),
        ("00000040", ProblemCode.PRINTER_FAULTY, "print head"),
        ("00000080", ProblemCode.PRINTER_FAULTY, "print head"),
        ("00000100", ProblemCode.PRINTER_FAULTY, "firmware settings"),
        ("00000200", ProblemCode.PRINTER_FAULTY, "temperature sensor"),
        ("00004000", ProblemCode.PRINTER_JAMMED, "feed"),
        ("00010000", ProblemCode.PRINTER_PAUSED, ""),
        ("00010004", ProblemCode.PRINTER_OPEN, "paused"),
        ("00080000", ProblemCode.PRINTER_NOT_READY, "error flags 80000"),
        ("00080004", ProblemCode.PRINTER_OPEN, "error flags 80000"),
        ("00000000", ProblemCode.PRINTER_NOT_READY, "it reports an error"),
    ],
)
def test_each_error_flag_is_a_problem(flags: str, code: ProblemCode, detail: str) -> None:
    answer = f"\x02\r\n  PRINTER STATUS\r\n   ERRORS:         1 00000000 {flags}\r\n\x03"
    state = read_error_status(answer.encode())
    assert state is not None
    problem = state.problem("P")
    assert problem is not None
    assert (problem.code, detail in problem.detail) == (code, True)
    assert bool(problem.detail) == bool(detail)


def test_no_error_flag_is_no_problem() -> None:
    state = read_error_status(b"\x02\r\n   ERRORS:  0 00000000 00000000\r\n\x03")
    assert state == PrinterState()


@pytest.mark.parametrize("cause", Cause)
def test_each_cause_is_a_problem_that_says_which_it_is(cause: Cause) -> None:
    problem = problem_of({cause}, "P")
    assert problem is not None
    alike = [one for one in Cause if one.code is problem.code]
    assert cause.code is problem.code
    assert problem.detail == (cause.words if len(alike) > 1 else "")


@given(st.sets(st.sampled_from(Cause), min_size=1))
def test_of_all_causes_the_most_urgent_is_the_problem_and_none_is_lost(causes: set[Cause]) -> None:
    problem = problem_of(causes, "P")
    assert problem is not None
    first, *rest = [cause for cause in Cause if cause in causes]
    assert problem.code is first.code
    assert all(cause.words in problem.detail for cause in rest)


@pytest.mark.parametrize(
    ("byte", "status", "causes"),
    [
        (0x18, PortStatus(paper_out=False, offline=False, error=False), set()),
        (0x38, PortStatus(paper_out=False, offline=False, error=False), set()),
        (0x30, PortStatus(paper_out=True, offline=False, error=True), {Cause.PAPER_OUT}),
        (0x00, PortStatus(paper_out=False, offline=True, error=True), {Cause.OFFLINE}),
        (0x10, PortStatus(paper_out=False, offline=False, error=True), {Cause.UNNAMED}),
    ],
)
def test_the_lines_of_a_usb_port_are_read_as_the_kernel_does(
    byte: int, status: PortStatus, causes: set[Cause]
) -> None:
    assert read_port_status(byte) == status
    assert causes_of_port(status) == causes


def test_a_port_that_says_nothing_tells_no_cause() -> None:
    assert causes_of_port(None) == set()


@given(st.lists(st.binary(max_size=40) | st.sampled_from(READY), max_size=4))
def test_any_other_answer_is_no_status(frames: list[bytes]) -> None:
    if frames[:2] != READY[:2] or len(frames) != 3:
        assert read_host_status(frames) is None
    assert read_error_status(b"".join(frames)) is None


def test_a_flag_that_is_no_flag_makes_no_status() -> None:
    assert read_host_status(with_field(0, 1, b"2")) is None
    assert read_host_status(with_field(1, 2, b"")) is None
    assert read_host_status(with_field(0, 4, b"-1")) is None
    assert read_host_status(with_field(1, 8, b"9" * 9)) is None


def test_an_answer_cut_off_at_any_byte_is_no_status() -> None:
    whole = b"".join(READY)
    for length in range(len(whole) - len(READY[2])):
        assert read_host_status(whole[:length].split(b"\r\n")) is None
    said = b"\x02\r\n  PRINTER STATUS\r\n   ERRORS:  1 00000000 00000005\r\n\x03"
    for length in range(said.index(b"5\r\n") + 1):
        assert read_error_status(said[:length]) is None


def test_a_count_of_labels_is_a_number_in_quotes() -> None:
    assert read_label_count(b'"31084"') == 31084
    assert read_label_count(b'"?"') is None
    assert read_label_count(b'"' + b"9" * 13 + b'"') is None
