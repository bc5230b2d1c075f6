"""The files of a drop: their names, their lines, the digest beside each. Pure.

Source: RFC 4180, section 2; the digest is a line of `sha256sum`. No cell is a formula anywhere: one
that would be begins with an apostrophe, which `read_cell` takes off again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from bench.enrolment.exports.cells import cell
from bench.identity.cells import neutral
from bench.inventory.connectors.words import IMEI, IMEI2, MODEL, SERIAL, TAG, Entry, Wanted

COLUMNS = (
    "device", TAG, SERIAL, IMEI, IMEI2, MODEL, "phase", "quarantined", "bench", "holder",
    "location", "since", "event",
)  # fmt: skip
PART, DIGEST = ".part", ".sha256"
"""How a name ends that is being written, and the file beside it with its SHA-256."""
CHANGES, SNAPSHOT = "changes-", "snapshot-"
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


def entry_of(wanted: Wanted) -> Entry:
    """Return a device as its line says it."""
    held = "" if wanted.quarantined else wanted.holder
    said = (
        wanted.device, wanted.asset_tag, wanted.serial, wanted.imei, wanted.imei2, wanted.model,
        wanted.phase, "yes" if wanted.quarantined else "", wanted.bench, held, wanted.location,
        wanted.since, wanted.event,
    )  # fmt: skip
    return Entry(dict(zip(COLUMNS, said, strict=True)), device=wanted.device)


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


def changes_name(newest: str, digest: str) -> str:
    """Return a file's name by the newest state in it and its content (SHA-256, hex).

    The same devices in the same state make the same name: what broke off goes on, and is no second
    file.
    """
    moment = "".join(each for each in newest if each.isascii() and each.isalnum())
    return f"{CHANGES}{moment or 'none'}-{digest[:12]}.csv"


def snapshot_name(day: str) -> str:
    """Return the name of the file of a day, `20YYMMDD`."""
    return f"{SNAPSHOT}{day}.csv"


def digest_line(name: str, digest: str) -> bytes:
    """Return what stands in the file beside it."""
    return f"{digest}  {name}\n".encode()
