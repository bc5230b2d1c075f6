"""The ways to the central store: PostgreSQL itself, HTTPS, or files that are carried there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from bench.custody.entries import LedgerHeader
from bench.inventory.centre import Centre
from bench.problems import Problem, ProblemCode, ProblemError


class CentralWords(Protocol):
    """Where the centre is and how this bench shows who it is: `settings.CentralSettings`."""

    @property
    def address(self) -> str:
        """Its address; the scheme says which door."""
        ...

    @property
    def certificate(self) -> str:
        """This bench's certificate, a PEM file, or ""."""
        ...

    @property
    def key(self) -> str:
        """The certificate's key, a PEM file, or ""."""
        ...

    @property
    def trust(self) -> str:
        """Whom the centre's certificate is signed by, a PEM file, or ""."""
        ...

    @property
    def token(self) -> str:
        """The name of the secret for HTTPS without a certificate, or ""."""
        ...


def door_of(central: CentralWords, header: LedgerHeader, secret: Callable[[str], str]) -> Centre:
    """Return the door that an address names, for the bench of that record.

    `secret` returns a secret by its name. Raises `ProblemError`: CENTRE_UNUSABLE where address or
    files cannot be used, SECRET_MISSING, SIMULATED_NEVER_SYNCS for a simulated record and an
    address elsewhere.
    """
    match urlsplit(central.address).scheme:
        case "postgresql" | "postgres":
            _refuse_to_leave(central, header)
            return _postgres(central, header)
        case "https":
            _refuse_to_leave(central, header)
            return _https(central, header, secret)
        case "file":
            return _drop(central, header)
    raise _unusable("central.address", "give postgresql://, https:// or file:")


def _refuse_to_leave(central: CentralWords, header: LedgerHeader) -> None:
    from bench.upkeep.training import refuse_to_leave  # noqa: PLC0415 - as below

    refuse_to_leave(header, central.address, header.bench)


def _postgres(central: CentralWords, header: LedgerHeader) -> Centre:
    from bench.inventory.doors.postgres import PostgresDoor  # noqa: PLC0415 - loads psycopg

    certificate, key, trust = _files(central)
    return PostgresDoor(central.address, certificate, key, trust, header.bench)


def _https(central: CentralWords, header: LedgerHeader, secret: Callable[[str], str]) -> Centre:
    from bench.inventory.doors.https import HttpsDoor, WebPass  # noqa: PLC0415 - loads http, ssl

    shown = WebPass(
        header.bench,
        Path(central.certificate) if central.certificate else None,
        Path(central.key) if central.key else None,
        secret(central.token) if central.token else "",
        Path(central.trust) if central.trust else None,
    )
    return HttpsDoor(central.address, shown)


def _drop(central: CentralWords, header: LedgerHeader) -> Centre:
    from bench.inventory.doors.drop import DropDoor  # noqa: PLC0415 - loads x509
    from bench.inventory.drop.seal import Seal, Trust  # noqa: PLC0415 - as above

    certificate, key, trust = _files(central)
    try:
        pem = trust.read_bytes()
    except OSError as error:
        raise _unusable(trust.name, error.strerror or "it cannot be read") from error
    folder = Path(unquote(urlsplit(central.address).path))
    seal, its_trust = Seal.open(certificate, key), Trust.of(pem, trust.name)
    return DropDoor(folder, header.bench, seal, its_trust, simulated=header.simulated)


def _files(central: CentralWords) -> tuple[Path, Path, Path]:
    if not (central.certificate and central.key and central.trust):
        raise _unusable("central.certificate", "give certificate, key and trust")
    return Path(central.certificate), Path(central.key), Path(central.trust)


def _unusable(where: str, detail: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.CENTRE_UNUSABLE, where, detail))
