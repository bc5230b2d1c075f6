"""What is under management: handsets that were enrolled here, and a made-up fleet beside them.

The fleet costs no memory: a device of it is made from its number whenever it is asked for.
Source of the properties: Microsoft Graph (beta), resource type `managedDevice`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import chain

from bench.events.management import Compliance
from bench.identity.identifiers import Imei
from hardware.simulator.intune.asking import Json, timestamp

ENROLLMENT_TYPES = {
    "corporateOwnedDedicatedDevice": "androidEnterpriseDedicatedDevice",
    "corporateOwnedFullyManaged": "androidEnterpriseFullyManaged",
    "corporateOwnedWorkProfile": "androidEnterpriseCorporateWorkProfile",
}
"""`androidDeviceOwnerEnrollmentMode` to `deviceEnrollmentType`."""
_FLEET_TAC = "00440009"
_FLEET_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
_ENROLLED_FROM = 1_000_000
_SPACE = uuid.UUID("5ba6a7b2-0000-4000-8000-000000000000")
_UNSAID = (
    "userId", "emailAddress", "userDisplayName", "phoneNumber", "deviceCategoryDisplayName",
    "subscriberCarrier", "wiFiMacAddress", "ethernetMacAddress", "iccid", "udid", "notes",
    "activationLockBypassCode", "remoteAssistanceSessionUrl", "easDeviceId",
)  # fmt: skip
_NEVER = "0001-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class ManagedDevice:
    """One `managedDevice`; `number` is its place in the order of the whole list.

    `imei` is the one IMEI that Intune records of a handset. `user` is "" until somebody signed in.
    """

    number: int
    id: str
    name: str
    serial: str
    imei: str
    model: str
    profile: str
    mode: str
    enrolled: datetime
    synced: datetime
    compliance: Compliance = Compliance.UNKNOWN
    user: str = ""

    def json(self) -> dict[str, Json]:
        """Return it as Graph prints it, every property that the documentation lists for Android."""
        said: dict[str, Json] = dict.fromkeys(_UNSAID, "")
        return said | {
            "id": self.id,
            "deviceName": self.name,
            "managedDeviceName": f"{self.user}_AndroidForWork_{self.enrolled:%m/%d/%Y}",
            "ownerType": "company",
            "managedDeviceOwnerType": "company",
            "managementState": "managed",
            "enrolledDateTime": timestamp(self.enrolled),
            "lastSyncDateTime": timestamp(self.synced),
            "operatingSystem": "Android",
            "osVersion": "13.0",
            "deviceType": "androidEnterprise",
            "chassisType": "phone",
            "complianceState": str(self.compliance),
            "jailBroken": "False",
            "managementAgent": "googleCloudDevicePolicyController",
            "deviceEnrollmentType": ENROLLMENT_TYPES.get(self.mode, "unknown"),
            "enrollmentProfileName": self.profile,
            "azureADRegistered": bool(self.user),
            "azureADDeviceId": self.id,
            "deviceRegistrationState": "registered",
            "isSupervised": False,
            "isEncrypted": True,
            "easActivated": False,
            "userPrincipalName": self.user,
            "model": self.model,
            "manufacturer": "samsung",
            "imei": self.imei,
            "meid": "",
            "serialNumber": self.serial,
            "androidSecurityPatchLevel": "2023-08-01",
            "totalStorageSpaceInBytes": 128_000_000_000,
            "freeStorageSpaceInBytes": 96_000_000_000,
            "complianceGracePeriodExpirationDateTime": "9999-12-31T23:59:59.9999999Z",
            "exchangeLastSuccessfulSyncDateTime": _NEVER,
            "partnerReportedThreatState": "unknown",
            "lostModeState": "disabled",
            "roleScopeTagIds": [],
            "deviceActionResults": [],
            "skuFamily": "",
        }


class Register(Mapping[str, ManagedDevice]):
    """All that is managed; as a mapping from serial number to the newest entry of that handset."""

    def __init__(self) -> None:
        self._fleet = 0
        self._gone: set[int] = set()
        self._enrolled: dict[int, ManagedDevice] = {}
        self._next = _ENROLLED_FROM

    def add_fleet(self, count: int) -> None:
        """Have that many made-up devices more."""
        self._fleet += count

    def enrol(self, device: ManagedDevice) -> ManagedDevice:
        """Take a device in; one that was there before stays, as Intune keeps it, besides it."""
        kept = replace(device, number=self._next, id=str(uuid.uuid4()))
        self._enrolled[kept.number] = kept
        self._next += 1
        return kept

    def change(self, device: ManagedDevice) -> None:
        """Keep what has become of a device that was enrolled here."""
        if device.number not in self._enrolled:
            raise KeyError(device.serial)
        self._enrolled[device.number] = device

    def forget(self, serial: str) -> None:
        """Forget every entry of a handset; unknown is a `KeyError`."""
        entries = self.matching(frozenset({("serialNumber", serial.casefold())}))
        numbers = [device.number for device in entries]
        if not numbers:
            raise KeyError(serial)
        for number in numbers:
            if self._enrolled.pop(number, None) is None:
                self._gone.add(number)

    def by_id(self, name: str) -> ManagedDevice | None:
        """Return the entry of that id."""
        numbers = (_fleet_number(name),) if name.startswith(str(_SPACE)[:24]) else ()
        fleet = (self._of_fleet(number) for number in numbers)
        every = chain(fleet, self._enrolled.values())
        return next((device for device in every if device and device.id == name), None)

    def since(self, number: int) -> Iterator[ManagedDevice]:
        """Return every entry from that place of the list on, the oldest first."""
        fleet = (self._of_fleet(n) for n in range(number, self._fleet))
        enrolled = (device for n, device in list(self._enrolled.items()) if n >= number)
        return (device for device in chain(fleet, enrolled) if device is not None)

    def matching(self, keys: Iterable[tuple[str, str]]) -> Iterator[ManagedDevice]:
        """Return, in order, what has one of these serial numbers or IMEIs (without case)."""
        wanted = set(keys)
        numbers = sorted({n for _, text in wanted if (n := _number_in(text)) is not None})
        fleet = (self._of_fleet(number) for number in numbers)
        for device in chain(fleet, list(self._enrolled.values())):
            if device is not None and wanted & _keys(device):
                yield device

    def _of_fleet(self, number: int) -> ManagedDevice | None:
        there = 0 <= number < self._fleet and number not in self._gone
        return fleet_device(number) if there else None

    def __getitem__(self, serial: str) -> ManagedDevice:
        found = list(self.matching({("serialNumber", serial.casefold())}))
        if not found:
            raise KeyError(serial)
        return found[-1]

    def __iter__(self) -> Iterator[str]:
        fleet = (n for n in range(self._fleet) if n not in self._gone)
        enrolled = dict.fromkeys(device.serial for device in self._enrolled.values())
        return chain((fleet_serial(number) for number in fleet), enrolled)

    def __len__(self) -> int:
        serials = {device.serial for device in self._enrolled.values()}
        return self._fleet - len(self._gone) + len(serials)


def fleet_serial(number: int) -> str:
    """Return the serial number of a device of the fleet: it is no handset of a training bench."""
    return f"R59F{number:06d}XY"


def fleet_device(number: int) -> ManagedDevice:
    """Return a device of the fleet: every twentieth is not compliant, all are made up."""
    enrolled = _FLEET_BEGAN + timedelta(minutes=5 * number)
    return ManagedDevice(
        number=number,
        id=f"{str(_SPACE)[:24]}{number:012d}",
        name=f"FLEET-{number:06d}",
        serial=fleet_serial(number),
        imei=str(Imei.with_check_digit(f"{_FLEET_TAC}{number:06d}")),
        model="SM-A325F",
        profile="A32 fully managed",
        mode="corporateOwnedFullyManaged",
        enrolled=enrolled,
        synced=enrolled + timedelta(days=1),
        compliance=Compliance.COMPLIANT if (number + 1) % 20 else Compliance.NONCOMPLIANT,
        user=f"user{number:06d}@training.example",
    )


def _keys(device: ManagedDevice) -> set[tuple[str, str]]:
    return {("serialNumber", device.serial.casefold()), ("imei", device.imei)}


def _number_in(text: str) -> int | None:
    """Return which device of the fleet a serial number (without case) or IMEI would be."""
    digits = text[4:10] if text.startswith("r59f") else text[8:14]
    known = text.startswith(("r59f", _FLEET_TAC))
    return int(digits) if known and digits.isascii() and digits.isdigit() else None


def _fleet_number(name: str) -> int:
    digits = name[24:]
    return int(digits) if digits.isascii() and digits.isdigit() else -1
