"""What can become of a discrepancy, and what is then written. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bench.custody.entries import DeviceRef, Entry
from bench.events.desks import Choice
from bench.events.orders import CustodyKind, Json
from bench.identity.plain import plain
from bench.stock.goods_in.judging import Booking, Seen
from bench.stock.goods_in.kinds import Odd, Settlement

_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Way:
    """A settlement with its reason; `asks` for the reason in words where that is none of the list.

    `reason` is the word of the list that stands in the record.
    """

    settlement: Settlement
    reason: str
    text: str
    asks: str = ""

    @property
    def choice(self) -> Choice:
        """The key that chooses it."""
        return Choice(self.reason, self.text, self.asks)

    def said(self, text: str) -> Way:
        """Return it with the reason that was typed, where it asks for one."""
        return replace(self, reason=plain(text, _LONGEST_REASON)) if self.asks else self


_ASIDE, _BACK, _TAKEN = Settlement.SET_ASIDE, Settlement.RETURNED, Settlement.ACCEPTED
_OTHERWISE = Way(_ASIDE, "other", "Set it aside for another reason", "Which reason?")
_NOT_OURS = (
    Way(_ASIDE, "supplier-asked", "Set it aside until the supplier answers"),
    Way(_BACK, "not-ours", "It goes back: it is not ours"),
    _OTHERWISE,
)
WAYS: Mapping[Odd, tuple[Way, ...]] = {
    Odd.UNKNOWN: (
        Way(_TAKEN, "supplier-confirmed", "It is ours: the supplier says so"),
        *_NOT_OURS,
    ),
    Odd.OVER: (
        Way(_TAKEN, "packed-elsewhere", "Count it in: it was packed elsewhere than announced"),
        Way(_TAKEN, "supplier-confirmed", "Count it in: the supplier says it is ours"),
        *_NOT_OURS,
    ),
    Odd.WRONG_ORDER: (
        Way(_TAKEN, "packed-elsewhere", "Count it in for its own order"),
        *_NOT_OURS,
    ),
    Odd.WRONG_MODEL: (
        Way(_TAKEN, "substitute-agreed", "Count it in: it was agreed instead"),
        Way(_ASIDE, "supplier-asked", "Set it aside until the supplier answers"),
        Way(_BACK, "wrong-model", "It goes back: it is the wrong model"),
        _OTHERWISE,
    ),
    Odd.DAMAGED: (
        Way(_TAKEN, "box-only", "Count it in: only its box is damaged"),
        Way(_ASIDE, "handset-damaged", "Count it in and put it into quarantine"),
        Way(_BACK, "damaged", "It goes back: it is not counted in"),
        Way(_ASIDE, "other", "Into quarantine for another reason", "Which reason?"),
    ),
    Odd.DUPLICATE: (_NOT_OURS[0], Way(_BACK, "copied-number", "It goes back"), _OTHERWISE),
    Odd.SHORT: (
        Way(Settlement.AWAITED, "comes-later", "They come later: wait for them"),
        Way(_TAKEN, "credited", "The supplier credits them"),
        Way(Settlement.WRITTEN_OFF, "lost", "They are lost: write them off"),
        Way(Settlement.AWAITED, "other", "Wait for another reason", "Which reason?"),
    ),
}  # fmt: skip
"""Each kind's ways in the order of their keys. What is sent back was never ours: it is not counted
in. What is damaged and stays is counted in first, for it was delivered."""


@dataclass(frozen=True, slots=True)
class Places:
    """The custodians that goods-in gives handsets to, and takes them from."""

    supplier: str
    stock: str
    quarantine: str


@dataclass(frozen=True, slots=True)
class Where:
    """Where something odd was found; texts are "" where nobody can say."""

    number: str
    despatch: str = ""
    pallet: str = ""
    carton: str = ""


def counted_in(
    device: DeviceRef, seen: Seen, booking: Booking, places: Places, *, damaged: bool = False
) -> Entry:
    """Return what is written when a handset is counted in.

    One that is at work is counted late: where it is and who has it stays as it is. What stood on
    the box is told of one that the record knows, for its own numbers are not told again.
    """
    late = seen.is_at_work
    supplier = "fleet" if booking.source == "fleet" else places.supplier
    return Entry(
        CustodyKind.GOODS_IN,
        device,
        data=_delivered(seen, booking, damaged=damaged),
        from_=None if late else supplier,
        to=None if late else places.stock,
        order=booking.number or None,
        lot=booking.carton or None,
    )


def _delivered(seen: Seen, booking: Booking, *, damaged: bool) -> dict[str, Json]:
    data: dict[str, Json] = {
        "despatch": booking.despatch,
        "pallet": booking.pallet,
        "source": booking.source,
    }
    if damaged:
        data["condition"] = "damaged"
    if seen.is_at_work:
        data["late"] = True
    if seen.known:
        data["box"] = _on_the_box(seen, booking)
    return data


def _on_the_box(seen: Seen, booking: Booking) -> dict[str, Json]:
    numbers = zip(("imei", "imei2"), seen.box.imeis, strict=False)
    said: dict[str, Json] = {name: imei.digits for name, imei in numbers}
    return said | ({"model": plain(booking.model)} if booking.model else {})


def settled(
    odd: Odd, way: Way, where: Where, *, imei: str = "", device: DeviceRef | None = None,
    count: int = 1, settles: int = 0,
) -> Entry:  # fmt: skip
    """Return what is written of a discrepancy; with a `device` where it is in the record.

    `settles` is the event of the discrepancy that was left open and is now decided, 0 for none.
    """
    said: dict[str, Json] = {
        "discrepancy": odd.value,
        "imei": "" if device else imei,
        "carton": where.carton,
        "pallet": where.pallet,
        "despatch": where.despatch,
        "settlement": way.settlement.value,
    }
    data = {name: value for name, value in said.items() if value}
    return Entry(
        CustodyKind.DISCREPANCY,
        device,
        data=data
        | ({} if imei or device else {"count": count})
        | ({"settles": settles} if settles else {}),
        reason=way.reason,
        order=where.number or None,
        lot=where.carton or None,
    )


def set_aside(device: DeviceRef, seen: Seen, way: Way, places: Places) -> Entry:
    """Return what is written when a damaged handset goes into quarantine."""
    data: dict[str, Json] = {"problem": "damaged at goods-in", "detail": way.reason}
    return Entry(
        CustodyKind.QUARANTINED, device, data=data, reason=way.reason,
        from_=None if seen.is_at_work else places.stock, to=places.quarantine,
    )  # fmt: skip


def becomes(
    odd: Odd, way: Way, where: Where, seen: Seen, booking: Booking, device: DeviceRef,
    places: Places, *, is_counted: bool,
) -> tuple[Entry, ...]:  # fmt: skip
    """Return all that is written when a box with something odd about it is settled.

    `is_counted` says that its handset was counted in before; `device` is who it is or would be.
    """
    damaged = odd is Odd.DAMAGED
    stays = way.settlement is Settlement.ACCEPTED or (damaged and way.settlement is _ASIDE)
    if not stays and not (is_counted and damaged):
        return (settled(odd, way, where, imei=device.imeis[0].digits),)
    entries = () if is_counted else (counted_in(device, seen, booking, places, damaged=damaged),)
    note = settled(odd, way, where, device=device)
    goes = (
        (set_aside(device, seen, way, places),) if way.settlement is not Settlement.ACCEPTED else ()
    )
    return (*entries, note, *goes)
