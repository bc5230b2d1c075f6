"""How a record is kept, plain or encrypted, and what opens it: told by its file and its key.

To tell it, the file's first bytes are read, and closing it drops every lock that this program has
on it: it is told before a record is opened, and handed on from there.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.custody.database import PLAIN, Opener
from bench.custody.epochs import swap
from bench.custody.keys.sealing import Secret
from bench.custody.keys.secrets import record_key
from bench.custody.keys.systemd_creds import SystemdCreds
from bench.custody.keys.vault import Vault
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import sqlite3

    from bench.custody.backup.trial import Form
    from bench.custody.encrypted.connection import EncryptedForm
    from bench.custody.verification import Progress, Verdict

ENCRYPT, DECRYPT = "staging-bench ledger encrypt", "staging-bench ledger decrypt"


@dataclass(frozen=True, slots=True)
class RecordForm:
    """What opens and verifies one record; `encrypted` is None for a plain one."""

    encrypted: EncryptedForm | None = None

    @property
    def opener(self) -> Opener:
        """How its file is opened."""
        return self.encrypted.opener if self.encrypted else PLAIN

    @property
    def form(self) -> Form:
        """The same for backups, upkeep and epochs, which also verify."""
        from bench.custody.backup import trial  # noqa: PLC0415 - loads what verifies

        form = self.encrypted
        return trial.Form(form.read, form.verify, form.opener) if form else trial.PLAIN

    def verify(self, path: Path, *, thorough: bool, progress: Progress) -> Verdict:
        """As `verify_file`; raises `ProblemError` when the key does not open it."""
        from bench.custody.verification import verify_file  # noqa: PLC0415 - as above

        verify = self.encrypted.verify if self.encrypted else verify_file
        return verify(path, thorough=thorough, progress=progress)


PLAIN_RECORD = RecordForm()


def form_of(record: Path) -> RecordForm:
    """Return what opens the record that lies there; plain where there is none.

    Raises `ProblemError` (KEY_UNUSABLE) for an encrypted one whose key is not beside it.
    """
    return _encrypted(record) if _is_encrypted(record) else PLAIN_RECORD


def form_for_looking(record: Path) -> RecordForm:
    """As `form_of`; without a key what is not plain is taken for a plain one that was damaged."""
    if not _is_encrypted(record) or _home(record).kept(Secret.RECORD_KEY) is None:
        return PLAIN_RECORD
    return _encrypted(record)


def form_if_usable(record: Path) -> RecordForm:
    """As `form_for_looking`, and the same with a key that cannot be used."""
    try:
        return form_for_looking(record)
    except ProblemError:
        return PLAIN_RECORD


def form_for_other(other: Path, form: RecordForm) -> RecordForm:
    """Return what opens a copy that lies elsewhere: its own key, else that of the record."""
    if not _is_encrypted(other):
        return PLAIN_RECORD
    return form_for_looking(other) if form_for_looking(other).encrypted else form


def form_to_restore(backup: Path, target: Path) -> RecordForm:
    """Return what opens a backup that is brought to `target`: its own key, else the one there.

    Raises `ProblemError` (KEY_UNUSABLE) for an encrypted one where there is neither.
    """
    if not _is_encrypted(backup):
        return PLAIN_RECORD
    own = form_for_looking(backup)
    return own if own.encrypted else _encrypted(target)


def form_of_epochs(record: Path, restored: Path | None = None) -> Form:
    """Return what opens and verifies a record and the epochs before it, each as it is kept.

    `restored` is a backup of it that lies here too. A new file is opened as the record is; where
    that is lost, as any of the others.
    """
    from bench.custody.backup.trial import Form  # noqa: PLC0415 - as above

    forms = {path: form_for_looking(path) for path in swap.old_epochs(record)}
    own = forms[swap.in_effect(record)] = form_for_looking(record)
    if is_new(record):
        own = next((each for each in forms.values() if each.encrypted), own)
    if restored is not None:
        forms[restored] = form_for_other(restored, own)

    def connect(path: Path) -> sqlite3.Connection:
        return forms.get(path, own).opener.read(path)

    def verify(
        path: Path, *, public_key: bytes | None = None, progress: Progress = lambda _: None
    ) -> Verdict:
        form = forms.get(path, own).form
        return form.verify(path, public_key=public_key, progress=progress)

    return Form(connect, verify, own.opener)


def form_for_bench(record: Path, *, encrypted: bool, seals_new: bool = False) -> RecordForm:
    """Return what a bench opens its record with, by its settings; may make the record's key.

    Raises `ProblemError`: LEDGER_UNUSABLE for a record of the other form, which says how to turn it
    into this one; KEY_UNUSABLE. The record's folder exists. It may block for a second.
    """
    vault = key_vault(record, seals_new=seals_new)
    if not encrypted and vault.kept(Secret.RECORD_KEY) is None:
        return PLAIN_RECORD
    if is_new(record):
        may_make = not swap.old_epochs(record)
        return _under(record_key(vault, may_make=may_make)[0]) if encrypted else PLAIN_RECORD
    if encrypted and not _is_encrypted(record):
        raise _other_form(record, f"it is not encrypted, as it is to be: {ENCRYPT} {record}")
    if not encrypted and _is_encrypted(record):
        raise _other_form(record, f"it is encrypted, and is not to be: {DECRYPT} {record}")
    return _encrypted(record) if encrypted else PLAIN_RECORD


def key_vault(record: Path, *, seals_new: bool = False) -> Vault:
    """Return where the secrets of a record lie that are the same in each epoch."""
    handed_in = os.environ.get("CREDENTIALS_DIRECTORY")
    where = Path(handed_in) if handed_in else None
    return Vault(record, SystemdCreds(), where, seals_new=seals_new)


def is_new(record: Path) -> bool:
    """Whether a record has still to be begun there."""
    file = swap.in_effect(record)
    return not file.exists() or not file.stat().st_size


def _is_encrypted(record: Path) -> bool:
    """Whether it is something other than a plain database; what cannot be read is not told here."""
    from bench.custody.encrypted.connection import is_plain  # noqa: PLC0415 - loads what verifies

    try:
        return not is_new(record) and not is_plain(swap.in_effect(record))
    except OSError:
        return False


def _encrypted(record: Path) -> RecordForm:
    return _under(record_key(_home(record), may_make=False)[0])


def _home(record: Path) -> Vault:
    """Return where its key is: an epoch that was set aside has that of the one that goes on."""
    own, later = key_vault(record), swap.successor(record)
    if later is None or own.kept(Secret.RECORD_KEY) is not None:
        return own
    return key_vault(later)


def _under(key: bytes) -> RecordForm:
    from bench.custody.encrypted.connection import EncryptedForm  # noqa: PLC0415 - as above

    return RecordForm(EncryptedForm(key))


def _other_form(record: Path, detail: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.LEDGER_UNUSABLE, record.name, detail))
