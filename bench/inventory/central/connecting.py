"""The administrator's connection to a store, and what can be wrong with it, in words.

What is connected by may hold a password: none of it is ever said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import psycopg

_REASON_LIMIT = 160
_UNREADABLE = "what --database says cannot be read: give libpq's words or URI, a password encoded"


@contextmanager
def administrator(database: str) -> Iterator[psycopg.Connection[Any]]:
    """Connect as `database` (libpq's words or URI) says, in autocommit, and hang up in the end.

    `ProblemError`: STORE_AWAY, or CENTRE_UNUSABLE for words that libpq cannot read and for
    what the database refuses in the meantime.
    """
    import psycopg  # noqa: PLC0415 - only who works with a store loads it

    with _connected(database) as connection:
        try:
            yield connection
        except psycopg.OperationalError as error:
            raise _unreachable(_first_line(error)) from None
        except psycopg.Error as error:
            raise _unusable(_first_line(error)) from None


def _connected(database: str) -> psycopg.Connection[Any]:
    import psycopg  # noqa: PLC0415 - as above
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415 - as above

    try:
        if _is_torn(conninfo_to_dict(database)):
            raise _unusable(_UNREADABLE)
        return psycopg.connect(database, autocommit=True, application_name="staging-bench central")
    except psycopg.OperationalError as error:
        reason = _first_line(error)
    except (psycopg.ProgrammingError, UnicodeError):
        # what libpq says of words that it cannot read holds them
        raise _unusable(_UNREADABLE) from None
    raise _unreachable(reason)


def _is_torn(words: Mapping[str, Any]) -> bool:
    """Return whether a part of a password, unquoted in a URI, went where libpq would quote it."""
    ports = str(words.get("port", "")).replace(",", "")
    named = f"{words.get('host', '')}{words.get('hostaddr', '')}{words.get('dbname', '')}"
    return "@" in named or not (ports.isascii() and (ports.isdigit() or not ports))


def _first_line(error: Exception) -> str:
    """Return what the server said first; what follows may quote what was sent to it."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _unreachable(reason: str) -> ProblemError:
    detail = plain(reason, _REASON_LIMIT)
    return ProblemError(Problem(ProblemCode.STORE_AWAY, "database", detail))


def _unusable(reason: str) -> ProblemError:
    detail = plain(reason, _REASON_LIMIT)
    return ProblemError(Problem(ProblemCode.CENTRE_UNUSABLE, "database", detail))
