"""What PostgreSQL's client library and server say when it does not work, as trouble with words.

What happens before a session begins has no SQLSTATE that the library hands on: it is told by the
library's own English words, and by the server's, which may be in another language. What is not
recognised counts as not reached, and is tried again.
Source: PostgreSQL 18, appendix A (error codes); libpq's fe-connect.c, fe-secure-openssl.c.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

import psycopg

from bench.identity.plain import plain
from bench.inventory.doors.trouble import (
    BusyError,
    RefusedError,
    UnreachableError,
    UntrustedError,
)
from bench.problems import Problem, ProblemCode, ProblemError

_Kind: TypeAlias = Callable[[str, str], ProblemError]
_SAID: tuple[tuple[_Kind | None, str, str], ...] = (
    (UntrustedError, "certificate verify failed", "its certificate is not of whom is trusted here"),
    (UntrustedError, "does not match host name", "its certificate is that of another host"),
    (UntrustedError, "does not support ssl", "it does not speak TLS"),
    (UntrustedError, "(require|request) an? (ssl )?certificate", "it does not ask who comes"),
    (UntrustedError, "certificate present, but not valid", "its certificate is not valid"),
    (UntrustedError, "unsupported protocol|alert protocol version", "it speaks only an old TLS"),
    (UntrustedError, "authentication method requirement", "it asks for a password"),
    (UntrustedError, "no password supplied", "it asks for a password"),
    (RefusedError, "alert certificate expired", "this bench's certificate has ended"),
    (RefusedError, "alert unknown ca", "this bench's certificate is of another authority"),
    (RefusedError, "alert certificate revoked", "this bench's certificate was revoked"),
    (RefusedError, "alert (\\w+ )?certificate", "this bench's certificate will not do"),
    (RefusedError, "alert decrypt error", "this bench's certificate will not do"),
    (RefusedError, "certificate authentication failed", "its certificate is not this bench's"),
    (RefusedError, "no pg_hba.conf entry", "it lets no such bench in from here"),
    (RefusedError, 'role ".*" (does not exist|is not permitted)', "it knows no such bench"),
    (None, 'database ".*" does not exist', "it has no such database"),
    (None, "private key", "the private key's file cannot be used"),
    (None, "(read|load) (client )?certificate", "the certificate's file cannot be used"),
    (None, "root certificate", "the file of whom to trust cannot be used"),
    (BusyError, "too many (clients|connections)", "too many are signed in"),
    (BusyError, "connection slots", "too many are signed in"),
    (BusyError, "starting up|not yet accepting", "it is starting"),
    (BusyError, "shutting down", "it is being shut down"),
    (BusyError, "recovery", "it is recovering"),
    (BusyError, "not( currently)? accepting connections", "it is closed for a while"),
    (BusyError, "out of memory", "it has no memory left"),
    (BusyError, "no space left", "its disk is full"),
    (UnreachableError, "connection refused", "nothing answers there"),
    (UnreachableError, "time(d )?out", "it does not answer"),
    (UnreachableError, "translate host name|not known", "its name is not known here"),
    (UnreachableError, "name resolution", "its name cannot be looked up"),
    (UnreachableError, "no route to host|unreachable", "there is no way to it"),
    (UnreachableError, "closed the connection|reset by peer|eof", "it hung up"),
)
"""Whose word it is, and what it means; None for the settings' trouble. The first that fits."""
_STATES = {
    "53100": "its disk is full",
    "53200": "it has no memory left",
    "53300": "too many are signed in",
    "25006": "it can only be read just now",
    "57014": "it took too long",
    "55P03": "it took too long",
    "57P01": "it is being shut down",
    "57P02": "it broke down and starts anew",
    "57P03": "it is starting",
    "57P05": "it hung up",
    "40001": "others were in the way",
    "40P01": "others were in the way",
    "25P03": "it took too long",
    "25P04": "it took too long",
}
_NOT_THERE = ("42883", "3F000", "42P01", "42703", "42704")


def not_connected(where: str, error: psycopg.Error) -> ProblemError:
    """Say why no session began, or why one broke off."""
    said = str(error).lower()
    for kind, words, reason in _SAID:
        if re.search(words, said):
            return kind(where, reason) if kind else _unusable(where, reason)
    return UnreachableError(where, "no session began")


def not_answered(where: str, error: psycopg.Error) -> ProblemError:
    """Say why an exchange did not come to its end."""
    state = error.sqlstate or ""
    if state in _STATES or state[:2] in ("53", "57", "58", "08"):
        return BusyError(where, _STATES.get(state, f"it has trouble of its own, {plain(state)}"))
    if state in _NOT_THERE:
        detail = "it has no custody.exchange"
        return ProblemError(Problem(ProblemCode.CENTRE_OLDER, where, detail))
    if state in ("42501", "28000", "28P01"):
        return RefusedError(where, "this bench may not do here what a bench does")
    if not state:
        return not_connected(where, error)
    if state[:2] == "XX":
        return BusyError(where, f"it has trouble of its own, {plain(state)}")
    return _unusable(where, f"SQLSTATE {plain(state)}")


def _unusable(where: str, detail: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.CENTRE_UNUSABLE, where, detail))
