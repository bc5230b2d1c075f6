"""A payload built from a profile: minified JSON with its keys in one order.

It is the way to go where no service gives the text out. Intune's payload differs between fully
managed, dedicated and work-profile handsets in the token alone, so it does not say which it is for.
"""

from __future__ import annotations

from bench.enrolment.payload.additions import Document, additions, extras
from bench.enrolment.payload.checks import check
from bench.enrolment.payload.fitting import check_size
from bench.enrolment.payload.json_text import minified
from bench.enrolment.payload.refusing import unusable
from bench.enrolment.payload.text import CodeText
from bench.enrolment.profiles.profile import EnrolmentProfile, Payload
from bench.enrolment.profiles.provisioning import PREFIX
from bench.events.person import HiddenText
from bench.ports import Secrets


def build(profile: EnrolmentProfile, secrets: Secrets, *, quoted_ssid: bool = False) -> CodeText:
    """Return the text that a profile's [payload] describes.

    With `quoted_ssid` the network's name stands in quotes of its own, as some set-up wizards are
    said to expect. That is not confirmed on a handset: it is off unless one was found to need it.
    Raises `ProblemError`: PAYLOAD_UNUSABLE naming the key, SECRET_MISSING.
    """
    if profile.payload is None:
        raise unusable("payload", "the profile has no section [payload]")
    document = _management(profile.payload, secrets)
    document |= additions(profile, secrets, quoted_ssid=quoted_ssid)
    document |= extras(profile.payload)
    check(document)
    text = minified(document)
    check_size(text, document)
    return CodeText(HiddenText(text))


def _management(payload: Payload, secrets: Secrets) -> Document:
    """Return who manages the handset, in the order of Microsoft's own example."""
    given: Document = {
        "DEVICE_ADMIN_COMPONENT_NAME": payload.component,
        "DEVICE_ADMIN_SIGNATURE_CHECKSUM": payload.checksum,
        "DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION": payload.download,
        "ADMIN_EXTRAS_BUNDLE": _bundle(payload, secrets),
    }
    return {PREFIX + key: value for key, value in given.items() if value}


def _bundle(payload: Payload, secrets: Secrets) -> dict[str, str]:
    bundle = dict(sorted(payload.admin_extras.items()))
    if not payload.token:
        return bundle
    if not payload.token_key:
        raise unusable("token_key", "say under which key the management app looks for the token")
    return bundle | {payload.token_key: secrets.secret(payload.token)}
