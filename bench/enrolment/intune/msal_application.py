"""msal's application of one address: how it proves itself, what it asks for, what it remembers."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from bench.enrolment.intune.address import origin
from bench.enrolment.intune.msal_line import MsalLine
from bench.enrolment.intune.permissions import Permission
from bench.enrolment.intune.troubles import trouble
from bench.ports import ManagementAddress
from bench.problems import ProblemCode

_PEM = r"-----BEGIN {0}-----.+?-----END {0}-----"
_KEYS = re.compile(_PEM.format("[A-Z ]*PRIVATE KEY"), re.DOTALL)
_CERTIFICATES = re.compile(_PEM.format("CERTIFICATE"), re.DOTALL)


def application(address: ManagementAddress, line: MsalLine, kept: str) -> tuple[Any, Any]:
    """Make the application and its cache, which begins with what was `kept`.

    It asks the authority where tokens are given out: call it on msal's thread. SECRET_UNUSABLE for
    a key that is none.
    """
    import msal  # noqa: PLC0415 - with cryptography a tenth of a second, for Intune alone

    # its cache logs what it is told word for word, a device code among it
    logging.getLogger("msal.token_cache").setLevel(logging.WARNING)
    cache = msal.SerializableTokenCache()
    with suppress(ValueError):  # what was kept is spoilt: whoever it was signs in again
        cache.deserialize(kept or None)
    kind = msal.ConfidentialClientApplication if address.key else msal.PublicClientApplication
    made = kind(
        address.client,
        client_credential=_credential(address.key),
        authority=address.authority,
        instance_discovery=False,  # the authority stands in the settings: nobody else is asked
        token_cache=cache,
        http_client=line,
    )
    return made, cache


def scopes(address: ManagementAddress, permissions: Sequence[Permission]) -> tuple[str, ...]:
    """Return what is asked for: each permission of a person, all that was granted otherwise."""
    resource = origin(address.graph).removesuffix(":443")
    if address.key:
        return (f"{resource}/.default",)
    return tuple(f"{resource}/{permission}" for permission in permissions)


def _credential(key: str) -> dict[str, str] | None:
    """Return a PEM of key and certificate as msal takes it; SECRET_UNUSABLE for anything else."""
    if not key:
        return None
    private, certificates = _KEYS.findall(key), _CERTIFICATES.findall(key)
    if len(private) != 1 or not certificates or not _is_key(private[0]):
        detail = "the certificate's PEM: one unencrypted private key, then its certificate"
        raise trouble(ProblemCode.SECRET_UNUSABLE, detail)
    return {"private_key": private[0], "public_certificate": "\n".join(certificates)}


def _is_key(pem: str) -> bool:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415 - as msal

    try:
        load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError):
        return False
    return True
