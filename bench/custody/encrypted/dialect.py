"""SQLCipher's connections, made to refuse as the others do: its errors are classes of its own.

sqlcipher3 brings a second SQLite into the program. A file that one of the two has open is never
opened with the other: POSIX locks belong to the process, and closing one drops those of both.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    import sqlite3
    import sqlite3 as sqlcipher
else:
    from pysqlite3 import dbapi2 as sqlite3
    from sqlcipher3 import dbapi2 as sqlcipher

_Asked = ParamSpec("_Asked")
_Answer = TypeVar("_Answer")

VERSION = sqlcipher.sqlite_version_info
"""Of the SQLite within SQLCipher."""


def _translated(ask: Callable[_Asked, _Answer]) -> Callable[_Asked, _Answer]:
    @wraps(ask)
    def asked(*args: _Asked.args, **kwargs: _Asked.kwargs) -> _Answer:
        try:
            return ask(*args, **kwargs)
        except sqlcipher.Error as error:
            raise _as_known(error) from None

    return asked


def _as_known(error: sqlcipher.Error) -> sqlite3.Error:
    """Return the same error as the class of that name that the bench catches."""
    known: type[sqlite3.Error] = getattr(sqlite3, type(error).__name__, sqlite3.DatabaseError)
    same = known(*error.args)
    for name in ("sqlite_errorcode", "sqlite_errorname"):
        if hasattr(error, name):
            setattr(same, name, getattr(error, name))
    return same


class Cursor(sqlcipher.Cursor):
    """A cursor whose errors are those of pysqlite3."""

    execute = _translated(sqlcipher.Cursor.execute)
    executemany = _translated(sqlcipher.Cursor.executemany)
    executescript = _translated(sqlcipher.Cursor.executescript)
    fetchone = _translated(sqlcipher.Cursor.fetchone)
    fetchmany = _translated(sqlcipher.Cursor.fetchmany)
    fetchall = _translated(sqlcipher.Cursor.fetchall)

    def __next__(self) -> tuple[object, ...]:
        row: tuple[object, ...] = _next(self)
        return row


_next = _translated(sqlcipher.Cursor.__next__)


class Connection(sqlcipher.Connection):
    """A connection whose errors are those of pysqlite3; its own methods ask through `cursor`."""

    commit = _translated(sqlcipher.Connection.commit)
    rollback = _translated(sqlcipher.Connection.rollback)

    def cursor(self, factory: type[Cursor] = Cursor) -> Cursor:  # type: ignore[override]
        """Return a cursor of this dialect."""
        return super().cursor(factory)


def connect(uri: str) -> sqlite3.Connection:
    """Open a file by its address; nothing is read of it yet. Its faults are not SQLite's to log."""
    try:
        connection = sqlcipher.connect(uri, uri=True, isolation_level=None, factory=Connection)
    except sqlcipher.Error as error:
        raise _as_known(error) from None
    connection.execute("PRAGMA cipher_log_level = NONE")
    return connection
