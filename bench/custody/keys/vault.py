"""Where the secrets of a record lie, each in one of three places, and how they are sealed later.

Handed in by systemd; else sealed beside the record; else in a file there that only its owner may
read. It blocks while systemd-creds works: call it before the bench's loop runs, or on a thread.
"""

from __future__ import annotations

import hmac
import os
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bench.custody import durable
from bench.custody.keys.sealing import SealError, Sealing, Secret, sealing_of
from bench.custody.keys.systemd_creds import SystemdCreds
from bench.problems import Problem, ProblemCode, ProblemError

_OTHERS = 0o077


@dataclass(frozen=True, slots=True)
class Opened:
    """A secret in the clear, which never shows itself, and how it is kept."""

    secret: bytes = field(repr=False)
    sealing: Sealing


class Vault:
    """The secrets of one record, in its present epoch.

    `handed_in` is the folder that systemd names in `$CREDENTIALS_DIRECTORY`. With `seals_new` a
    secret that has to be made is sealed at once, as well as this computer can.
    """

    def __init__(
        self,
        record: Path,
        creds: SystemdCreds,
        handed_in: Path | None = None,
        *,
        epoch: int = 1,
        seals_new: bool = False,
    ) -> None:
        self._record = record
        self._epoch = epoch
        self._creds = creds
        self._handed_in = handed_in
        self._seals_new = seals_new

    def open(self, secret: Secret, make: Callable[[], bytes] | None = None) -> Opened:
        """Return the secret; where there is none, `make` one, which comes to lie there whole.

        Raises `ProblemError` (KEY_UNUSABLE) for one that cannot be opened, that others may read, or
        that is nowhere when `make` is None. A new one never replaces another.
        """
        path = self._file(secret)
        try:
            if self._kept(secret) is None:
                if make is None:
                    raise _unusable(path, "there is none")
                self._keep_new(secret, make())
            return self._opened(secret)
        except (OSError, SealError) as error:
            raise _unusable(path, str(error)) from error

    def kept(self, secret: Secret) -> Sealing | None:
        """Say how the secret is kept, without opening it; None where there is none.

        Raises `ProblemError` (KEY_UNUSABLE) where that cannot be told.
        """
        try:
            return self._kept(secret)
        except (OSError, SealError) as error:
            raise _unusable(self._file(secret), str(error)) from error

    def in_the_clear(self, secret: Secret) -> tuple[Path, ...]:
        """Return the files in which the secret lies readable beside the record."""
        path = self._file(secret)
        return tuple(each for each in (path, *_strays(path)) if each.exists())

    def seal(self, secret: Secret) -> Sealing:
        """Seal a secret that lies in the clear, then destroy what is readable; say how.

        However it is cut short, the secret can still be opened, and calling it again ends it.
        Raises `ProblemError` (KEY_UNUSABLE), for another account's secret too, which that account
        might not be able to open; then what was there is there. Not while the bench runs.
        """
        path, sealed = self._file(secret), self._sealed_file(secret)
        try:
            if not sealed.exists():
                _refuse_foreign(path)
                self._place_sealed(secret, _read_own(path))
            _refuse_other(path, self._unsealed(secret))
            _remove_all(path)
            return sealing_of(sealed.read_bytes())
        except (OSError, SealError) as error:
            raise _unusable(path, str(error)) from error

    # ── one place after the other ───────────────────────────────────────────────────────────────
    def _name(self, secret: Secret) -> str:
        return secret.named(self._epoch)

    def _file(self, secret: Secret) -> Path:
        return secret.file(self._record, self._epoch)

    def _sealed_file(self, secret: Secret) -> Path:
        return secret.sealed_file(self._record, self._epoch)

    def _kept(self, secret: Secret) -> Sealing | None:
        if self._handed(secret) is not None:
            return Sealing.HANDED_IN
        if (sealed := self._sealed_file(secret)).exists():
            return sealing_of(sealed.read_bytes())
        return Sealing.FILE if self._file(secret).exists() else None

    def _opened(self, secret: Secret) -> Opened:
        if (handed := self._handed(secret)) is not None:
            return Opened(handed.read_bytes(), Sealing.HANDED_IN)
        if (sealed := self._sealed_file(secret)).exists():
            return Opened(self._unsealed(secret), sealing_of(sealed.read_bytes()))
        return Opened(_read_own(self._file(secret)), Sealing.FILE)

    def _handed(self, secret: Secret) -> Path | None:
        file = None if self._handed_in is None else self._handed_in / self._name(secret)
        return file if file is not None and file.exists() else None

    def _unsealed(self, secret: Secret) -> bytes:
        return self._creds.unseal(self._name(secret), self._sealed_file(secret).read_bytes())

    # ── making and sealing ──────────────────────────────────────────────────────────────────────
    def _keep_new(self, secret: Secret, content: bytes) -> None:
        if self._seals_new:
            try:
                self._place_sealed(secret, content)
            except SealError:
                pass
            else:
                return
        durable.create(self._file(secret), content)

    def _place_sealed(self, secret: Secret, content: bytes) -> None:
        faults = []
        for sealing in self._creds.offers():
            try:
                credential = self._creds.seal(self._name(secret), content, sealing)
            except SealError as fault:
                faults.append(f"{sealing.value}: {fault}")
            else:
                durable.create(self._sealed_file(secret), credential)
                return
        raise SealError("; ".join(faults) or "this computer has no systemd-creds")


def _read_own(path: Path) -> bytes:
    with path.open("rb") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & _OTHERS:
            raise SealError("others may read it: chmod 600 it")
        return file.read()


def _refuse_foreign(path: Path) -> None:
    if path.stat().st_uid != os.geteuid():
        raise SealError("it belongs to another account: seal it as that one")


def _going(path: Path) -> Path:
    """Name a secret on its way out: half overwritten, it must not be taken for the secret."""
    return path.with_name(f".{path.name}.going")


def _strays(path: Path) -> list[Path]:
    """Return what programs that were cut short left of it: drafts, and one on its way out."""
    stray = re.compile(rf"\.{re.escape(path.name)}\.([0-9a-f]{{16}}|going)")
    return [each for each in path.parent.iterdir() if stray.fullmatch(each.name)]


def _refuse_other(path: Path, sealed: bytes) -> None:
    if path.exists() and not hmac.compare_digest(_read_own(path), sealed):
        raise SealError("another secret is sealed beside it")


def _remove_all(path: Path) -> None:
    """Destroy the file, renamed first, and what earlier attempts have left.

    A draft may be a second name of the finished file, which is never overwritten through it.
    """
    for draft in _strays(path.with_name(f"{path.name}.cred")):
        draft.unlink()
    for stray in _strays(path):
        if path.exists() and stray.samefile(path):
            stray.unlink()
        else:
            durable.destroy(stray)
    if path.exists():
        path.rename(_going(path))
        durable.sync_folder(path.parent)
        durable.destroy(_going(path))


def _unusable(path: Path, detail: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.KEY_UNUSABLE, path.name, detail))
