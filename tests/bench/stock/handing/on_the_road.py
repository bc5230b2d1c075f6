"""Handsets that are staged, and consignments that left: what comes before a hand-over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.custody.entries import DeviceRef, Entry, RunPosition
from bench.events.orders import CustodyKind, Json
from bench.stock.consignments import queries
from bench.stock.consignments.dockets import docket_of, manifest_code
from bench.stock.consignments.entries import dispatched
from tests.bench.stock.counter import Counter, made_up

SEAL = "S0004711"
BADGE, OTHER_BADGE = "BADGE:04A21B7F", "BADGE:0455AA01"
_BEFORE = (CustodyKind.GOODS_IN, CustodyKind.SCANNED)


def staged(desk: Counter, *numbers: int) -> list[DeviceRef]:
    """Have handsets of these numbers staged and labelled."""
    handsets = [made_up(number, tag=True) for number in numbers]
    place = desk.means.place("stock")
    for each, number in zip(handsets, numbers, strict=True):
        done = RunPosition(f"run{number}", "A1", "staged", open=False)
        before = [Entry(kind, each, to=place) for kind in _BEFORE]
        desk.append(*before, Entry(CustodyKind.STAGED, each, run=done, to=place))
    return handsets


def on_their_way(
    desk: Counter, numbers: Sequence[int], number: int = 1, site: str = "Brixton"
) -> str:
    """Send staged handsets to a site, and return the name of their consignment."""
    docket = docket_of("bench-07", number)
    handsets = staged(desk, *numbers)
    for each in handsets:
        inside: dict[str, Json] = {
            "destination": site,
            "tag": str(each.asset_tag),
            "model": each.model,
        }
        desk.append(
            Entry(CustodyKind.PACKED, each),
            Entry(CustodyKind.SEALED, each, data={"seal": f"S-{each.uid[-5:]}"}),
            Entry(CustodyKind.CONSIGNED, each, docket=docket, data=inside),
        )
    digest = f"{number:064x}"
    closed: dict[str, Json] = {
        "destination": site, "count": len(handsets), "seal": SEAL, "version": 1, "manifest": digest,
    }  # fmt: skip
    desk.append(Entry(CustodyKind.CONSIGNMENT_SEALED, docket=docket, data=closed))
    book = desk.book.connection
    known = queries.consignment(book, docket)
    assert known is not None
    boxes = {each.uid: each for each in queries.inside(book, docket)}
    desk.append(*(dispatched(each, boxes[each.uid], known, "", "") for each in handsets))
    return docket


def manifest(docket: str, digest: str = f"{1:064x}") -> str:
    """Return what the code on a manifest of a consignment says."""
    return manifest_code(docket, 1, digest)


def back_home(desk: Counter, *numbers: int) -> list[DeviceRef]:
    """Have handsets that went to somebody and came back."""
    handsets = staged(desk, *numbers)
    for each in handsets:
        desk.append(
            Entry(CustodyKind.HANDED_OVER, each, to="person:r-0011223344556677"),
            Entry(CustodyKind.RETURNED, each, to=desk.means.place("stock")),
        )
    return handsets


def said(body: Mapping[str, Json], part: str = "data") -> Mapping[str, Json]:
    """Return an object of an event."""
    found = body[part]
    assert isinstance(found, dict)
    return found
