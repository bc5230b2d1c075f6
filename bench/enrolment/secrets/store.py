"""The secrets of a bench by name, as the bench reads them and as somebody keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.custody.keys.sealing import SealError, Sealing
from bench.custody.keys.systemd_creds import SystemdCreds
from bench.enrolment.secrets.name import is_name, named_by
from bench.enrolment.secrets.places import CLEAR, MOST_BYTES, SEALED, Places
from bench.problems import Problem, ProblemCode, ProblemError


class SecretError(ValueError):
    """A secret cannot be kept or forgotten; the text says why and never what."""


@dataclass(frozen=True, slots=True)
class KeptSecret:
    """A secret that is kept: its name, and how; None where what lies there is none."""

    name: str
    sealing: Sealing | None


def folder_beside(record: Path) -> Path:
    """Return where the secrets of the bench with that record lie."""
    return record.with_name("secrets")


class SecretStore:
    """Implements `Secrets`; the folder is made when the first secret is kept.

    `handed_in` is the folder that systemd names in `$CREDENTIALS_DIRECTORY`: a credential
    `enrolment-NAME` there comes before all else. What was read stays in memory, and `secret` gives
    that; `reread` looks again. Whatever reads or keeps a secret blocks on the disk and while
    systemd-creds works, 20 seconds at most: not for the bench's loop.
    """

    def __init__(self, folder: Path, creds: SystemdCreds, handed_in: Path | None = None) -> None:
        self._folder = folder
        self._creds = creds
        self._handed_in = handed_in
        self._read: dict[str, str] = {}

    def secret(self, name: str) -> str:
        """Return a secret, read now unless it was read or kept before; blocks the first time.

        `ProblemError` SECRET_MISSING where there is none of that name, SECRET_UNUSABLE for one that
        cannot be opened, that others may read, or that is no text.
        """
        if name not in self._read:
            found = self._found(name)
            if isinstance(found, Problem):
                raise ProblemError(found)
            self._read[name] = found
        return self._read[name]

    def reread(self, name: str) -> str:
        """Return a secret as it is kept now, also by others; blocks, and raises as `secret`."""
        self._read.pop(name, None)
        return self.secret(name)

    # ── for whoever keeps them ──────────────────────────────────────────────────────────────────
    def keep(self, name: str, value: str) -> Sealing:
        """Keep a secret in the place of the one of that name, and say how it is sealed.

        Raises `SecretError`; then what was there is there.
        """
        _check(name, value)
        places = self._places(name)
        try:
            if places.sealing() is Sealing.HANDED_IN:
                raise SecretError(f"systemd hands in {name}: change it where its unit is set up.")
        except SealError:
            pass  # what lies there is no secret: it is replaced
        except OSError as error:
            raise SecretError(f"{name}: {error.strerror}.") from error
        return self._written(places, value)

    def kept(self) -> tuple[KeptSecret, ...]:
        """Return the secrets there are, by name, without opening any."""
        found = {file.stem for file in _files(self._folder) if file.suffix in (SEALED, CLEAR)}
        found |= {named_by(file.name) for file in _files(self._handed_in)}
        return tuple(
            KeptSecret(name, self._sealing(name)) for name in sorted(filter(is_name, found))
        )

    def forget(self, name: str) -> bool:
        """Destroy a secret, and say whether there was one; raises `SecretError`."""
        _check(name, "-")
        self._read.pop(name, None)
        try:
            return self._places(name).remove()
        except OSError as error:
            raise SecretError(f"{name}: {error.strerror}.") from error

    # ── reading and writing ─────────────────────────────────────────────────────────────────────
    def _places(self, name: str) -> Places:
        return Places(self._folder, name, self._creds, self._handed_in)

    def _found(self, name: str) -> str | Problem:
        if not is_name(name):
            return Problem(ProblemCode.SECRET_MISSING)
        try:
            content = self._places(name).read()
        except (OSError, SealError) as error:
            return Problem(ProblemCode.SECRET_UNUSABLE, name, _reason(error))
        if content is None:
            return Problem(ProblemCode.SECRET_MISSING, name)
        return _text(name, content)

    def _written(self, places: Places, value: str) -> Sealing:
        try:
            sealing = places.write(value.encode())
        except OSError as error:
            raise SecretError(f"{places.name}: {error.strerror}.") from error
        self._read[places.name] = value
        return sealing

    def _sealing(self, name: str) -> Sealing | None:
        try:
            return self._places(name).sealing()
        except (OSError, SealError):
            return None


def _check(name: str, value: str) -> None:
    if not is_name(name):
        raise SecretError("Its name is at most 40 small letters, digits and hyphens.")
    if not value.strip():
        raise SecretError("There is nothing to keep.")
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        size = MOST_BYTES + 1
    if size > MOST_BYTES or "\0" in value:
        raise SecretError(f"A secret is text of at most {MOST_BYTES} bytes.")


def _text(name: str, content: bytes) -> str | Problem:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return Problem(ProblemCode.SECRET_UNUSABLE, name, "it is no text")
    if not text or len(content) > MOST_BYTES:
        return Problem(ProblemCode.SECRET_UNUSABLE, name, "it is empty or too long")
    return text


def _reason(error: OSError | SealError) -> str:
    return error.strerror or "it cannot be read" if isinstance(error, OSError) else str(error)


def _files(folder: Path | None) -> tuple[Path, ...]:
    try:
        return tuple(folder.iterdir()) if folder else ()
    except OSError:
        return ()
