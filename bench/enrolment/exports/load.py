"""Reads a format of an upload file and checks it whole: what is wrong is said with its line."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.enrolment.exports.cells import Quoting
from bench.enrolment.exports.formats import Column, NotNeeded, UploadFormat
from bench.enrolment.exports.handsets import FIELDS
from bench.enrolment.exports.making import WhichImei
from bench.enrolment.profiles.profile import Method
from bench.problems import Problem, ProblemCode, ProblemError

SCHEMA = 1
IDENTIFIERS = ("imei", "serial")
_QUOTES = {each.name.lower().replace("_", "-"): each for each in Quoting}
_NEEDED = ("schema", "name", "service", "source", "confirmed", "identifier")
_MAY = (
    "note", "header", "quotes", "rows", "size", "account", "resets", "warnings", "models",
    "options", "prefers",
)  # fmt: skip
_COLUMN = ("title", "text", "needed", "longest", "drop")
_NAME = r"[a-z0-9][a-z0-9-]{0,31}"
_LARGEST = 1 << 20


def load_format(path: Path) -> UploadFormat:
    """Read and check a format; raises `ProblemError` UPLOAD_FORMAT_UNUSABLE."""
    try:
        content = _content(path)
        text = content.decode()
        document = tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise _unusable(path, 0, "file", str(error)) from error
    digest = hashlib.sha256(content).hexdigest()
    return _Reader(path, text).format(document, digest)


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise ValueError("it is larger than 1 MiB")
    return content


def find_format(name: str, shipped: Path) -> UploadFormat:
    """Return the format of that name in the folder of those that are shipped, or in a file."""
    if re.fullmatch(_NAME, name) and (shipped / f"{name}.toml").is_file():
        return load_format(shipped / f"{name}.toml")
    if name.endswith(".toml"):
        return load_format(Path(name))
    known = ", ".join(sorted(path.stem for path in shipped.glob("*.toml")))
    reason = f"it is none of {known}, and no file whose name ends in .toml"
    raise ProblemError(Problem(ProblemCode.UPLOAD_FORMAT_UNUSABLE, name, reason))


class _Reader:
    """Turns the parsed document into values; knows the text, to name the line of what is wrong."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()

    def format(self, document: Mapping[str, Any], digest: str) -> UploadFormat:
        self._keys(document, ("format", "column", "not_needed"), "", 0)
        head = self._table(document, "format")
        if head.get("schema") != SCHEMA:
            raise self._wrong("format", 0, "schema", f"this program knows schema {SCHEMA}")
        self._keys(head, (*_NEEDED, *_MAY), "format", 0)
        for key in _NEEDED:
            if key not in head:
                raise self._wrong("format", 0, key, "it is missing")
        options = self._options(head)
        columns = self._columns(document, (*FIELDS, *options))
        if not any(head["identifier"] in column.places for column in columns):
            raise self._wrong("format", 0, "identifier", "no column says it")
        return UploadFormat(
            key=self._path.stem,
            name=self._text(head, "name", "format", 0),
            service=self._word(head, "service", _NAME),
            source=self._text(head, "source", "format", 0),
            confirmed=self._flag(head, "confirmed", "format", 0, usual=False),
            note=self._text(head, "note", "format", 0, usual=""),
            columns=columns,
            identifier=self._one_of(head, "identifier", IDENTIFIERS),
            prefers=self._one_of(head, "prefers", tuple(WhichImei)),
            header=self._flag(head, "header", "format", 0, usual=True),
            quoting=_QUOTES[self._one_of(head, "quotes", tuple(_QUOTES))],
            rows=self._whole(head, "rows", "format", 0),
            size=self._whole(head, "size", "format", 0),
            account=self._whole(head, "account", "format", 0),
            resets=self._flag(head, "resets", "format", 0, usual=False),
            warnings=self._texts(head, "warnings", "format", 0),
            models=self._texts(head, "models", "format", 0),
            options=options,
            not_needed=self._not_needed(document),
            fingerprint=digest,
        )

    def _options(self, head: Mapping[str, Any]) -> tuple[str, ...]:
        options = self._texts(head, "options", "format", 0)
        for option in options:
            if option in FIELDS or not re.fullmatch(r"[a-z][a-z0-9_]{0,31}", option):
                raise self._wrong("format", 0, "options", f"{option!r} cannot name an option")
        return options

    def _columns(self, document: Mapping[str, Any], known: Sequence[str]) -> tuple[Column, ...]:
        tables = document.get("column")
        if not isinstance(tables, list) or not tables:
            raise self._wrong("column", 0, "column", "give at least one [[column]]")
        return tuple(self._column(each, n, known) for n, each in enumerate(tables, 1))

    def _column(self, table: object, number: int, known: Sequence[str]) -> Column:
        if not isinstance(table, dict):
            raise self._wrong("column", number, "column", "give [[column]] tables")
        self._keys(table, _COLUMN, "column", number)
        column = Column(
            title=self._text(table, "title", "column", number),
            text=self._text(table, "text", "column", number),
            needed=self._flag(table, "needed", "column", number, usual=False),
            longest=self._whole(table, "longest", "column", number),
            drop=self._text(table, "drop", "column", number, usual=""),
        )
        for place in re.findall(r"\{[^}]*\}?|\}", column.text):
            if place[1:-1] not in known:
                remedy = f"{place} is none of {', '.join(known)} in braces"
                raise self._wrong("column", number, "text", remedy)
        return column

    def _not_needed(self, document: Mapping[str, Any]) -> tuple[NotNeeded, ...]:
        tables = document.get("not_needed", [])
        if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
            raise self._wrong("not_needed", 0, "not_needed", "give [[not_needed]] tables")
        return tuple(self._one_not_needed(each, number) for number, each in enumerate(tables, 1))

    def _one_not_needed(self, table: Mapping[str, Any], number: int) -> NotNeeded:
        self._keys(table, ("because", "methods", "models"), "not_needed", number)
        methods = self._texts(table, "methods", "not_needed", number)
        for method in methods:
            if method not in tuple(Method):
                remedy = f"{method!r} is none of {', '.join(Method)}"
                raise self._wrong("not_needed", number, "methods", remedy)
        because = self._text(table, "because", "not_needed", number)
        models = self._texts(table, "models", "not_needed", number)
        return NotNeeded(because, methods, models)

    # ── one value ───────────────────────────────────────────────────────────────────────────────
    def _table(self, document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        table = document.get(name)
        if not isinstance(table, dict):
            raise self._wrong(name, 0, name, f"give a [{name}] table")
        return table

    def _keys(self, table: Mapping[str, Any], keys: Sequence[str], name: str, number: int) -> None:
        for key in table:
            if key not in keys:
                raise self._wrong(name, number, key, f"use one of {', '.join(sorted(keys))}")

    def _text(
        self, table: Mapping[str, Any], key: str, name: str, number: int, usual: str | None = None
    ) -> str:
        value = table.get(key, usual)
        if value == "" == usual:
            return ""
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise self._wrong(name, number, key, "give one line of text in quotes")
        return value

    def _texts(self, table: Mapping[str, Any], key: str, name: str, number: int) -> tuple[str, ...]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(
            isinstance(each, str) and each.strip() and each.isprintable() for each in value
        ):
            raise self._wrong(name, number, key, 'give texts in brackets: ["…"]')
        return tuple(value)

    def _word(self, table: Mapping[str, Any], key: str, pattern: str) -> str:
        value = self._text(table, key, "format", 0)
        if not re.fullmatch(pattern, value, re.ASCII):
            raise self._wrong("format", 0, key, "use 1 to 32 small letters, digits and hyphens")
        return value

    def _one_of(self, table: Mapping[str, Any], key: str, known: tuple[str, ...]) -> str:
        value = table.get(key, known[0])
        if value not in known:
            raise self._wrong("format", 0, key, f"use one of {', '.join(known)}")
        return str(value)

    def _whole(self, table: Mapping[str, Any], key: str, name: str, number: int) -> int:
        value = table.get(key, 0)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self._wrong(name, number, key, "give a whole number; 0 is no limit")
        return value

    def _flag(
        self, table: Mapping[str, Any], key: str, name: str, number: int, *, usual: bool
    ) -> bool:
        value = table.get(key, usual)
        if not isinstance(value, bool):
            raise self._wrong(name, number, key, "give true or false")
        return value

    # ── where it is ─────────────────────────────────────────────────────────────────────────────
    def _wrong(self, name: str, number: int, key: str, remedy: str) -> ProblemError:
        return _unusable(self._path, self._line(name, number, key), key, remedy)

    def _line(self, name: str, number: int, key: str) -> int:
        """Find the line of a key, else of its table's head (of that number), else none: 0."""
        count, start = 0, 0 if name else 1
        for line_number, line in enumerate(self._lines, 1):
            head = re.match(r"\s*\[\[?\s*(\w+)", line)
            if head:
                count += head[1] == name
                start = line_number if head[1] == name and count in (number, 1) else start
            if head and not name and head[1] == key:
                return line_number
            is_in = head is None and (not name or count == (number or 1))
            if is_in and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
                return line_number
        return start


def _unusable(path: Path, line: int, key: str, remedy: str) -> ProblemError:
    where = f"{path.name}, line {line}" if line else path.name
    return ProblemError(Problem(ProblemCode.UPLOAD_FORMAT_UNUSABLE, where, f"{key}: {remedy}"))
