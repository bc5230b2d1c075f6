"""`secret …`: keeps, lists and forgets what profiles and settings name; none is ever shown.

Each returns an exit code: 0 done, 1 refused (said on standard error).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from bench.command_line.decisions import said
from bench.command_line.people_desk import AnswerError, Asking
from bench.custody.keys.sealing import Sealing
from bench.custody.keys.systemd_creds import SystemdCreds
from bench.enrolment.secrets.places import MOST_BYTES
from bench.enrolment.secrets.store import SecretError, SecretStore, folder_beside

_HOW = {
    Sealing.TPM2: "sealed to this computer's security chip",
    Sealing.HOST: "sealed with this computer's own key",
    Sealing.HANDED_IN: "handed in by systemd",
    Sealing.FILE: "in a file that only its owner may read",
    None: "not usable: keep it anew with secret set",
}


def store_of(record: Path) -> SecretStore:
    """Return the secrets of the bench with that record."""
    handed_in = os.environ.get("CREDENTIALS_DIRECTORY")
    where = Path(handed_in) if handed_in else None
    return SecretStore(folder_beside(record), SystemdCreds(), where)


def set_secret(store: SecretStore, name: str, value: Callable[[], str]) -> int:
    """Keep what `value` gives under a name, in the place of what had it."""

    def work() -> str:
        try:
            return f"{name}: kept, {_HOW[store.keep(name, value())]}"
        except SecretError as error:
            raise AnswerError(str(error)) from error

    return said(work)


def list_secrets(store: SecretStore) -> int:
    """Say the names of the secrets there are, and how each is kept."""

    def work() -> str:
        lines = [f"{each.name}  {_HOW[each.sealing]}" for each in store.kept()]
        return "\n".join(lines) or "no secret is kept here"

    return said(work)


def forget_secret(store: SecretStore, name: str) -> int:
    """Destroy a secret."""

    def work() -> str:
        try:
            found = store.forget(name)
        except SecretError as error:
            raise AnswerError(str(error)) from error
        if not found:
            raise AnswerError("There is none of that name that this program keeps.")
        return f"{name}: forgotten"

    return said(work)


def typed(ask: Asking) -> str:
    """Ask twice for a secret on a terminal, without showing it."""
    value = ask.hidden("The secret: ")
    if ask.hidden("The same again: ") != value:
        raise AnswerError("The two differ.")
    return value


def read_to_end(stream: BinaryIO) -> str:
    """Take a secret from a pipe or file, without the line end that it may have."""
    content = stream.read(MOST_BYTES + 2)
    try:
        return content.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        content = b""
    # raised out here: the exception of decoding holds what was read
    raise AnswerError("A secret is text in UTF-8.")
