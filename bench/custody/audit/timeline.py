"""One handset's history to read: each event with its time, who, where to and why. Pure.

A correction does not hide what it corrects: both stand there, each naming the other, and so do a
sign-off and what was signed. All texts are made plain here; what they say is shown, not believed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.custody.entries import SealedEvent
from bench.custody.statement.content import Bound, EventRow, Handset
from bench.custody.statement.rows import event_rows, handset_of
from bench.custody.statement.words import bounds
from bench.identity.plain import plain

_TEXT = 200
_INDENT = " " * 8
_NOTHING = "-"
_SIMULATED = b'"sim":true'


def timeline(events: Sequence[SealedEvent], bounds: Sequence[Bound] = ()) -> str:
    """Return one handset's events of one record as lines of text, the first one first.

    `bounds` are the record's checkpoints: with them each event says between which it lies. Raises
    `ValueError` for a body that cannot be read.
    """
    lines = [_heading(handset_of(events))]
    if any(_SIMULATED in event.body for event in events):
        lines.append("SIMULATED: made in training, and says nothing of a real handset")
    for row in event_rows(events, bounds):
        lines += _event(row, bounded=bool(bounds))
    return "".join(f"{line}\n" for line in lines)


def _heading(handset: Handset) -> str:
    said = (
        f"handset {handset.uid}",
        *(f"IMEI {imei}" for imei in handset.imeis),
        f"serial {handset.serial}",
        f"model {handset.model}",
        f"label {handset.asset_tag}" if handset.asset_tag else "",
    )
    return ", ".join(plain(each, _TEXT) for each in said if each)


def _event(row: EventRow, *, bounded: bool) -> Iterator[str]:
    who = f"{row.who or _NOTHING} ({row.how})" if row.how else row.who or _NOTHING
    head = f"{row.seq:>7} {row.at:%Y-%m-%d %H:%M:%S} UTC ({_trust(row)})  {row.what}, by {who}"
    yield head[:8] + plain(head[8:], _TEXT)
    for text in (_way(row), row.reason, _of(row), _between(row) if bounded else ""):
        if text:
            yield _INDENT + plain(text, _TEXT)
    for signed in row.sign_offs:
        said = f"signed off by {signed.who} (event {signed.seq}, {signed.at:%Y-%m-%d %H:%M:%S} UTC)"
        yield _INDENT + plain(f"^ {said}", _TEXT)
    for later in row.corrections:
        said = f"corrected by event {later.seq} ({later.at:%Y-%m-%d %H:%M:%S} UTC, {later.who})"
        yield _INDENT + plain(f"^ {said}: {later.why}", _TEXT)


def _trust(row: EventRow) -> str:
    if not row.synchronised:
        return "clock not synchronised"
    return f"±{row.max_error / 1000:.0f} ms"


def _way(row: EventRow) -> str:
    return f"{row.from_ or _NOTHING} → {row.to or _NOTHING}" if row.from_ or row.to else ""


def _of(row: EventRow) -> str:
    said = (("corrects", row.corrects), ("signs off", row.signs_off))
    return "; ".join(f"{does} event {', '.join(map(str, of))}" for does, of in said if of)


def _between(row: EventRow) -> str:
    return f"between {bounds(row)}"
