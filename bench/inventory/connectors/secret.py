"""Where a connector's secret is read from: by name among the secrets, or a file by its path."""

from __future__ import annotations

from pathlib import Path

from bench.custody.keys.systemd_creds import SystemdCreds
from bench.enrolment.secrets.places import MOST_BYTES
from bench.enrolment.secrets.store import SecretStore
from bench.inventory.connectors.filed import unusable
from bench.ports import Secrets

_OTHERS = 0o077


def kept_beside(file: Path, handed_in: Path | None = None) -> Secrets:
    """Return the secrets in the folder `secrets` beside the file of connectors.

    `handed_in` is the folder in which systemd hands credentials in, which come first.
    """
    return SecretStore(file.with_name("secrets"), SystemdCreds(), handed_in)


def secret_of(named: str, secrets: Secrets) -> str:
    """Return a secret without white space around it; blocks.

    `ProblemError` SECRET_MISSING, SECRET_UNUSABLE, or CONNECTORS_UNUSABLE for a file that others
    may read.
    """
    if not named.startswith("/"):
        return secrets.secret(named).strip()
    path = Path(named)
    try:
        if path.stat().st_mode & _OTHERS:
            raise unusable(f"{path.name}: others may read it: chmod 600 it")
        with path.open("rb") as file:
            return file.read(MOST_BYTES).decode().strip()
    except OSError as error:
        raise unusable(f"{path.name}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise unusable(f"{path.name}: it is no text") from None
