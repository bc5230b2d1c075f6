"""What a printer's answers mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.problems import ProblemCode
from hardware.printers.status import PrinterState, read_error_status, read_host_status

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
        (0, 2, ProblemCode.PRINTER_NOT_READY, "paused"),
        (0, 5, ProblemCode.PRINTER_NOT_READY, "buffer full"),
        (1, 2, ProblemCode.PRINTER_NOT_READY, "head open"),
        (1, 3, ProblemCode.PRINTER_NOT_READY, "ribbon out"),
    ],
)
def test_each_flag_of_the_host_status_is_a_problem_at_the_printer(
    frame: int, field: int, code: ProblemCode, detail: str
) -> None:
    state = read_host_status(with_field(frame, field, b"1"))
    assert state is not None
    problem = state.problem("Printer 2")
    assert problem is not None
    assert (problem.code, problem.where, problem.detail) == (code, "Printer 2", detail)


@pytest.mark.parametrize(
    ("flags", "code", "detail"),
    [
        ("00000001", ProblemCode.PRINTER_OUT_OF_PAPER, ""),
        ("00000005", ProblemCode.PRINTER_OUT_OF_PAPER, ""),
        ("00000002", ProblemCode.PRINTER_NOT_READY, "ribbon out"),
        ("00000004", ProblemCode.PRINTER_NOT_READY, "head open"),
        ("00010004", ProblemCode.PRINTER_NOT_READY, "head open, paused"),
        ("00000008", ProblemCode.PRINTER_NOT_READY, "error flags 00000008"),
    ],
)
def test_each_error_flag_is_a_problem(flags: str, code: ProblemCode, detail: str) -> None:
    answer = f"\x02\r\n  PRINTER STATUS\r\n   ERRORS:         1 00000000 {flags}\r\n\x03"
    state = read_error_status(answer.encode())
    assert state is not None
    problem = state.problem("P")
    assert problem is not None
    assert (problem.code, problem.detail) == (code, detail)


def test_no_error_flag_is_no_problem() -> None:
    state = read_error_status(b"\x02\r\n   ERRORS:  0 00000000 00000000\r\n\x03")
    assert state == PrinterState()


def test_only_a_label_that_waits_is_not_interrupted() -> None:
    assert not PrinterState(paused=True, buffer_full=True).interrupted
    assert PrinterState(paper_out=True).interrupted
    assert PrinterState(head_open=True).interrupted
    assert PrinterState(ribbon_out=True).interrupted


@given(st.lists(st.binary(max_size=40) | st.sampled_from(READY), max_size=4))
def test_any_other_answer_is_no_status(frames: list[bytes]) -> None:
    if frames[:2] != READY[:2] or len(frames) != 3:
        assert read_host_status(frames) is None
    assert read_error_status(b"".join(frames)) is None


def test_a_flag_that_is_no_flag_makes_no_status() -> None:
    assert read_host_status(with_field(0, 1, b"2")) is None
    assert read_host_status(with_field(1, 2, b"")) is None
