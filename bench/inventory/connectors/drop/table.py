"""The files of a drop: their names, their lines, the digest beside each. Pure.

Source: RFC 4180, section 2; the digest is a line of `sha256sum`. No cell is a formula anywhere: one
that would be begins with an apostrophe, which `read_cell` takes off again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from bench.enrolment.exports.cells import cell
from bench.identity.cells import neutral
from bench.identity.plain import plain
from bench.inventory.connectors.words import IMEI, IMEI2, MODEL, SERIAL, TAG, Entry, Wanted

COLUMNS = (
    "device", TAG, SERIAL, IMEI, IMEI2, MODEL, "phase", "quarantined", "bench", "holder",
    "location", "since", "event",
)  # fmt: skip
PART, DIGEST = ".part", ".sha256"
"""How a name ends that is being written, and the file beside it with its SHA-256."""
CHANGES, SNAPSHOT = "changes-", "snapshot-"
_LIMIT = 4000
"""Characters of a cell, in one line: so a file says them, and so they are compared."""
_DIGITS = 10
_NUMBERED = re.compile(
    rf"{CHANGES}(?P<changes>[0-9]{{{_DIGITS}}})-|{SNAPSHOT}[0-9]{{8}}-(?P<snapshot>[0-9]{{{_DIGITS}}})\.",
    re.ASCII,
)
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


def entry_of(wanted: Wanted) -> Entry:
    """Return a device as its line says it."""
    held = "" if wanted.quarantined else wanted.holder
    said = (
        wanted.device, wanted.asset_tag, wanted.serial, wanted.imei, wanted.imei2, wanted.model,
        wanted.phase, "yes" if wanted.quarantined else "", wanted.bench, held, wanted.location,
        wanted.since, wanted.event,
    )  # fmt: skip
    fields = {name: plain(text, _LIMIT) for name, text in zip(COLUMNS, said, strict=True)}
    return Entry(fields, device=wanted.device)


def lines(rows: Sequence[Sequence[str]]) -> bytes:
    """Return lines of a table in UTF-8, each ending in CRLF."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([cell(each) for each in row] for row in rows)
    return out.getvalue().encode()


def row_of(entry: Entry) -> tuple[str, ...]:
    """Return the cells of a device's line."""
    return tuple(entry.fields[name] for name in COLUMNS)


def entry_from(cells: Sequence[str]) -> Entry | None:
    """Return the device of a line that was read; None for one of another form."""
    if len(cells) != len(COLUMNS):
        return None
    fields = dict(zip(COLUMNS, map(read_cell, cells), strict=True))
    return Entry(fields, key=fields["device"], device=fields["device"])


def read_cell(text: str) -> str:
    """Return what was put into a cell."""
    bare = text[1:]
    return bare if text.startswith("'") and neutral(bare) == text else text


def changes_name(number: int, newest: str, digest: str) -> str:
    """Return a file's name: its number, the newest state in it, and its content (SHA-256, hex).

    By their names files are in the order in which they are to be read, for numbers rise. The moment
    alone is none: a device may come back to what it was.
    """
    moment = "".join(each for each in newest if each.isascii() and each.isalnum())
    return f"{CHANGES}{number:0{_DIGITS}}-{moment or 'none'}-{digest[:12]}.csv"


def snapshot_name(day: str, number: int | None = None) -> str:
    """Return the name of the file of a day, `20YYMMDD`; what it begins with, without a number."""
    return f"{SNAPSHOT}{day}-" + ("" if number is None else f"{number:0{_DIGITS}}.csv")


def number_in(name: str) -> int:
    """Return the number of a file that is whole or not, 0 where the name is no such file's."""
    found = _NUMBERED.match(name)
    return int(found["changes"] or found["snapshot"]) if found else 0


def digest_line(name: str, digest: str) -> bytes:
    """Return what stands in the file beside it."""
    return f"{digest}  {name}\n".encode()
