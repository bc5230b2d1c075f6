"""The made-up fleet: thirty thousand devices that are nowhere until they are asked for."""

from __future__ import annotations

import tracemalloc
from itertools import islice

import pytest

from bench.events.management import Compliance
from bench.identity.identifiers import Imei
from hardware.simulator.intune.fleet import fleet_device, fleet_serial
from hardware.simulator.intune.register import Register


def test_every_device_of_the_fleet_is_its_own_and_made_up() -> None:
    devices = [fleet_device(number) for number in range(2000)]
    for name in ("id", "serial", "imei", "name"):
        assert len({getattr(device, name) for device in devices}) == 2000
    assert all(Imei.parse(device.imei).is_test for device in devices)
    assert sum(device.compliance is Compliance.NONCOMPLIANT for device in devices) == 100


def test_a_fleet_takes_no_memory_until_it_is_looked_at() -> None:
    register = Register()
    tracemalloc.start()
    register.add_fleet(30_000)
    assert register[fleet_serial(29_999)].number == 29_999
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(register) == 30_000
    assert kept < 100_000


def test_a_device_is_found_by_any_of_its_names_and_no_other() -> None:
    register = Register()
    register.add_fleet(100)
    device = fleet_device(42)
    assert register.by_id(device.id) == device
    for key in (("serialNumber", device.serial.casefold()), ("imei", device.imei)):
        assert list(register.matching([key])) == [device]
    wrong_check_digit = device.imei[:-1] + str((int(device.imei[-1]) + 1) % 10)
    for key in (
        ("imei", wrong_check_digit),
        ("serialNumber", "r59f000100xy"),
        ("imei", "00440009"),
    ):
        assert not list(register.matching([key]))
    assert register.by_id("nothing") is None
    assert register.by_id(fleet_device(100).id) is None


def test_one_of_the_fleet_can_be_forgotten() -> None:
    register = Register()
    register.add_fleet(3)
    register.forget(fleet_serial(1))
    assert list(register) == [fleet_serial(0), fleet_serial(2)]
    assert [device.number for device in islice(register.since(0), 5)] == [0, 2]
    assert len(register) == 2
    with pytest.raises(KeyError):
        register.forget(fleet_serial(1))


def test_there_is_no_fleet_of_a_million() -> None:
    with pytest.raises(ValueError, match="cannot have"):
        Register().add_fleet(1_000_000)
