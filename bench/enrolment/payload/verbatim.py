"""A payload taken as a management service gave it out: checked, and never rewritten.

What a service's own QR code says is not confirmed. A text that is no object of JSON is therefore
shown as it is, with a warning; one that is gets checked as if it had been built here. Where the
profile has a network, a locale or a time zone that the text has not, they are put in before its
last brace: the rest keeps every byte. What a profile says under [payload] is for what is built here
and has no place in a service's text.
"""

from __future__ import annotations

from bench.enrolment.payload.additions import WIFI, Document, additions
from bench.enrolment.payload.checks import HIDDEN, check, is_hidden
from bench.enrolment.payload.fitting import check_size
from bench.enrolment.payload.json_text import minified, read
from bench.enrolment.payload.refusing import unusable
from bench.enrolment.payload.text import CodeText
from bench.enrolment.profiles.profile import EnrolmentProfile
from bench.events.person import HiddenText
from bench.ports import Secrets

_UNKNOWN = "What the service gave is no payload that this bench can check: it is shown as it came."


def take(
    text: str, profile: EnrolmentProfile, secrets: Secrets, *, quoted_ssid: bool = False
) -> CodeText:
    """Return a service's text, with the profile's network, locale and time zone besides.

    A network in the text stays, and then nothing of the profile's is put in. `quoted_ssid` is that
    of `build`. Raises `ProblemError`: PAYLOAD_UNUSABLE naming the key, SECRET_MISSING.
    """
    if not text.strip():
        raise unusable("text", "it is empty")
    if not _is_object(text):
        return _unchecked(text, profile)
    document = read(text)
    check(document)
    added = _added(document, profile, secrets, quoted_ssid=quoted_ssid)
    whole = document | added
    check(whole)
    told = _with(text, added)
    check_size(told, whole)
    return CodeText(HiddenText(told))


def _is_object(text: str) -> bool:
    return text.lstrip(" \t\r\n\ufeff").startswith("{")


def _unchecked(text: str, profile: EnrolmentProfile) -> CodeText:
    if is_hidden(text):
        raise unusable("text", HIDDEN)
    if profile.wifi or profile.locale or profile.time_zone:
        asked = "the profile's wifi, locale or time_zone"
        raise unusable("text", f"it is no object of JSON: {asked} cannot be put into it")
    check_size(text)
    return CodeText(HiddenText(text), (_UNKNOWN,))


def _added(
    document: Document, profile: EnrolmentProfile, secrets: Secrets, *, quoted_ssid: bool
) -> Document:
    wanted = additions(profile, secrets, quoted_ssid=quoted_ssid)
    has_network = any(key.startswith(WIFI) for key in document)
    return {
        key: value
        for key, value in wanted.items()
        if key not in document and not (has_network and key.startswith(WIFI))
    }


def _with(text: str, added: Document) -> str:
    """Put members in before the last brace of an object that has some already."""
    if not added:
        return text
    head, _, tail = text.rpartition("}")
    return f"{head.rstrip()},{minified(added)[1:-1]}}}{tail}"
