"""A supplier's list of handsets that are to come, as CSV: which column is what, and each handset.

The columns are named by whoever asks, or guessed from the heading and said. Nothing in the file is
believed: each row is a handset, or is listed with the reason why it is none.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bench.enrolment.exports.checking import LeftOut
from bench.enrolment.exports.handsets import HandsetRow
from bench.enrolment.exports.planning import Source
from bench.identity.identifiers import IdentifierError, Imei, SerialNumber
from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError

COLUMNS = ("imei", "imei2", "serial", "model", "maker", "order")
"""What a column of the list can be."""
LARGEST, MOST_ROWS = 64 << 20, 200_000
_GUESSES: Mapping[str, tuple[str, ...]] = {
    "imei": ("imei", "imei1", "imeino", "imeinumber", "imeimeid", "primaryimei", "modemid"),
    "imei2": ("imei2", "secondimei", "secondaryimei", "imeino2", "imeinumber2"),
    "serial": ("serial", "serialnumber", "serialno", "sn", "serialnr"),
    "model": ("model", "modelname", "modelnumber", "modelcode", "devicemodel"),
    "maker": ("maker", "manufacturer", "brand", "make"),
    "order": ("order", "ordernumber", "orderno", "po", "ponumber", "purchaseorder"),
}
_EXPONENT = re.compile(r"[0-9][.,]?[0-9]*[eE]\+?[0-9]{1,2}")


def read_expected(path: Path, named: Mapping[str, str] | None = None, *, order: str = "") -> Source:
    """Read a supplier's list; `named` says which heading is which column, others are guessed.

    `order` stands for what no column says. Raises `ProblemError` HANDSET_LIST_UNUSABLE.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise _unusable(path, str(error.strerror)) from error
    try:
        return parse_expected(path.name, data, named or {}, order=order)
    except ValueError as error:
        raise _unusable(path, str(error)) from error


def parse_expected(name: str, data: bytes, named: Mapping[str, str], *, order: str = "") -> Source:
    """Return what a supplier's list says; raises `ValueError` with the one reason. No I/O."""
    text = _text(data)
    lines = _lines(text)
    head = next(lines, (0, []))[1]
    columns = _columns(head, named)
    handsets: list[HandsetRow] = []
    left_out: list[LeftOut] = []
    for number, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(handsets) + len(left_out) == MOST_ROWS:
            raise ValueError(f"it has more than {MOST_ROWS} rows: have it sent in parts")
        _sort(_values(cells, columns), f"line {number}", order, handsets, left_out)
    words = f"the list {plain(name)}"
    return Source(words, tuple(handsets), tuple(left_out), _remarks(head, columns, named))


# ── the file ────────────────────────────────────────────────────────────────────────────────────
def _text(data: bytes) -> str:
    if len(data) > LARGEST:
        raise ValueError("it is larger than 64 MiB")
    if b"\0" in data:
        raise ValueError("it is no CSV in UTF-8: it holds zero bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(f"line {line} is not UTF-8: save it as CSV UTF-8") from error


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the number of the line that it ends on."""
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num}: {error}") from error


# ── its columns ─────────────────────────────────────────────────────────────────────────────────
def _columns(head: Sequence[str], named: Mapping[str, str]) -> dict[str, int]:
    found = {column: _place(head, heading) for column, heading in named.items()}
    for column in found:
        if column not in COLUMNS:
            raise ValueError(f"a column {column!r} is none of {', '.join(COLUMNS)}")
    for column, words in _GUESSES.items():
        guessed = [n for n, heading in enumerate(head) if _bare(heading) in words]
        free = [number for number in guessed if number not in found.values()]
        if column not in found and len(free) > 1:
            names = " and ".join(repr(plain(head[number])) for number in free)
            raise ValueError(f"both {names} could be its {column}: say which with --column")
        if column not in found and free:
            found[column] = free[0]
    if "imei" not in found and "serial" not in found:
        headings = ", ".join(map(plain, head)) or "nothing"
        raise ValueError(f"no heading of its first line says IMEI or serial number: {headings}")
    return found


def _place(head: Sequence[str], heading: str) -> int:
    places = [number for number, each in enumerate(head) if plain(each) == plain(heading)]
    if len(places) != 1:
        raise ValueError(f"{len(places)} columns have the heading {heading!r}")
    return places[0]


def _bare(heading: str) -> str:
    return re.sub(r"[^a-z0-9]", "", heading.lower())


def _remarks(
    head: Sequence[str], columns: Mapping[str, int], named: Mapping[str, str]
) -> tuple[str, ...]:
    return tuple(
        f"{column} is its column {plain(head[number])!r}{'' if column in named else ' (guessed)'}"
        for column, number in columns.items()
    )


# ── its rows ────────────────────────────────────────────────────────────────────────────────────
def _values(cells: Sequence[str], columns: Mapping[str, int]) -> dict[str, str]:
    return {
        column: cells[number].strip() if number < len(cells) else ""
        for column, number in columns.items()
    }


def _sort(
    values: Mapping[str, str], where: str, order: str,
    handsets: list[HandsetRow], left_out: list[LeftOut],
) -> None:  # fmt: skip
    known = HandsetRow(
        model=plain(values.get("model", "")),
        maker=plain(values.get("maker", "")),
        order=plain(values.get("order", "")) or order,
        where=where,
    )
    try:
        handsets.append(_handset(known, values))
    except IdentifierError as error:
        left_out.append(LeftOut(known, error.reason.rstrip(".")))


def _handset(known: HandsetRow, values: Mapping[str, str]) -> HandsetRow:
    imeis = tuple(_imei(values[name]) for name in ("imei", "imei2") if values.get(name))
    serial = SerialNumber.parse(values["serial"]) if values.get("serial") else None
    if not imeis and serial is None:
        raise IdentifierError("it names neither IMEI nor serial number")
    return replace(known, imeis=imeis, serial=serial)


def _imei(text: str) -> Imei:
    """Read an IMEI as a spreadsheet leaves it: with the apostrophe of a text, or ruined."""
    if _EXPONENT.fullmatch(text):
        raise IdentifierError("A spreadsheet made an exponent of the IMEI: have it sent as text.")
    return Imei.parse(text.removeprefix("'"))


def _unusable(path: Path, reason: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.HANDSET_LIST_UNUSABLE, path.name, reason))
