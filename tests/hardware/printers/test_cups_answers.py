"""What CUPS says of queues and jobs, whole, cut short and made up; what it means for a label."""

from __future__ import annotations

import plistlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.problems import Problem, ProblemCode
from hardware.printers.cups.answers import (
    JobPhase,
    JobState,
    PrinterPhase,
    QueueState,
    UnreadableError,
    read_job,
    read_queue,
)
from hardware.printers.cups.reach import place_of
from hardware.printers.cups.verdicts import Verdict, trouble_of_job, trouble_of_queue, verdict

IDLE = {
    "printer-is-accepting-jobs": True,
    "printer-state": 3,
    "printer-state-message": "",
    "printer-state-reasons": "none",
    "printer-make-and-model": "Local Raw Printer",
    "device-uri": "socket://192.0.2.7:9100",
}
WAITING = {"job-state": 3, "job-printer-state-message": ""}
AWAY = "The printer may not exist or is unavailable at this time."


def answer(attributes: object, status: str = "successful-ok") -> bytes:
    """As ipptool -X of CUPS 2.4.2 writes it, less the request."""
    groups = [{"attributes-charset": "utf-8"}, attributes]
    return plistlib.dumps({"Tests": [{"StatusCode": status, "ResponseAttributes": groups}]})


def queue(**changed: object) -> QueueState:
    known = {name.replace("_", "-"): value for name, value in changed.items()}
    read = read_queue(answer(IDLE | known))
    assert read is not None
    return read


def ended(phase: JobPhase, message: str = "", *, begun: bool = True) -> JobState:
    return JobState(phase, begun, message)


def test_a_queue_is_read_as_it_is_said() -> None:
    assert queue() == QueueState(PrinterPhase.IDLE, True, (), "", "socket://192.0.2.7:9100", True)
    assert queue(printer_state_reasons=["paused", "media-empty-error"]).reasons == (
        "paused",
        "media-empty-error",
    )


def test_a_job_that_never_began_is_told_from_one_that_did() -> None:
    assert read_job(answer(WAITING)) == JobState(JobPhase.WAITING, begun=False, message="")
    begun = read_job(answer(WAITING | {"job-state": 7, "time-at-processing": 1795510403}))
    assert begun == JobState(JobPhase.CANCELLED, begun=True, message="")


@pytest.mark.parametrize("read", [read_queue, read_job])
def test_what_is_not_found_is_none(read: object) -> None:
    assert callable(read)
    assert read(answer({}, "client-error-not-found")) is None


@pytest.mark.parametrize("status", ["server-error-busy", "client-error-forbidden", "", "no"])
def test_any_other_refusal_is_no_answer(status: str) -> None:
    with pytest.raises(UnreadableError):
        read_queue(answer(IDLE, status))


def test_an_answer_cut_short_at_any_byte_is_no_answer() -> None:
    whole = answer(IDLE).rstrip()
    for end in range(len(whole)):
        with pytest.raises(UnreadableError):
            read_queue(whole[:end])


@pytest.mark.parametrize("state", [0, 2, 10, -1, True, "3", 3.0, [3], None, 2**70])
def test_a_state_that_ipp_does_not_know_is_no_answer(state: object) -> None:
    if state is None:
        attributes = {}
    else:
        attributes = {"job-state": state if not isinstance(state, int) or state < 2**63 else 99}
    with pytest.raises(UnreadableError):
        read_job(answer(attributes))


@given(st.binary(max_size=400))
def test_no_bytes_are_more_than_no_answer(said: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_queue(said)


def test_a_mebibyte_of_message_is_cut_and_harmless() -> None:
    said = queue(printer_state_message="\u202e<b>" + "é" * 2**20, printer_state_reasons="x" * 2**20)
    assert len(said.message) <= 200
    assert len(said.reasons[0]) <= 80
    assert "\u202e" not in said.message


def test_an_entity_in_an_answer_is_not_expanded() -> None:
    bomb = b'<!DOCTYPE plist [<!ENTITY a "aaaa">]><plist version="1.0"><string>&a;</string></plist>'
    with pytest.raises(UnreadableError):
        read_queue(bomb)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, None),
        ({"printer_is_accepting_jobs": False}, ProblemCode.QUEUE_CLOSED),
        ({"printer_state": 5}, ProblemCode.QUEUE_STOPPED),
        ({"printer_state": 4}, None),
        ({"printer_state_reasons": "media-empty-error"}, None),
    ],
)
def test_what_stops_a_queue_is_said_and_old_news_of_its_printer_is_not(
    changed: dict[str, object], code: ProblemCode | None
) -> None:
    trouble = trouble_of_queue(queue(**changed), "P")
    assert (trouble.code if trouble else None) == code
    assert trouble_of_queue(None, "P") == Problem(ProblemCode.QUEUE_UNKNOWN, "P")


