"""What the record knows of a handset that says who it is. Reads it; writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from bench.custody.chain import parse
from bench.custody.entries import DeviceRecord, new_uid
from bench.custody.ledger import Ledger
from bench.custody.phases import Phase
from bench.events.device import HandsetIdentity, SaidBy
from bench.events.modem import ModemIdentity
from bench.events.orders import CustodyKind
from bench.events.run import HandsetRecognised
from bench.identity.identifiers import Imei, SerialNumber, UsbPath
from bench.ports import Clock

_ANEW = (Phase.IN_STOCK, Phase.RETURNED, Phase.WIPED)


class Elsewhere(Protocol):
    """Which handsets are known outside this bench's record."""

    def other_than(self, imeis: Sequence[Imei], serial: SerialNumber) -> str:
        """Return where one of the IMEIs is known as another handset's, in plain words, or ""."""
        ...


class NowhereElse:
    """The port `Elsewhere` of a bench that was told of no other handsets."""

    def other_than(self, imeis: Sequence[Imei], serial: SerialNumber) -> str:  # noqa: ARG002
        """Say that none is known."""
        return ""


class Recognition:
    """Asks the record about handsets."""

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        elsewhere: Elsewhere | None = None,
        *,
        simulated: bool,
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._elsewhere = elsewhere or NowhereElse()
        self._simulated = simulated

    def belongs(self, identity: HandsetIdentity) -> bool:
        """Whether the handset may enter this record: simulated ones only in training."""
        return all(imei.is_test == self._simulated for imei in identity.imeis)

    def recognised(
        self, path: UsbPath, session: int | None, identity: HandsetIdentity
    ) -> HandsetRecognised:
        """Return who it is by this record; a handset that it does not know gets a name of its own.

        Two of one IMEI and different serial numbers are two handsets, one of them a copy.
        """
        found = [each for imei in identity.imeis for each in self._ledger.devices_by_imei(imei)]
        known = next((each for each in found if _is_same(each, identity)), None)
        others = [each for each in found if known is None or each.uid != known.uid]
        return HandsetRecognised(
            path=path,
            session=session,
            identity=_completed(identity, known),
            device=known.uid if known else new_uid(),
            asset_tag=known.asset_tag if known else None,
            staged=known is not None and _is_staged(known),
            quarantined=self._cause(known) if known else "",
            doubles=str(others[0].serial) if others else "",
            elsewhere=self._elsewhere.other_than(identity.imeis, identity.serial),
            at=self._clock.moment().at,
        )

    def _cause(self, known: DeviceRecord) -> str:
        """Return why it was set aside and not released, "" where it was not."""
        if known.phase is not Phase.QUARANTINED:
            return ""
        bodies = (parse(event.body) for event in reversed(self._ledger.history(known.uid)))
        last = next((b for b in bodies if b.get("type") == CustodyKind.QUARANTINED.value), {})
        said = last.get("data")
        told = [said.get("problem"), said.get("detail")] if isinstance(said, dict) else []
        return ": ".join(str(each) for each in told if each) or "nobody wrote down why"


def by_modem(said: ModemIdentity) -> HandsetIdentity | None:
    """Return who a handset is by its modem alone; None where that is not enough to tell."""
    if said.imei is None or said.serial is None:
        return None
    return HandsetIdentity(
        said.serial, (said.imei,), said.model, said.firmware.ap, said_by=SaidBy.MODEM
    )


def by_screen(imei: Imei, serial: SerialNumber | None = None) -> HandsetIdentity:
    """Return who a handset is by its screen, with the serial number that its box may say."""
    return HandsetIdentity(serial or SerialNumber(""), (imei,), "", said_by=SaidBy.SCREEN)


def _is_staged(known: DeviceRecord) -> bool:
    """Whether it was staged and has not come back since: what did is there to be staged anew."""
    return known.outcome == CustodyKind.STAGED and known.phase not in _ANEW


def _is_same(known: DeviceRecord, identity: HandsetIdentity) -> bool:
    return known.serial.may_be(identity.serial)


def _completed(identity: HandsetIdentity, known: DeviceRecord | None) -> HandsetIdentity:
    """Add what the record knows of a handset that could not say all of it by itself."""
    if known is None or not identity.is_partial:
        return identity
    return replace(
        identity,
        serial=identity.serial if identity.serial.text else known.serial,
        imeis=known.imeis if {*identity.imeis} <= {*known.imeis} else identity.imeis,
        model=identity.model or known.model,
    )
