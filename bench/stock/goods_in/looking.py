"""Looks a box up in book and record, and names its handset as the record will."""

from __future__ import annotations

from dataclasses import replace

from bench.custody.entries import DeviceRecord, DeviceRef, new_uid
from bench.custody.phases import Phase
from bench.identity.identifiers import AssetTag, IdentifierError, Imei, SerialNumber
from bench.identity.plain import plain
from bench.identity.scans import ScanReading
from bench.stock.desk.means import Means
from bench.stock.goods_in import queries
from bench.stock.goods_in.delivery import Box, Listed, Scope
from bench.stock.goods_in.judging import Booking, Seen
from bench.stock.goods_in.settling import Places

_MOST_ORDERS = 20


def box_of(means: Means, reading: ScanReading) -> Box | None:
    """Return the box that a scan is of, None for any other scan.

    It says its IMEIs, a serial number that one handset of the lists has, or an earlier one's tag.
    """
    said = [each for each in (reading.meaning, *reading.also) if each]
    serials = [each for each in said if isinstance(each, SerialNumber)]
    imeis = tuple(each for each in said if isinstance(each, Imei))
    if imeis:
        return Box(imeis, serials[0] if serials else SerialNumber(""))
    if serials:
        found = queries.listed_as(means.book.connection, serial=serials[0].text)
        return _box(found[0]) if len(found) == 1 else None
    if isinstance(reading.meaning, AssetTag):
        listed = queries.listed_of_fleet(means.book.connection, str(reading.meaning))
        return _box(listed) if listed else None
    return None


def seen(means: Means, box: Box, scope: Scope | None) -> Seen:
    """Return what book and record know of a box that was found in a scope, None for no one yet."""
    book = means.book.connection
    digits = tuple(imei.digits for imei in box.imeis)
    listed = queries.listed_with(book, digits)
    is_held = scope is None or (bool(listed) and scope.holds(listed[0]))
    numbers = () if scope is None or is_held else queries.numbers_of(book, scope)
    of = tuple(each.number for each in listed[:1] if each.number) or numbers[:_MOST_ORDERS]
    whole = _whole(box, listed[0]) if len(listed) == 1 else box
    return Seen(
        box=whole,
        listed=listed,
        counted=queries.counted_with(book, tuple(imei.digits for imei in whole.imeis)),
        known=next(filter(None, map(means.ledger.device_by_imei, whole.imeis)), None),
        lines=tuple(line for number in of for line in queries.lines_of(book, number)),
        numbers=numbers,
        was_settled=bool(listed) and queries.is_settled(book, listed[0].imei),
    )


def device_of(means: Means, seen: Seen, booking: Booking) -> DeviceRef:
    """Return the handset as an event names it; one that the record has not gets a name of its own.

    An earlier handset keeps its tag, unless that is on another one.
    """
    if seen.known:
        return seen.known.ref
    listed = booking.listed
    device = DeviceRef(new_uid(), seen.box.imeis, seen.box.serial, plain(booking.model))
    tag = _tag_of(listed)
    if tag is None or queries.holder_of_tag(means.book.connection, str(tag)):
        return device
    return replace(device, asset_tag=tag)


def is_in_a_slot(means: Means, known: DeviceRecord) -> bool:
    """Whether a run of the handset occupies a slot, or waits to go on in one."""
    if known.phase is not Phase.AT_BENCH:
        return False
    runs = means.ledger.open_runs()
    return any(run.device is not None and run.device.uid == known.uid for run in runs)


def lost_tag(device: DeviceRef, booking: Booking) -> str:
    """Return the tag that a list says the handset carries and that it was not counted in with."""
    said = booking.listed.asset_tag if booking.listed else ""
    return plain(said) if said and device.asset_tag is None else ""


def places(means: Means, booking: Booking) -> Places:
    """Return the custodians for a handset that is counted in so."""
    supplier = queries.supplier_of(means.book.connection, booking.number)
    return Places(
        f"supplier:{plain(supplier)}" if supplier else "supplier:unknown",
        means.place("stock"),
        means.place("quarantine"),
    )


def _whole(box: Box, listed: Listed) -> Box:
    """Return the box with what the list adds: its IMEIs in the list's order, its serial number.

    Where the two differ the box is believed: it is nearer to the handset, which will tell itself.
    """
    named = tuple(Imei.parse(each) for each in (listed.imei, listed.imei2) if each)
    imeis = named if {*box.imeis} <= {*named} else tuple(dict.fromkeys((*box.imeis, *named)))[:2]
    return Box(imeis, box.serial if box.serial.text else SerialNumber(listed.serial))


def _box(listed: Listed) -> Box:
    return _whole(Box(()), listed)


def _tag_of(listed: Listed | None) -> AssetTag | None:
    try:
        return AssetTag.parse(listed.asset_tag) if listed and listed.asset_tag else None
    except IdentifierError:
        return None
