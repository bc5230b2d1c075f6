"""A fleet that costs no memory: a device is made from its number whenever it is asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bench.events.management import Compliance
from bench.identity.identifiers import Imei
from hardware.simulator.intune.devices import ManagedDevice

_TAC = "00440009"
_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
_NAMESPACE = "5ba6a7b2-0000-4000-8000-"
_SERIAL = "R59F"
_NONE = -1


def fleet_serial(number: int) -> str:
    """Return the serial number of a device of the fleet: it is no handset of a training bench."""
    return f"{_SERIAL}{number:06d}XY"


def fleet_device(number: int) -> ManagedDevice:
    """Return a device of the fleet: every twentieth is not compliant, all are made up."""
    enrolled = _BEGAN + timedelta(minutes=5 * number)
    return ManagedDevice(
        number=number,
        id=f"{_NAMESPACE}{number:012d}",
        name=f"FLEET-{number:06d}",
        serial=fleet_serial(number),
        imei=str(Imei.with_check_digit(f"{_TAC}{number:06d}")),
        model="SM-A325F",
        profile="A32 fully managed",
        mode="corporateOwnedFullyManaged",
        enrolled=enrolled,
        synced=enrolled + timedelta(days=1),
        compliance=Compliance.COMPLIANT if (number + 1) % 20 else Compliance.NONCOMPLIANT,
        user=f"user{number:06d}@training.example",
    )


def number_of_key(text: str) -> int | None:
    """Return which device of the fleet a serial number (without case) or IMEI would be."""
    serial = _SERIAL.casefold()
    known = text.startswith((serial, _TAC))
    digits = text[4:10] if text.startswith(serial) else text[8:14]
    return int(digits) if known and digits.isascii() and digits.isdigit() else None


def number_of_id(name: str) -> int:
    """Return which device of the fleet has that id, -1 for none."""
    digits = name.removeprefix(_NAMESPACE)
    known = digits != name and digits.isascii() and digits.isdigit()
    return int(digits[:12]) if known else _NONE
