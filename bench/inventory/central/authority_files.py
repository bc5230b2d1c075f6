"""Where the centre's authority lies on disk: a folder for its owner only, keys for nobody else.

`ca.crt` is what benches trust; `ca.key` signs, and whoever has it can pass for any bench or for the
centre: it belongs on no server that a bench reaches, and into a safe as a copy.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bench.custody.durable import sync_folder, write_through
from bench.identity.plain import plain
from bench.inventory.central.certificates import Authority, Identity
from bench.problems import Problem, ProblemCode, ProblemError

TRUST, _KEY, SERVER = "ca.crt", "ca.key", "server"
_FOLDER_MODE, _OTHERS, _PUBLIC_MODE = 0o700, 0o077, 0o644
_SOON = timedelta(days=30)
"""A server's certificate that ends this soon is made anew."""


@dataclass(frozen=True, slots=True)
class Files:
    """Where a certificate and its key lie."""

    certificate: Path
    key: Path


def begin(folder: Path, name: str, now: datetime) -> Authority:
    """Return the authority in a folder; made, with the folder, where there is none."""
    if (folder / _KEY).exists() or (folder / TRUST).exists():
        return read(folder)
    authority = Authority.begin(name, now)
    with _on_disk(folder):
        folder.mkdir(_FOLDER_MODE, parents=True, exist_ok=True)
        folder.chmod(_FOLDER_MODE)
        _put(folder / _KEY, authority.identity.key)
        _put(folder / TRUST, authority.identity.certificate, _PUBLIC_MODE)
    return authority


def read(folder: Path) -> Authority:
    """Return the authority in a folder; `ProblemError` where it is none, or others may read it."""
    with _on_disk(folder):
        certificate, key = (folder / TRUST).read_bytes(), (folder / _KEY).read_bytes()
        if (folder / _KEY).stat().st_mode & _OTHERS:
            raise _unusable(folder, f"others than its owner may read {_KEY}")
    try:
        its = x509.load_pem_x509_certificate(certificate)
        ours = load_pem_private_key(key, None)
    except (ValueError, TypeError):
        # whatever it is, the reason could quote a key
        raise _unusable(folder, "its certificate or key cannot be read") from None
    if not isinstance(ours, ec.EllipticCurvePrivateKey) or ours.public_key() != its.public_key():
        raise _unusable(folder, "its key is not that of its certificate")
    return Authority(Identity(certificate, key, its.serial_number, its.not_valid_after_utc))


def server_files(folder: Path, authority: Authority, hosts: Sequence[str], now: datetime) -> Files:
    """Return the server's files, made anew where missing, ending soon, or of other hosts."""
    files = _files(folder, SERVER)
    with _on_disk(folder):
        if not (files.key.exists() and _still_serves(files.certificate, hosts, now)):
            keep(folder, SERVER, authority.server(hosts, now))
    return files


def keep(folder: Path, name: str, identity: Identity) -> Files:
    """Put a certificate and its key (for their owner only) in a folder, for older ones."""
    files = _files(folder, name)
    with _on_disk(folder):
        folder.mkdir(_FOLDER_MODE, parents=True, exist_ok=True)
        _put(files.key, identity.key)
        _put(files.certificate, identity.certificate, _PUBLIC_MODE)
    return files


@contextmanager
def laid_ready(folder: Path, name: str, identity: Identity) -> Iterator[Files]:
    """Have a certificate and its key beside older ones, which they replace when all went well.

    A disk that has no room says so on entering; what fails inside leaves the older ones.
    """
    ready, files = folder / f".{name}.{os.getpid()}.ready", _files(folder, name)
    try:
        laid = keep(ready, name, identity)
        yield files
        with _on_disk(folder):
            laid.key.replace(files.key)
            laid.certificate.replace(files.certificate)
            sync_folder(folder)
    finally:
        shutil.rmtree(ready, ignore_errors=True)


def refuse_kept(folder: Path, name: str) -> None:
    """Raise `ProblemError` where files of that name are in the folder already."""
    files = _files(folder, name)
    for path in (files.certificate, files.key):
        if path.exists():
            raise _unusable(path, "there is such a file; nothing was changed")


def put_text(path: Path, text: str) -> None:
    """Put a text that holds no secret into a file, whole, in place of an older one."""
    with _on_disk(path):
        _put(path, text.encode(), _PUBLIC_MODE)


def _still_serves(path: Path, hosts: Sequence[str], now: datetime) -> bool:
    try:
        its = x509.load_pem_x509_certificate(path.read_bytes())
        names = its.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, OSError, x509.ExtensionNotFound):
        return False
    return its.not_valid_after_utc > now + _SOON and [str(each.value) for each in names] == [*hosts]


def _files(folder: Path, name: str) -> Files:
    return Files(folder / f"{name}.crt", folder / f"{name}.key")


def _put(path: Path, content: bytes, mode: int | None = None) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        write_through(draft, content)
        if mode is not None:
            draft.chmod(mode)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(path.parent)


@contextmanager
def _on_disk(where: Path) -> Iterator[None]:
    """Turn what a disk refuses into a problem that names the place."""
    try:
        yield
    except OSError as error:
        raise _unusable(where, error.strerror or type(error).__name__) from None


def _unusable(where: Path, detail: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.CENTRE_UNUSABLE, plain(str(where)), detail))
