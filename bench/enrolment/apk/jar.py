"""The certificate of a package that has the old JAR signature only.

It is read, not proven, and proves nothing: a package may hold another's certificate besides, and
only the handset's installer goes through all of its files. Source: JAR File Specification, "Signed
JAR File" (META-INF/*.RSA, *.DSA, *.EC hold a PKCS #7 SignedData, RFC 2315 clause 9.1).
"""

from __future__ import annotations

import re
import zipfile
import zlib
from typing import BinaryIO

from bench.enrolment.apk.archive import ApkError, Layout

_LARGEST = 256 << 10
_LARGEST_DIRECTORY = 32 << 20
_SIGNATURE = re.compile(r"META-INF/[^/]+\.(RSA|DSA|EC)", re.IGNORECASE)
_UNREADABLE = (
    zipfile.BadZipFile, KeyError, OSError, RuntimeError, ValueError, EOFError, zlib.error,
)  # fmt: skip
"""What zipfile raises over the years for archives that are not in order."""


def jar_certificate(file: BinaryIO, layout: Layout) -> bytes:
    """Return the signer's certificate (DER); raises `ApkError` where there is no signature."""
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - seldom needed
        Encoding,
        pkcs7,
    )

    data = _signature(file, layout)
    try:
        found = pkcs7.load_der_pkcs7_certificates(data)
        issuers = {one.issuer for one in found if one.issuer != one.subject}
        own = [one for one in found if len(found) == 1 or one.subject not in issuers]
    except ValueError:
        raise ApkError("its JAR signature cannot be read") from None
    if len(own) != 1:
        raise ApkError("its JAR signature does not say which certificate is the signer's")
    return own[0].public_bytes(Encoding.DER)


def _signature(file: BinaryIO, layout: Layout) -> bytes:
    if layout.end - layout.directory > _LARGEST_DIRECTORY:
        raise ApkError("its directory is too large to be looked through")
    try:
        with zipfile.ZipFile(file) as archive:
            names = sorted(name for name in archive.namelist() if _SIGNATURE.fullmatch(name))
            if not names:
                raise ApkError("nobody signed it")
            with archive.open(names[0]) as member:
                data = member.read(_LARGEST + 1)
    except _UNREADABLE:
        raise ApkError("its archive cannot be read") from None
    if len(data) > _LARGEST:
        raise ApkError("its JAR signature has an impossible size")
    return data
