"""Who signed an Android package, as a profile and a provisioning payload say it.

The checksum is the SHA-256 of the signer's certificate (DER), in Base64 for URLs without padding:
what `PROVISIONING_DEVICE_ADMIN_SIGNATURE_CHECKSUM` wants (AOSP `DevicePolicyManager`, `EXTRA_
PROVISIONING_DEVICE_ADMIN_SIGNATURE_CHECKSUM`). Reads the whole file: call it in a thread.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from bench.enrolment.apk.archive import ApkError, layout_of
from bench.enrolment.apk.block import signers
from bench.enrolment.apk.jar import jar_certificate
from bench.enrolment.apk.lineage import certificates
from bench.enrolment.apk.proof import prove
from bench.enrolment.payload.checksum import wrong_with_checksum

_HEX = re.compile(r"[0-9A-Fa-f]{64}|[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){31}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed a package; `proven` is whether the signature was checked, not only read.

    One that was only read proves nothing: anybody can put another's certificate into a package.
    `checksums` has the signer's key, and before it each older one that it proves to have had.
    """

    checksums: tuple[str, ...]
    proven: bool

    def against(self, wanted: str) -> str:
        """Return what speaks against its being signed by whom `wanted` names, "" for nothing."""
        if not self.proven:
            return "its signature is of the old kind only, which this bench cannot prove"
        return "" if wanted in self.checksums else f"its signer is {self.checksum}, not {wanted}"

    @property
    def checksum(self) -> str:
        """The one to write into a profile."""
        return self.checksums[0]


def signature_of(path: Path) -> Signature:
    """Read and prove who signed a package; raises `ApkError`, also where it cannot be read."""
    try:
        with path.open("rb") as file:
            layout = layout_of(file)
            if not layout.block:
                return Signature((checksum(jar_certificate(file, layout)),), proven=False)
            found = signers(layout.block)
            if not found:
                raise ApkError("its signing block holds no signature")
            line = certificates(found)
            for signer in found:
                prove(signer, file, layout)
    except OSError as error:
        raise ApkError(error.strerror or "it cannot be read") from None
    return Signature(tuple(checksum(each) for each in line), proven=True)


def checksum_of(path: Path) -> str:
    """Return the checksum of who signed a package; raises `ApkError`."""
    return signature_of(path).checksum


def checksum(certificate: bytes) -> str:
    """Return the checksum of a certificate (DER)."""
    digest = hashlib.sha256(certificate).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def parse_checksum(text: str) -> str:
    """Return a checksum as it is written here, from Base64 or hexadecimal; else `ValueError`.

    Hexadecimal is how other tools print a certificate's SHA-256; a handset takes Base64 only.
    """
    if _HEX.fullmatch(text):
        digest = bytes.fromhex(text.replace(":", ""))
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    bare = text.removesuffix("=")
    if wrong := wrong_with_checksum(bare):
        raise ValueError(f"it is no SHA-256 of a certificate: {wrong}")
    return bare
