"""What is written when a consignment comes to its site. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bench.custody.entries import DeviceRef, Entry, PersonalText
from bench.events.orders import CustodyKind, Json
from bench.identity.identifiers import Imei
from bench.identity.scans import ScanReading
from bench.stock.standing.places import LOST


@dataclass(frozen=True, slots=True)
class Place:
    """A consignment at the site that it was sent to."""

    docket: str
    destination: str
    seal: str
    version: int
    manifest: str

    @property
    def site(self) -> str:
        """The site as a custodian."""
        return f"site:{self.destination}"


def received(device: DeviceRef, docket: str, site: str, from_: str) -> Entry:
    """Say that a handset is at its site."""
    return Entry(CustodyKind.RECEIVED, device, docket=docket, from_=from_ or None, to=site)


def came_late(device: DeviceRef, docket: str, missed: int) -> Entry:
    """Say that a handset is there that was said to be missing in event `missed`."""
    data: dict[str, Json] = {"discrepancy": "short", "settlement": "accepted", "settles": missed}
    return Entry(CustodyKind.DISCREPANCY, device, data=data, docket=docket, reason="came-later")


def missing(device: DeviceRef, docket: str) -> Entry:
    """Say that a handset is not there and awaited."""
    data: dict[str, Json] = {"discrepancy": "short", "settlement": "awaited"}
    return Entry(
        CustodyKind.DISCREPANCY, device, data=data, docket=docket, reason="not-in-consignment"
    )


def lost(device: DeviceRef, docket: str, from_: str) -> tuple[Entry, Entry]:
    """Say that a handset was lost on its way."""
    data: dict[str, Json] = {"discrepancy": "short", "settlement": "written-off"}
    gone: dict[str, Json] = {"problem": "lost", "detail": "on its way"}
    return (
        Entry(CustodyKind.DISCREPANCY, device, data=data, docket=docket, reason="lost-on-its-way"),
        Entry(CustodyKind.QUARANTINED, device, data=gone, from_=from_ or None, to=LOST),
    )


def over(device: DeviceRef | None, docket: str, reading: ScanReading, settlement: str) -> Entry:
    """Say that something is there that was not sent in this consignment.

    The consignment stands in the data: it is not the one of the handset.
    """
    data: dict[str, Json] = {
        "discrepancy": "over" if device else "unknown",
        "consignment": docket,
        "settlement": settlement,
    }
    if device is None and isinstance(reading.meaning, Imei):
        data["imei"] = reading.meaning.digits
    return Entry(CustodyKind.DISCREPANCY, device, data=data, reason="not-in-consignment")


def opened(place: Place) -> Entry:
    """Say that a consignment's seal is another, broken or none."""
    data: dict[str, Json] = {
        "discrepancy": "damaged",
        "seal": place.seal,
        "settlement": "accepted",
    }
    return Entry(CustodyKind.DISCREPANCY, data=data, docket=place.docket, reason="seal-not-whole")


def signed(
    place: Place,
    side: str,
    personal: tuple[PersonalText, ...],
    who: str = "",
    *,
    alone: bool = False,
) -> Entry:
    """Say that one side signed at the site; `who` is a pseudonym.

    `alone` says that whoever brought it had gone before anybody could sign.
    """
    data: dict[str, Json] = {
        "side": side,
        "manifest": place.manifest,
        "version": place.version,
        "at": "site",
    }
    if who:
        data["who"] = who
    if alone:
        data["alone"] = True
    return Entry(
        CustodyKind.MANIFEST_SIGNED, data=data, docket=place.docket, to=place.site,
        personal=personal,
    )  # fmt: skip
