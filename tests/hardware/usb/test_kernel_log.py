"""The kernel's records are read by their format, and believed only where they are the kernel's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.identity.identifiers import UsbPath
from bench.problems import ProblemCode
from hardware.usb.kernel_log import (
    Fresh,
    KernelRecord,
    Refusal,
    SlotLimit,
    meaning,
    parse_records,
)
from tests.hardware.usb.kernel_says import FORGED, NOTHING, REFUSALS, record


def _meaning(text: str, facility: int = 0) -> Refusal | Fresh | SlotLimit | None:
    (one,) = parse_records(record(text, facility=facility))
    return meaning(one)


@pytest.mark.parametrize(("text", "where", "code"), REFUSALS)
def test_every_refusal_is_a_problem_at_its_port(text: str, where: str, code: ProblemCode) -> None:
    refusal = _meaning(text)
    assert isinstance(refusal, Refusal)
    assert str(refusal.where) == where
    assert refusal.code == code
    assert refusal.text in text


@pytest.mark.parametrize("text", NOTHING)
def test_all_else_in_the_log_means_nothing(text: str) -> None:
    assert _meaning(text) is None


@pytest.mark.parametrize("text", FORGED)
def test_what_a_device_says_of_itself_is_not_believed(text: str) -> None:
    assert _meaning(text) is None


@pytest.mark.parametrize(("text", "_where", "_code"), REFUSALS)
def test_what_a_program_writes_into_the_log_is_not_believed(
    text: str, _where: str, _code: ProblemCode
) -> None:
    assert _meaning(text, facility=1) is None


@pytest.mark.parametrize(
    ("text", "fresh"),
    [
        ("usb 1-1.3: new high-speed USB device number 12 using xhci_hcd", False),
        ("usb 1-1.3: new SuperSpeed Plus Gen 2x1 USB device number 3 using xhci_hcd", False),
        ("usb 1-1.3: USB disconnect, device number 12", True),
    ],
)
def test_a_new_try_and_an_end_are_told_apart(text: str, fresh: bool) -> None:
    assert _meaning(text) == Fresh(UsbPath.parse("1-1.3"), fresh)


@pytest.mark.parametrize("end", [".", ""])
def test_how_many_devices_a_controller_can_have_is_heard(end: str) -> None:
    text = f"xhci_hcd 0000:05:00.0: Max number of devices this xHCI host supports is 32{end}"
    assert _meaning(text) == SlotLimit("0000:05:00.0", 32)


def test_records_of_the_documentation_are_read() -> None:
    data = (
        b"7,160,424069,-;pci_root PNP0A03:00: host bridge window [io  0x0000-0x0cf7] (ignored)\n"
        b" SUBSYSTEM=acpi\n"
        b" DEVICE=+acpi:PNP0A03:00\n"
        b"6,339,5140900,-;NET: Registered protocol family 10\n"
        b"30,340,5690716,-;udevd[80]: starting version 181\n"
        b"6,341,5690720,-,caller=T1,more=x;later fields are passed over\n"
    )
    assert [(one.facility, one.sequence) for one in parse_records(data)] == [
        (0, 160),
        (0, 339),
        (3, 340),
        (0, 341),
    ]


_TEXT, _, _ = REFUSALS[0]


@pytest.mark.parametrize("length", range(len(record(_TEXT))))
def test_a_record_cut_at_any_byte_says_the_whole_or_nothing(length: int) -> None:
    meanings = [meaning(one) for one in parse_records(record(_TEXT)[:length])]
    assert all(one is None or one == _meaning(_TEXT) for one in meanings)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_without_a_crash(data: bytes) -> None:
    for one in parse_records(data):
        meaning(one)


@given(st.text(max_size=120), st.text(max_size=40))
def test_any_text_means_nothing_but_on_a_line_of_its_own(before: str, after: str) -> None:
    for text in (f"{before}{_TEXT}{after}x", f"usb 1-1: {before} {_TEXT}"):
        assert not isinstance(meaning(KernelRecord(0, 1, text)), Refusal)


def test_a_megabyte_without_an_end_is_no_record() -> None:
    assert list(parse_records(b"3,1,1,-;usb 1-1: " + b"x" * (1 << 20))) == []
