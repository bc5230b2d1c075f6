"""What the record asks of its connection, answered by APSW: the record's own code runs unchanged.

APSW lets a test write the disk in Python; pysqlite3 does not. Its errors become pysqlite3's, with
the code that SQLite gave.
"""

from __future__ import annotations

import sqlite3 as names
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import apsw
from pysqlite3 import dbapi2

Values: TypeAlias = Sequence[Any] | Mapping[str, Any]


class ApswConnection:
    """As much of `sqlite3.Connection` in autocommit mode as the record uses."""

    def __init__(self, path: str, vfs: str) -> None:
        with _pysqlite_errors():
            self._connection = apsw.Connection(path, vfs=vfs)

    @property
    def in_transaction(self) -> bool:
        return self._connection.in_transaction

    def execute(self, sql: str, values: Values = ()) -> ApswCursor:
        cursor = ApswCursor(self._connection)
        cursor.execute(sql, values)
        return cursor

    def close(self) -> None:
        with _pysqlite_errors():
            self._connection.close()


class ApswCursor:
    """As much of `sqlite3.Cursor` as the record uses."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._cursor = connection.cursor()
        self._columns: list[tuple[str, str]] = []
        self._cursor.exec_trace = _noting_columns(self._columns)

    @property
    def description(self) -> list[tuple[str, str]]:
        return self._columns

    @property
    def lastrowid(self) -> int:
        return self._connection.last_insert_rowid()

    @property
    def rowcount(self) -> int:
        return self._connection.changes()

    def execute(self, sql: str, values: Values) -> None:
        with _pysqlite_errors():
            self._cursor.execute(sql, values or None)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        while (row := self.fetchone()) is not None:
            yield row

    def fetchone(self) -> tuple[Any, ...] | None:
        with _pysqlite_errors():
            return self._cursor.fetchone()

    def fetchall(self) -> list[tuple[Any, ...]]:
        return list(self)


def _noting_columns(
    columns: list[tuple[str, str]],
) -> Callable[[apsw.Cursor, str, object], bool]:
    """Note them as a statement begins: APSW describes none that is done.

    It holds no cursor: a cycle would keep a statement, and with it a transaction, open.
    """

    def note(cursor: apsw.Cursor, _sql: str, _values: object) -> bool:
        columns[:] = [(name, kind) for name, kind, *_ in cursor.get_description()]
        return True

    return note


@contextmanager
def _pysqlite_errors() -> Iterator[None]:
    try:
        yield
    except apsw.Error as error:
        told: names.Error = dbapi2.OperationalError(str(error))
        told.sqlite_errorcode = getattr(error, "extendedresult", apsw.SQLITE_ERROR)
        raise told from error
