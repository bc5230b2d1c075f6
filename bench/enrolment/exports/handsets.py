"""A handset as a row of an upload sees it, whoever told of it: the record, a device, a supplier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from bench.custody.entries import DeviceRecord
from bench.custody.phases import Phase
from bench.events.device import HandsetIdentity
from bench.identity.identifiers import Imei, SerialNumber

IN_SERVICE = frozenset({Phase.DISPATCHED, Phase.RECEIVED, Phase.HANDED_OVER})
"""A service that takes a handset in one of these may reset it under its holder's hands."""
UPLOADED = frozenset(Phase) - IN_SERVICE - {
    Phase.QUARANTINED, Phase.DEAD_ON_ARRIVAL, Phase.DISPOSED,
}  # fmt: skip
"""The phases whose handsets are uploaded, unless others are named."""
_SAMSUNG = "SM-"


@dataclass(frozen=True, slots=True)
class HandsetRow:
    """One handset to be uploaded; texts are `plain`, "" or None where nobody told.

    `uid` is the record's own name for it; `where` says where it was read (`line 12`). `in_service`
    says that somebody may be using it.
    """

    imeis: tuple[Imei, ...] = ()
    serial: SerialNumber | None = None
    model: str = ""
    maker: str = ""
    asset_tag: str = ""
    order: str = ""
    uid: str = ""
    where: str = ""
    in_service: bool = False

    @classmethod
    def of_record(cls, device: DeviceRecord) -> Self:
        """Return a handset that the record knows."""
        tag = "" if device.asset_tag is None else str(device.asset_tag)
        return cls(
            device.imeis, device.serial, device.model, asset_tag=tag, uid=device.uid,
            where=f"record, {device.phase}", in_service=device.phase in IN_SERVICE,
        )  # fmt: skip

    @classmethod
    def of_identity(cls, identity: HandsetIdentity) -> Self:
        """Return a handset that said who it is."""
        return cls(identity.imeis, identity.serial, identity.model, where="handset")

    def values(self) -> dict[str, str]:
        """Return what its columns can say, by name."""
        first, second = (*map(str, self.imeis[:2]), "", "")[:2]
        return {
            "imei": first,
            "imei2": second,
            "serial": "" if self.serial is None else str(self.serial),
            "model": self.model,
            "maker": self.maker or ("Samsung" if self.model.startswith(_SAMSUNG) else ""),
            "asset_tag": self.asset_tag,
            "order": self.order,
            "uid": self.uid,
        }

    @property
    def masked(self) -> str:
        """How it is named where others may look on: ends of its numbers, and its model."""
        if not self.imeis and self.serial is None:
            return self.model
        imeis = " / ".join(f"…{imei.tail}" for imei in self.imeis) or "no IMEI"
        serial = "no serial number" if self.serial is None else f"…{str(self.serial)[-4:]}"
        return ", ".join(filter(None, (imeis, serial, self.model)))


FIELDS = tuple(HandsetRow().values())
"""The names that a column of a format may use."""
