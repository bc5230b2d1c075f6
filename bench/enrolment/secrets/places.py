"""Where one secret lies: handed in by systemd, else sealed, else in a file for its owner alone.

It blocks: on the disk, and for some 30 ms while systemd-creds works. A secret that is kept anew
takes the place of the old one in one step, so that there is always one of them, whole.
"""

from __future__ import annotations

import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from bench.custody import durable
from bench.custody.keys.sealing import SealError, Sealing, sealing_of
from bench.custody.keys.systemd_creds import SystemdCreds
from bench.enrolment.secrets.name import credential_of

_OTHERS = 0o077
SEALED, CLEAR = ".cred", ".secret"
"""How the files end."""
MOST_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class Places:
    """The places of the secret `name`; `handed_in` is systemd's `$CREDENTIALS_DIRECTORY`."""

    folder: Path
    name: str
    creds: SystemdCreds
    handed_in: Path | None

    def sealing(self) -> Sealing | None:
        """Say how it is kept, without opening it; None where there is none.

        Raises `OSError`, and `SealError` for a sealed file that is none.
        """
        if self._handed is not None and self._handed.exists():
            return Sealing.HANDED_IN
        if self._sealed.exists():
            return sealing_of(self._sealed.read_bytes())
        return Sealing.FILE if self._clear.exists() else None

    def read(self) -> bytes | None:
        """Return it; None where there is none. Raises `OSError` and `SealError`."""
        if self._handed is not None and self._handed.exists():
            return self._handed.read_bytes()
        if self._sealed.exists():
            return self.creds.unseal(credential_of(self.name), self._sealed.read_bytes())
        return _read_own(self._clear) if self._clear.exists() else None

    def write(self, secret: bytes) -> Sealing:
        """Keep it, sealed as well as this computer can, and say how; raises `OSError`."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for sealing in self.creds.offers():
            try:
                sealed = self.creds.seal(credential_of(self.name), secret, sealing)
            except SealError:
                continue
            _replace(self._sealed, sealed)
            _destroy(self._clear)
            return sealing_of(sealed)
        _replace(self._clear, secret)
        self._sealed.unlink(missing_ok=True)
        durable.sync_folder(self.folder)
        return Sealing.FILE

    def remove(self) -> bool:
        """Destroy what lies here, and say whether anything did; raises `OSError`."""
        found = self._sealed.exists() or self._clear.exists()
        for path in (self._sealed, self._clear):
            _destroy(path)
        return found

    @property
    def _handed(self) -> Path | None:
        return self.handed_in / credential_of(self.name) if self.handed_in else None

    @property
    def _sealed(self) -> Path:
        return self.folder / (self.name + SEALED)

    @property
    def _clear(self) -> Path:
        return self.folder / (self.name + CLEAR)


def _read_own(path: Path) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as file:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise SealError("it is no file")
        if stat.S_IMODE(mode) & _OTHERS:
            raise SealError("others may read it: chmod 600 it")
        return file.read(MOST_BYTES + 1)


def _replace(path: Path, content: bytes) -> None:
    """Put a new file in the place of the old one, which is then overwritten where it lies."""
    _sweep(path)
    draft, old = _beside(path), _beside(path)
    try:
        durable.write_through(draft, content)
        if path.exists():
            old.hardlink_to(path)
        draft.replace(path)
        durable.sync_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)
        if old.exists():
            _remove_stray(old, path)


def _destroy(path: Path) -> None:
    _sweep(path)
    if path.exists():
        path.chmod(durable.OWNER_ONLY)
        durable.destroy(path)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(8)}")


def _sweep(path: Path) -> None:
    """Remove what programs that were cut short left beside it."""
    for stray in path.parent.glob(f".{path.name}.*"):
        _remove_stray(stray, path)


def _remove_stray(stray: Path, path: Path) -> None:
    """Destroy a file, unless it is a second name of `path`, which would be overwritten with it."""
    if path.exists() and stray.samefile(path):
        stray.unlink()
    else:
        stray.chmod(durable.OWNER_ONLY)
        durable.destroy(stray)
