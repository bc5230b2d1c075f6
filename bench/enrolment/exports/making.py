"""Makes upload files of handsets: pure, so the same handsets make the same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bench.enrolment.exports.cells import as_csv
from bench.enrolment.exports.formats import UploadFormat
from bench.enrolment.exports.handsets import HandsetRow
from bench.identity.identifiers import Imei

_NO_OPTIONS: Mapping[str, str] = {}


class WhichImei(StrEnum):
    """Which IMEI names a handset that has two: a service may know a handset by one of them only."""

    FIRST = "first"
    SECOND = "second"
    LOWEST = "lowest"


@dataclass(frozen=True, slots=True)
class UploadFile:
    """A file as it is uploaded, `sha256` in hex; the handsets in it in the order of its rows."""

    name: str
    data: bytes = field(repr=False)
    sha256: str
    rows: tuple[HandsetRow, ...] = field(repr=False)


def make_files(
    form: UploadFormat,
    handsets: Iterable[HandsetRow],
    *,
    name: str = "",
    which: WhichImei | None = None,
    options: Mapping[str, str] = _NO_OPTIONS,
) -> tuple[UploadFile, ...]:
    """Return the files of these handsets, as many as the format's limits ask for; no I/O.

    Nothing is checked here: `checking` says first which handsets may be in a file. `name` is what
    the files' names begin with, by default the format's own key; `which` is by default the IMEI
    that the service prefers. Raises `ValueError` for a row that is larger than a whole file may be.
    """
    chosen = which or WhichImei(form.prefers)
    rows = [(each, row_bytes(form, each, chosen, options)) for each in handsets]
    head = as_csv([[column.title for column in form.columns]], form.quoting) if form.header else b""
    chunks = list(_chunks(form, len(head), rows))
    return tuple(
        _file(_name(name or form.key, number, len(chunks)), head, chunk)
        for number, chunk in enumerate(chunks, 1)
    )


def row_bytes(
    form: UploadFormat, handset: HandsetRow, which: WhichImei, options: Mapping[str, str]
) -> bytes:
    """Return a handset's row as it stands in the file."""
    values = known(handset, which, options)
    return as_csv([[column.filled(values) for column in form.columns]], form.quoting)


def known(
    handset: HandsetRow, which: WhichImei, options: Mapping[str, str] = _NO_OPTIONS
) -> dict[str, str]:
    """Return what columns can say of a handset; `imei` is the one that was chosen."""
    chosen = imei_of(handset, which)
    return {**options, **handset.values(), "imei": str(chosen or "")}


def imei_of(handset: HandsetRow, which: WhichImei) -> Imei | None:
    """Return the IMEI that names a handset, None where it has none of that kind."""
    match which:
        case WhichImei.FIRST:
            return next(iter(handset.imeis), None)
        case WhichImei.SECOND:
            return next(iter(handset.imeis[1:2]), None)
        case WhichImei.LOWEST:
            return min(handset.imeis, key=str, default=None)


def identifier_of(form: UploadFormat, handset: HandsetRow, which: WhichImei) -> str:
    """Return what names a handset in the file, as it stands there; "" where it has none."""
    return written(form, known(handset, which))


def written(form: UploadFormat, values: Mapping[str, str]) -> str:
    """Return what names a handset that columns say this of, as it stands in a file."""
    columns = (each for each in form.columns if form.identifier in each.places)
    return next(columns).filled(values) if values.get(form.identifier) else ""


def _chunks(
    form: UploadFormat, head: int, rows: Sequence[tuple[HandsetRow, bytes]]
) -> Iterator[list[tuple[HandsetRow, bytes]]]:
    chunk: list[tuple[HandsetRow, bytes]] = []
    size = head
    for handset, line in rows:
        if form.size and head + len(line) > form.size:
            raise ValueError(f"{handset.masked}: its row alone is larger than a file may be")
        full = form.rows and len(chunk) == form.rows
        if chunk and (full or (form.size and size + len(line) > form.size)):
            yield chunk
            chunk, size = [], head
        chunk.append((handset, line))
        size += len(line)
    if chunk:
        yield chunk


def _name(stem: str, number: int, count: int) -> str:
    width = len(str(count))
    return f"{stem}.csv" if count == 1 else f"{stem}-{number:0{width}d}-of-{count}.csv"


def _file(name: str, head: bytes, chunk: Sequence[tuple[HandsetRow, bytes]]) -> UploadFile:
    data = head + b"".join(line for _, line in chunk)
    digest = hashlib.sha256(data).hexdigest()
    return UploadFile(name, data, digest, tuple(handset for handset, _ in chunk))
