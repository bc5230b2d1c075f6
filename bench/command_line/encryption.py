"""`ledger encrypt` and `ledger decrypt`: a record and the epochs before it, turned in their place.

No bench may be using them. Backups stay as they are: those made before are plain.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.command_line.forms import form_for_looking, key_vault
from bench.custody.backup.book import book_beside
from bench.custody.encrypted import conversion
from bench.custody.epochs import swap
from bench.custody.keys.secrets import record_key
from bench.problems import ProblemError

_BACKUPS = "backups that were made before stay as they are"


def encrypt(record: Path) -> int:
    """Encrypt a record and its earlier epochs, say what came of each; exit code 0 or 1."""
    key = _key(record, may_make=True)
    done = f"encrypted; {_BACKUPS}"
    code = _each(_records(record), lambda path: conversion.encrypt(path, key), done)
    return code or _each(_book(record), lambda path: conversion.encrypt_book(path, key), done)


def decrypt(record: Path) -> int:
    """Make them plain again; the key stays, for backups that need it."""
    key = _key(record, may_make=False)
    done = f"plain; {_BACKUPS}"
    code = _each(_records(record), lambda path: conversion.decrypt(path, key), done)
    return code or _each(_book(record), lambda path: conversion.decrypt_book(path, key), done)


def _key(record: Path, *, may_make: bool) -> bytes:
    """Return the record's key; none is made where something is encrypted already."""
    files = (record, *swap.old_epochs(record))
    begun = any(form_for_looking(path).encrypted for path in files)
    return record_key(key_vault(record), may_make=may_make and not begun)[0]


def _records(record: Path) -> tuple[Path, ...]:
    return (record, *swap.old_epochs(record))


def _book(record: Path) -> tuple[Path, ...]:
    """Return the book beside it, where there is one: it opens by the record's key."""
    book = book_beside(record)
    return (book,) if book.exists() else ()


def _each(paths: Sequence[Path], convert: Callable[[Path], None], done: str) -> int:
    code = 0
    for path in paths:
        try:
            convert(path)
        except ProblemError as error:
            sys.stderr.write(f"{path}: as it was: {error}\n")
            code = 1
        else:
            sys.stdout.write(f"{path}: {done}\n")
    return code
