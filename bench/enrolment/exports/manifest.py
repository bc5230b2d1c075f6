"""What proves a batch: which bytes were made when, by whom, of which handsets, file and row.

It lies beside the files as `manifest.json`; its own SHA-256 goes into the custody record.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from bench.enrolment.exports.placed import Placed
from bench.enrolment.exports.planning import Plan

SCHEMA = 1
LARGEST = 64 << 20
"""Bytes that are read of a manifest; one of 40,000 handsets has about 8 MB."""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file of a batch: its name in the folder, its SHA-256 in hex, bytes, rows."""

    name: str
    sha256: str
    size: int
    rows: int


@dataclass(frozen=True, slots=True)
class Made:
    """When a batch was made (UTC), by whom (a pseudonym), of which record and order.

    `origin` is the record's name, `profile` the fingerprint of the profile whose type allocation
    codes were asked for, "" for none.
    """

    at: datetime
    by: str
    origin: str
    order: str = ""
    profile: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """A batch; `anyway` are the objections it was made in spite of."""

    batch: str
    service: str
    form: str
    form_sha256: str
    which: str
    options: Mapping[str, str]
    simulated: bool
    made: Made
    anyway: tuple[str, ...]
    files: tuple[FileEntry, ...]
    rows: tuple[Placed, ...]
    left_out: tuple[tuple[str, str], ...] = ()
    """Where each was read and who it is, masked; and why it has no row."""

    @classmethod
    def of(cls, batch: str, plan: Plan, made: Made) -> Self:
        """Return the manifest of a plan that is made under this name."""
        form, rules = plan.form, plan.rules
        return cls(
            batch, form.service, form.key, form.fingerprint, rules.which.value,
            dict(rules.options), rules.simulated, made, plan.objections,
            files=tuple(
                FileEntry(each.name, each.sha256, len(each.data), len(each.rows))
                for each in plan.files
            ),
            rows=tuple(_rows(batch, plan)),
            left_out=tuple(
                (f"{each.handset.where}: {each.handset.masked}", each.reason)
                for each in plan.left_out
            ),
        )  # fmt: skip

    def to_bytes(self) -> bytes:
        """Return it as JSON, one handset a line."""
        head = {
            "schema": SCHEMA,
            "batch": self.batch,
            "service": self.service,
            "format": {"name": self.form, "sha256": self.form_sha256},
            "imei": self.which,
            "options": dict(self.options),
            "simulated": self.simulated,
            "made": {
                "at": self.made.at.isoformat(timespec="seconds"), "by": self.made.by,
                "record": self.made.origin, "order": self.made.order, "profile": self.made.profile,
            },
            "made_in_spite_of": list(self.anyway),
            "handsets": len(self.rows),
            "files": [_file_cells(each) for each in self.files],
            "left_out": [list(each) for each in self.left_out],
        }  # fmt: skip
        rows = ",\n".join(json.dumps(_cells(each), ensure_ascii=False) for each in self.rows)
        text = json.dumps(head, ensure_ascii=False, indent=1)
        return f'{text[:-2]},\n "rows": [\n{rows}\n ]\n}}\n'.encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read one; raises `ValueError` with the reason for what this program did not write."""
        try:
            return cls._read(json.loads(data))
        except (KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
            raise ValueError(f"the manifest is not whole: {error}") from error

    @classmethod
    def _read(cls, read: Mapping[str, Any]) -> Self:
        if read["schema"] != SCHEMA:
            raise ValueError(
                f"the manifest has schema {read['schema']!r}, this program knows {SCHEMA}"
            )
        batch, service, made = _text(read, "batch"), _text(read, "service"), read["made"]
        files = tuple(_file_entry(each) for each in read["files"])
        counts = {_file_name(each): each.rows for each in files}
        rows = tuple(_placed(service, batch, counts, each) for each in read["rows"])
        if len(rows) != read["handsets"] or sum(each.rows for each in files) != len(rows):
            raise ValueError("the manifest counts other than it lists")
        return cls(
            batch, service, _text(read["format"], "name"), _text(read["format"], "sha256"),
            _text(read, "imei"), dict(read["options"]), bool(read["simulated"]),
            Made(
                _moment(_text(made, "at")), _text(made, "by"), _text(made, "record"),
                _text(made, "order"), _text(made, "profile"),
            ),
            tuple(map(str, read["made_in_spite_of"])), files, rows,
            tuple((str(who), str(why)) for who, why in read["left_out"]),
        )  # fmt: skip


def digest(data: bytes) -> str:
    """Return the SHA-256 in hex, as manifests and the record have it."""
    return hashlib.sha256(data).hexdigest()


def _rows(batch: str, plan: Plan) -> Iterator[Placed]:
    for file in plan.files:
        for row, handset in enumerate(file.rows, 1):
            serial = "" if handset.serial is None else str(handset.serial)
            imeis = tuple(map(str, handset.imeis))
            yield Placed(plan.form.service, batch, file.name, row, imeis, serial, handset.uid)


def _file_cells(each: FileEntry) -> dict[str, Any]:
    return {"name": each.name, "sha256": each.sha256, "size": each.size, "rows": each.rows}


def _cells(placed: Placed) -> list[Any]:
    return [placed.file, placed.row, list(placed.imeis), placed.serial, placed.uid]


def _placed(service: str, batch: str, counts: Mapping[str, int], cells: list[Any]) -> Placed:
    file, row, imeis, serial, uid = cells
    if not 0 < row <= counts.get(file, 0):
        raise ValueError(f"the manifest names a row of {file!r} that is not there")
    return Placed(
        service, batch, str(file), int(row), tuple(map(str, imeis)), str(serial), str(uid)
    )


def _file_name(entry: FileEntry) -> str:
    """No manifest, whoever wrote it, makes another file be read than one beside it."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,80}\.csv", entry.name):
        raise ValueError(f"the manifest names a file {entry.name!r}")
    return entry.name


def _file_entry(table: Mapping[str, Any]) -> FileEntry:
    name, sha256 = _text(table, "name"), _text(table, "sha256")
    return FileEntry(name, sha256, _count(table, "size"), _count(table, "rows"))


def _count(table: Mapping[str, Any], key: str) -> int:
    if type(table[key]) is not int or not 0 <= table[key] <= LARGEST:
        raise TypeError(f"{key} is no number that it can be")
    return int(table[key])


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("the manifest does not say in which time zone it was made")
    return at


def _text(table: Mapping[str, Any], key: str) -> str:
    if not isinstance(table[key], str):
        raise TypeError(f"{key} is no text")
    return str(table[key])
