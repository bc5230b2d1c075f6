"""From a handset's events to the rows of its statement: values in, values out, and no database.

What the bodies say is shown, not believed: whoever wants to believe it verifies the bundle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bench.custody import chain
from bench.custody.entries import SealedEvent
from bench.custody.statement.content import Bound, Correction, EventRow, Handset, SignOff
from bench.events.orders import CustodyKind, Json
from bench.identity.plain import plain


def handset_of(events: Iterable[SealedEvent]) -> Handset:
    """Return the handset as its events leave it; the record says of it only what has changed.

    Raises `ValueError` for a body that cannot be read.
    """
    known: dict[str, Json] = {}
    for event in events:
        body = chain.parse(event.body)
        said = _table(body, "dev")
        if "serial" in said:
            known = {name: text for name, text in known.items() if not name.startswith("imei")}
        known |= said
        if _table(_table(body, "data"), "set").get("label", "") is None:
            known.pop("label", None)  # a correction says that it carries none
    names = [name for name in ("imei", "imei2") if name in known]
    return Handset(
        uid=_text(known, "uid"),
        imeis=tuple(_text(known, name) for name in names),
        serial=_text(known, "serial"),
        model=_text(known, "model"),
        asset_tag=_text(known, "label") or None,
    )


def event_rows(events: Sequence[SealedEvent], bounds: Sequence[Bound]) -> tuple[EventRow, ...]:
    """Return a row for each of one epoch's events, oldest first.

    A correction and what it mends name each other, and so do a sign-off and what it signs.
    `bounds` are the epoch's checkpoints in any order. Raises `ValueError` for a body that cannot
    be read.
    """
    bodies = [chain.parse(event.body) for event in events]
    places = {event.hash.hex(): at for at, event in enumerate(events)}
    rows = [_row(event.seq, body, bounds) for event, body in zip(events, bodies, strict=True)]
    for at, body in enumerate(bodies):
        targets = _targets(body, places)
        match body.get("type"):
            case CustodyKind.CORRECTED:
                _correct(rows, at, targets)
            case CustodyKind.SIGNED_OFF:
                _sign_off(rows, at, targets, _signer(body))
    return tuple(rows)


def _correct(rows: list[EventRow], at: int, targets: Sequence[int]) -> None:
    by = rows[at]
    rows[at] = replace(by, corrects=tuple(rows[of].seq for of in targets))
    later = Correction(by.seq, by.at, by.who, by.reason)
    for of in targets:
        rows[of] = replace(rows[of], corrections=(*rows[of].corrections, later))


def _sign_off(rows: list[EventRow], at: int, targets: Sequence[int], who: str) -> None:
    by = rows[at]
    rows[at] = replace(by, signs_off=tuple(rows[of].seq for of in targets))
    later = SignOff(by.seq, by.at, who)
    for of in targets:
        rows[of] = replace(rows[of], sign_offs=(*rows[of].sign_offs, later))


def _row(seq: int, body: Mapping[str, Json], bounds: Sequence[Bound]) -> EventRow:
    clock = _table(body, "clock")
    error = clock.get("maxerror_us")
    after, before = _between(seq, bounds)
    return EventRow(
        seq=seq,
        at=_time(_text(body, "at")),
        synchronised=clock.get("unsync") is False,
        max_error=error if isinstance(error, int) else 0,
        what=_text(body, "type"),
        who=_people(body),
        how="",
        from_=_text(body, "from"),
        to=_text(body, "to"),
        reason=_why(body),
        after=after,
        before=before,
    )


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"A time without its zone is no isoformat of the record: {plain(text)}")
    return at


def _between(seq: int, bounds: Sequence[Bound]) -> tuple[Bound | None, Bound | None]:
    """The last cosigned checkpoint before the event, and the first over it, cosigned if any is."""
    cosigned = [bound for bound in bounds if bound.at is not None]
    earlier = (bound for bound in cosigned if bound.size < seq)
    after = max(earlier, key=lambda bound: bound.size, default=None)
    covering = [bound for bound in cosigned if bound.size >= seq]
    covering = covering or [bound for bound in bounds if bound.size >= seq]
    return after, min(covering, key=lambda bound: bound.size, default=None)


def _people(body: Mapping[str, Json]) -> str:
    first, second = _person(_table(body, "actor")), _person(_table(body, "second"))
    return f"{first}, second person {second}" if second else first


def _signer(body: Mapping[str, Json]) -> str:
    return _person(_table(body, "second")) or _person(_table(body, "actor"))


def _person(actor: Mapping[str, Json]) -> str:
    name, how = _text(actor, "id"), _text(actor, "how")
    return f"{name} ({how})" if how else name


def _why(body: Mapping[str, Json]) -> str:
    override = _text(body, "override")
    said = (_text(body, "reason"), f"override: {override}" if override else "")
    return "; ".join(filter(None, said))


def _targets(body: Mapping[str, Json], places: Mapping[str, int]) -> list[int]:
    """The places of this handset's events that a correction or sign-off names by leaf hashes."""
    of = _table(body, "data").get("of")
    named = of if isinstance(of, list) else [of]
    return sorted({places[each] for each in named if isinstance(each, str) and each in places})


def _table(body: Mapping[str, Json], name: str) -> dict[str, Json]:
    found = body.get(name)
    return found if isinstance(found, dict) else {}


def _text(body: Mapping[str, Json], name: str) -> str:
    found = body.get(name)
    return found if isinstance(found, str) else ""
