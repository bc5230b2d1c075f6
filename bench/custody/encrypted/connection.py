"""How an encrypted record is opened, read and verified: beside `custody.database`, for SQLCipher 4.

Its key is 32 bytes that are used as they are (SQLCipher's raw key: no passphrase, no derivation);
each page is AES-256 in CBC mode with an HMAC-SHA512. The log and the temporary tables are
encrypted or in memory.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from bench.custody.database import WRITER, Opener, refuse_old
from bench.custody.verification import Progress, Verdict, verify_connection
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import sqlite3
else:
    from pysqlite3 import dbapi2 as sqlite3

KEY_SIZE = 32
PAGE = 4096
"""Bytes, as SQLCipher has it unless told: of any other its VACUUM INTO (4.19) makes a file that
nobody can open. It stands nowhere in the clear, so whoever opens the file has to know it."""
_PLAIN = b"SQLite format 3\x00"
"""How a file that is not encrypted begins (sqlite.org/fileformat2.html, 1.3)."""
_CIPHER: tuple[tuple[str, str | int], ...] = (
    ("cipher_compatibility", 4),
    ("cipher_page_size", PAGE),
)


class Mode(StrEnum):
    """What a connection may do."""

    WRITE = "rw"
    READ = "ro"


_SETTINGS: dict[Mode, dict[str, str | int]] = {
    Mode.WRITE: {"temp_store": 2, **WRITER, "page_size": PAGE},
    Mode.READ: {"temp_store": 2, "busy_timeout": 5000, "trusted_schema": 0, "query_only": 1},
}


def connect(path: Path, key: bytes, mode: Mode) -> sqlite3.Connection:
    """Open an encrypted record, or an empty file that will become one; on the caller's thread.

    Raises `ProblemError`: KEY_UNUSABLE when `key` (32 bytes) does not open it, LEDGER_UNUSABLE
    without the library or with an old one, or when SQLite does not take a setting; and SQLite's
    errors as pysqlite3 has them.
    """
    return _connected(path, key, mode, _SETTINGS[mode])


def _connected(
    path: Path, key: bytes, mode: Mode, settings: dict[str, str | int]
) -> sqlite3.Connection:
    connection = _dialect_connect(path, mode)
    try:
        unlock(connection, path, key)
        _set(connection, path, settings)
    except BaseException:
        connection.close()
        raise
    return connection


def unlock(connection: sqlite3.Connection, path: Path, key: bytes) -> None:
    """Give the key and read with it; raises as `connect` does."""
    if len(key) != KEY_SIZE:
        raise _unopened(path, f"its key is {len(key)} bytes long, not {KEY_SIZE}")
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")  # takes no parameters
    for name, value in _CIPHER:
        connection.execute(f"PRAGMA {name} = {value}")
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", None) != sqlite3.SQLITE_NOTADB:
            raise
        detail = "this key does not open it, or it is no encrypted record"
        raise _unopened(path, detail) from None


def is_plain(path: Path) -> bool:
    """Whether anybody can read the file. Only while this program has it open nowhere."""
    with path.open("rb") as file:
        return file.read(len(_PLAIN)) == _PLAIN


@dataclass(frozen=True, slots=True)
class EncryptedForm:
    """Opens and verifies records under one key; it never shows it."""

    key: bytes = field(repr=False)

    def write(self, path: Path) -> sqlite3.Connection:
        """As `database.connect_writer`."""
        return connect(path, self.key, Mode.WRITE)

    def read(self, path: Path) -> sqlite3.Connection:
        """As `database.connect_reader`."""
        return connect(path, self.key, Mode.READ)

    def first(self, path: Path) -> sqlite3.Connection:
        """As `database.connect_first`."""
        return _connected(path, self.key, Mode.WRITE, _SETTINGS[Mode.READ])

    @property
    def opener(self) -> Opener:
        """All three ways to open one."""
        return Opener(self.read, self.write, self.first)

    def verify(
        self,
        path: Path,
        *,
        public_key: bytes | None = None,
        progress: Progress = lambda _: None,
        thorough: bool = False,
    ) -> Verdict:
        """As `verification.verify_file`; raises `ProblemError` when the key does not open it."""
        with closing(self.read(path)) as connection:
            try:
                return verify_connection(connection, public_key, progress, thorough=thorough)
            except (sqlite3.Error, UnicodeDecodeError) as error:
                return Verdict(0, 0, f"it cannot be read: {error}")


def _dialect_connect(path: Path, mode: Mode) -> sqlite3.Connection:
    try:
        from bench.custody.encrypted import dialect  # noqa: PLC0415 - an optional library
    except ImportError as error:
        detail = "it is to be encrypted: install the extra staging-bench[encrypted]"
        raise ProblemError(Problem(ProblemCode.LEDGER_UNUSABLE, path.name, detail)) from error
    refuse_old(dialect.VERSION, path.name)
    return dialect.connect(f"file:{quote(str(path.absolute()))}?mode={mode.value}")


def _set(connection: sqlite3.Connection, path: Path, pragmas: dict[str, str | int]) -> None:
    for name, value in pragmas.items():
        connection.execute(f"PRAGMA {name} = {value}")
        (found,) = connection.execute(f"PRAGMA {name}").fetchone()
        if found != value and str(found) != str(value):  # SQLCipher answers some of them in text
            detail = f"SQLCipher set {name} to {found}, not {value}"
            raise ProblemError(Problem(ProblemCode.LEDGER_UNUSABLE, path.name, detail))


def _unopened(path: Path, detail: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.KEY_UNUSABLE, path.name, detail))
