"""What a scan at these desks means: a handset that the record has."""

from __future__ import annotations

from bench.custody.entries import DeviceRef
from bench.events.person import HiddenText
from bench.identity.identifiers import AssetTag, Imei, SerialNumber
from bench.identity.scans import ScanReading, read_scan
from bench.stock.desk.means import Means
from bench.stock.packing import fitness, queries
from bench.stock.packing.kit import profile_of
from bench.stock.packing.queries import Box

HANDSETS = (AssetTag, Imei, SerialNumber)


def met(means: Means, reading: ScanReading) -> Box:
    """Return the handset that was scanned; `ProblemError` where it is none, or one of several."""
    return fitness.one(queries.boxes(means.book.connection, reading.meaning), reading)


def ref(means: Means, box: Box) -> DeviceRef:
    """Return a handset as an event names it."""
    known = means.ledger.device(box.uid)
    assert known is not None, "the book has only what the record has"
    return known.ref


def variant(means: Means, box: Box) -> str:
    """Return the letter of the adjustment that a handset carries, "" for the usual profile."""
    profile = profile_of(means.profiles, box.policy)
    return profile.variant if profile else ""


def label_of(text: HiddenText) -> ScanReading | None:
    """Return what was read where a badge is wanted, if it is the code of a handset."""
    reading = read_scan(text.text)
    return reading if isinstance(reading.meaning, HANDSETS) else None


def is_no_badge(text: HiddenText) -> bool:
    """Whether it is some other code that lies about: an ICCID, a slot, a product number."""
    return read_scan(text.text).meaning is not None
