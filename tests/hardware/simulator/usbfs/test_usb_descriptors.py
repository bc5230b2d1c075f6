"""What a simulated handset says of itself on USB, read by the bench's own reader."""

from __future__ import annotations

from hardware.simulator.usbfs.descriptors import ADB, DEBUGGING, MODEM, MTP, Bulk, Described
from hardware.usb.descriptors import Kind, parse_descriptors

_MTP, _ADB = Kind(0x06, 0x01, 0x01), Kind(0xFF, 0x42, 0x01)
_MODEM = [Kind(0x02, 0x02, 0x01), Kind(0x0A, 0x00, 0x00)]


def test_the_bench_reads_both_configurations_to_their_ends() -> None:
    described = parse_descriptors(Described().blob())
    kinds = [[one.kind for one in each.interfaces] for each in described.configurations]
    assert kinds == [[_MTP, _ADB], [_MTP, *_MODEM, _ADB]]
    assert [each.number for each in described.configurations] == [1, 2]
    assert [each.endpoints for each in described.configurations] == [5, 8]
    assert described.count == len(DEBUGGING)


def test_each_configuration_says_its_own_length() -> None:
    blob = Described().blob()
    at = 18
    for _ in DEBUGGING:
        assert blob[at + 1] == 2
        at += int.from_bytes(blob[at + 2 : at + 4], "little")
    assert at == len(blob)


def test_no_two_endpoints_of_a_configuration_have_one_address() -> None:
    for interfaces in DEBUGGING:
        blob = Described(configurations=(interfaces,)).blob()
        at, addresses = 0, []
        while at < len(blob):
            if blob[at + 1] == 5:
                addresses.append(blob[at + 2])
            at += blob[at]
        assert len(set(addresses)) == len(addresses) == sum(len(i.endpoints) for i in interfaces)


def test_udev_lists_each_kind_once() -> None:
    assert Described().interfaces() == ":060101:ff4201:020201:0a0000:"


def test_adb_is_found_where_it_is_and_not_where_it_is_not() -> None:
    assert Described().adb() == Bulk(interface=1, incoming=0x83, outgoing=0x02)
    assert Described(configurations=((*MODEM, *ADB),)).adb() == Bulk(2, 0x83, 0x02)
    assert Described(configurations=(MTP,)).adb() is None
