"""`ledger encrypt` and `ledger decrypt`: a record and the epochs before it, turned in their place.

No bench may be using them. Backups stay as they are: those made before are plain.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from bench.command_line.forms import form_for_looking, key_vault
from bench.custody.encrypted import conversion
from bench.custody.epochs import swap
from bench.custody.keys.secrets import record_key
from bench.problems import ProblemError

_BACKUPS = "backups that were made before stay as they are"


def encrypt(record: Path) -> int:
    """Encrypt a record and its earlier epochs, say what came of each; exit code 0 or 1."""
    key = _key(record, may_make=True)
    return _each(record, lambda path: conversion.encrypt(path, key), f"encrypted; {_BACKUPS}")


def decrypt(record: Path) -> int:
    """Make them plain again; the key stays, for backups that need it."""
    key = _key(record, may_make=False)
    return _each(record, lambda path: conversion.decrypt(path, key), f"plain; {_BACKUPS}")


def _key(record: Path, *, may_make: bool) -> bytes:
    """Return the record's key; none is made where something is encrypted already."""
    files = (record, *swap.old_epochs(record))
    begun = any(form_for_looking(path).encrypted for path in files)
    return record_key(key_vault(record), may_make=may_make and not begun)[0]


def _each(record: Path, convert: Callable[[Path], None], done: str) -> int:
    code = 0
    for path in (record, *swap.old_epochs(record)):
        try:
            convert(path)
        except ProblemError as error:
            sys.stderr.write(f"{path}: as it was: {error}\n")
            code = 1
        else:
            sys.stdout.write(f"{path}: {done}\n")
    return code
