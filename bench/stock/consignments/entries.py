"""What the record is told of a consignment: entries, made and not yet written. Pure."""

from __future__ import annotations

from bench.custody.entries import DeviceRef, Entry, PersonalText
from bench.events.desks import Choice
from bench.events.orders import CustodyKind, Json
from bench.events.person import HiddenText
from bench.stock.consignments.dockets import SITE
from bench.stock.consignments.manifest import Manifest
from bench.stock.consignments.queries import Consignment, Inside
from bench.stock.packing.boxing import OTHER, note
from bench.stock.packing.queries import Box

TITLE = "Consignments"
MOST = 500
"""Handsets in a consignment: more than a cage holds, and few enough to be written at once."""
WHY_OUT = (
    Choice("damaged", "Its box or its seal is damaged"),
    Choice("wrong-site", "It belongs to another site"),
    Choice("not-needed", "It is not needed there"),
    Choice(OTHER, "Something else", asks="Why is it taken out?"),
)
WHY_GO = (
    Choice("looked-at", "Their patches were looked at today"),
    Choice("accepted", "They are updated where they go"),
    Choice(OTHER, "Something else", asks="Why do they go as they are?"),
)
"""Why handsets go that were staged longer ago than patches may wait."""


def put_in(ref: DeviceRef, box: Box, docket: str, destination: str) -> Entry:
    """Say that a handset is in a consignment, with what stands on its box."""
    data: dict[str, Json] = {
        "destination": destination,
        "tag": box.tag,
        "model": box.model,
        "seal": box.seal,
    }
    return Entry(
        CustodyKind.CONSIGNED, ref, docket=docket, data=data | ({"bag": box.bag} if box.bag else {})
    )


def taken_out(ref: DeviceRef, docket: str, why: str, text: str) -> Entry:
    """Say that a handset is no longer in a consignment."""
    return Entry(
        CustodyKind.CONSIGNED, ref, docket=docket, data={"out": True}, reason=why,
        personal=note(text, ref.uid),
    )  # fmt: skip


def closed(manifest: Manifest, digest: str) -> Entry:
    """Say that a consignment was sealed, and what its manifest is."""
    data: dict[str, Json] = {
        "destination": manifest.destination,
        "count": len(manifest.lines),
        "seal": manifest.seal,
        "version": manifest.version,
        "manifest": digest,
    }
    return Entry(CustodyKind.CONSIGNMENT_SEALED, docket=manifest.docket, data=data)


def opened(consignment: Consignment, read: str, why: str, text: str) -> Entry:
    """Say that a sealed consignment was opened: `read` is the seal as it was found."""
    data: dict[str, Json] = {"seal": consignment.seal, "version": consignment.version}
    if read != consignment.seal:
        data["found"] = read
    return Entry(
        CustodyKind.UNSEALED, docket=consignment.docket, data=data, reason=why,
        personal=note(text, consignment.docket),
    )  # fmt: skip


def signed(
    consignment: Consignment, digest: str, side: str, strokes: HiddenText, name: str = ""
) -> Entry:
    """Say that one side signed the manifest; signature and name are kept where they can go."""
    data: dict[str, Json] = {"side": side, "manifest": digest, "version": consignment.version}
    personal = (PersonalText("signature", strokes.text, consignment.docket),)
    named = (PersonalText("recipient", name, consignment.docket),) if name else ()
    return Entry(
        CustodyKind.MANIFEST_SIGNED, docket=consignment.docket, data=data,
        personal=(*personal, *named),
    )  # fmt: skip


def dispatched(
    ref: DeviceRef, inside: Inside, consignment: Consignment, why: str, text: str
) -> Entry:
    """Say that a handset left for a site; `why` it did though its staging is long ago."""
    return Entry(
        CustodyKind.DISPATCHED, ref, docket=consignment.docket, from_=inside.place or None,
        to=f"{SITE}{consignment.destination}", reason=why or None,
        data={"recheck": True} if why else {}, personal=note(text, ref.uid),
    )  # fmt: skip
