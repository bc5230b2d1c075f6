"""How a secret is kept, and which secrets there are. Pure.

A sealed secret is an encrypted credential of systemd (systemd.io/CREDENTIALS, systemd-creds(1)):
Base64 of a binary form whose first 16 bytes say which keys open it.
"""

from __future__ import annotations

import base64
import binascii
from enum import Enum, StrEnum
from pathlib import Path


class Sealing(StrEnum):
    """What must be at hand to read a secret, the strongest first."""

    TPM2 = "tpm2"
    """This computer's security chip: a copy of its disk is not enough."""
    HOST = "host"
    """This computer's own key, on the same computer: a copy of the whole disk will do."""
    HANDED_IN = "handed-in"
    """systemd opened it for this service and handed it in; how it is sealed, its unit says."""
    FILE = "file"
    """A file that only its owner may read: a copy of that file will do."""


class Secret(Enum):
    """A secret of a bench: the name it is sealed and handed in under, and how its file ends."""

    BENCH_KEY = ("bench-key", ".key")
    """Signs events: Ed25519 as PKCS 8 PEM."""
    PEPPER = ("bench-pepper", ".pepper")
    """Goes into each PIN's hash, so that a stolen record does not give the PINs away: 32 bytes."""
    RECORD_KEY = ("bench-record-key", ".dbkey")
    """Encrypts the record, where that is set: 32 bytes."""

    @property
    def credential(self) -> str:
        """The name under which systemd knows it; it is bound into the sealed form."""
        return self.value[0]

    def named(self, epoch: int) -> str:
        """The name of it in an epoch.

        The bench's key is another one in each, because a log is known by its key
        (c2sp.org/tlog-policy).
        """
        own = self is Secret.BENCH_KEY and epoch > 1
        return f"{self.credential}-e{epoch}" if own else self.credential

    def file(self, record: Path, epoch: int = 1) -> Path:
        """Where it lies in the clear, beside its record."""
        if self is Secret.BENCH_KEY and epoch > 1:
            record = record.with_name(f"{record.stem}-e{epoch}{record.suffix}")
        return record.with_suffix(self.value[1])

    def sealed_file(self, record: Path, epoch: int = 1) -> Path:
        """Where it lies sealed, beside its record."""
        return self.file(record, epoch).with_suffix(f"{self.value[1]}.cred")


class SealError(ValueError):
    """A sealed secret is not what it should be."""


_TPM2 = frozenset(
    bytes.fromhex(text)
    for text in (
        "0c7cc07b117645919c4b0bea08bc20fe",
        "faf7eb9341e3412ca1a436f95a29362f",
        "93a894094874449090caf2fc93cab553",
        "af4950a849134eb1a73846304ff30c05",
    )
)
_NOTHING = bytes.fromhex("058469daf6f54324800549da0f8ea2fb")
"""Source of both: systemd, src/shared/creds-util.h, CRED_AES256_GCM_BY_… (252 to 257)."""
_ID = 16


def sealing_of(credential: bytes) -> Sealing:
    """Say what opens a sealed secret; one of a kind not known here counts as the weaker HOST.

    Raises `SealError` for what is no sealed secret, and for one "sealed" with a key that everybody
    knows, which systemd opens on a computer without a TPM.
    """
    try:
        raw = base64.b64decode(credential, validate=False)
    except binascii.Error as error:
        raise SealError("it is no sealed secret") from error
    if len(raw) <= _ID:
        raise SealError("it is no sealed secret")
    if raw[:_ID] == _NOTHING:
        raise SealError("it is sealed with a key that everybody knows")
    return Sealing.TPM2 if raw[:_ID] in _TPM2 else Sealing.HOST