@pytest.mark.parametrize(
    ("reasons", "code"),
    [
        ("none", None),
        ("media-empty", ProblemCode.PRINTER_OUT_OF_PAPER),
        ("media-empty-error", ProblemCode.PRINTER_OUT_OF_PAPER),
        ("media-needed-report", ProblemCode.PRINTER_OUT_OF_PAPER),
        ("cover-open-warning", ProblemCode.PRINTER_OPEN),
        ("marker-supply-empty-error", ProblemCode.PRINTER_RIBBON_OUT),
        ("media-jam-warning", ProblemCode.PRINTER_JAMMED),
        ("shutdown", ProblemCode.PRINTER_UNREACHABLE),
        ("offline-report", ProblemCode.PRINTER_NOT_READY),
        (["media-low-report", "door-open"], ProblemCode.PRINTER_OPEN),
        (["marker-supply-low-warning", "connecting-to-device", "-", "--error"], None),
    ],
)
def test_what_a_printer_reports_of_itself_holds_a_label_up(
    reasons: object, code: ProblemCode | None
) -> None:
    job = ended(JobPhase.PRINTING)
    trouble = trouble_of_job(queue(printer_state_reasons=reasons), job, "P")
    assert (trouble.code if trouble else None) == code


def test_a_printer_that_is_not_reached_holds_a_label_up_with_the_words_of_cups() -> None:
    trouble = trouble_of_job(queue(printer_state=4), ended(JobPhase.PRINTING, AWAY), "P")
    assert trouble == Problem(ProblemCode.PRINTER_UNREACHABLE, "P", AWAY[:-1])
    gone = trouble_of_job(None, ended(JobPhase.PRINTING), "P")
    assert gone == Problem(ProblemCode.QUEUE_UNKNOWN, "P")


@pytest.mark.parametrize(
    ("job", "before", "expected"),
    [
        (ended(JobPhase.PRINTED), None, Verdict.PRINTED),
        (None, None, Verdict.UNKNOWN),
        (None, ended(JobPhase.PRINTING, AWAY), Verdict.UNKNOWN),
        (ended(JobPhase.CANCELLED, begun=False), None, Verdict.NOT_PRINTED),
        (ended(JobPhase.CANCELLED, AWAY), None, Verdict.NOT_PRINTED),
        (ended(JobPhase.CANCELLED), ended(JobPhase.PRINTING, AWAY), Verdict.NOT_PRINTED),
        (ended(JobPhase.CANCELLED), None, Verdict.UNKNOWN),
        (
            ended(JobPhase.CANCELLED, "Connected to printer."),
            ended(JobPhase.PRINTING, AWAY),
            Verdict.UNKNOWN,
        ),
        (ended(JobPhase.ABORTED, "Filter failed"), None, Verdict.UNKNOWN),
        (ended(JobPhase.ABORTED, begun=False), None, Verdict.NOT_PRINTED),
        (ended(JobPhase.PRINTING, AWAY), None, Verdict.UNKNOWN),
    ],
)
def test_a_label_is_not_printed_only_where_no_byte_went_to_the_printer(
    job: JobState | None, before: JobState | None, expected: Verdict
) -> None:
    assert verdict(job, before) is expected


@pytest.mark.parametrize(
    ("device", "place"),
    [
        ("socket://192.0.2.7:9100", ("192.0.2.7", 9100)),
        ("socket://192.0.2.7", ("192.0.2.7", 9100)),
        ("ipp://printer.example/ipp/print", ("printer.example", 631)),
        ("lpd://[2001:db8::7]/raw", ("2001:db8::7", 515)),
        ("usb://Zebra/ZD421?serial=1", None),
        ("dnssd://Zebra._ipp._tcp.local/", None),
        ("socket://host:99999", None),
        ("socket://[", None),
        ("file:///dev/null", None),
        ("", None),
    ],
)
def test_a_printer_on_the_network_is_found_in_its_address(
    device: str, place: tuple[str, int] | None
) -> None:
    assert place_of(device) == place
