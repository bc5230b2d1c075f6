"""Whether a payload is one that a handset can use: the first key that is not, and why.

What is built and what a service gave are checked alike. A key that is not in the table of keys
passes if the service wrote it: Android grows new ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping

from bench.enrolment.payload.additions import Document
from bench.enrolment.payload.certificate import wrong_with_certificate
from bench.enrolment.payload.checksum import wrong_with_checksum
from bench.enrolment.payload.network import wrong_with_network
from bench.enrolment.payload.refusing import unusable
from bench.enrolment.profiles.forms import COMPONENT, LOCALE, TIME_ZONE
from bench.enrolment.profiles.provisioning import KEYS, PREFIX, REFUSED

_ADDRESS = r"https?://[^\s/]+\S*"
_BUNDLE = "ADMIN_EXTRAS_BUNDLE"
HIDDEN = "it has a control character"
_KINDS: Mapping[type, str] = {
    str: "text in quotes",
    int: "a whole number",
    bool: "true or false",
    dict: "an object in braces",
}


def check(document: Document) -> None:
    """Raise `ProblemError` PAYLOAD_UNUSABLE, naming the first key that is missing or wrong."""
    named = {key.removeprefix(PREFIX): value for key, value in document.items()}
    for key, value in named.items():
        if reason := _wrong(key, value):
            raise unusable(key, reason)
    for key, reason in (*_missing(named), *wrong_with_network(named)):
        raise unusable(key, reason)


def is_hidden(text: str) -> bool:
    """Whether a text has a control character or half of a surrogate pair (Unicode Cc, Cs)."""
    return not text.isprintable() and any(unicodedata.category(c) in ("Cc", "Cs") for c in text)


def _wrong(key: str, value: object) -> str:
    """Return what is wrong with one key, "" for nothing."""
    if key in REFUSED:
        return REFUSED[key]
    known = KEYS.get(key)
    if known and type(value) is not known.kind:
        return f"its value has to be {_KINDS[known.kind]}"
    if key == "SKIP_ENCRYPTION" and value is True:
        return "a handset is never left unencrypted: leave it out"
    if key == _BUNDLE and isinstance(value, dict) and not _is_of_texts(value):
        return "its values have to be text in quotes"
    form = _FORMS.get(key)
    if form and isinstance(value, str) and (reason := form(value)):
        return reason
    return HIDDEN if any(map(is_hidden, (key, *_texts(value)))) else ""


def _is_of_texts(bundle: Mapping[str, object]) -> bool:
    """A handset takes nothing else over: AOSP `DevicePolicyManager`, of the bundle in a code."""
    return all(isinstance(value, str) for value in bundle.values())


def _missing(named: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    if "DEVICE_ADMIN_COMPONENT_NAME" not in named:
        yield "DEVICE_ADMIN_COMPONENT_NAME", "it is missing, and always needed"
    sums = {"DEVICE_ADMIN_SIGNATURE_CHECKSUM", "DEVICE_ADMIN_PACKAGE_CHECKSUM"}
    if "DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION" in named and not sums & named.keys():
        yield "DEVICE_ADMIN_SIGNATURE_CHECKSUM", "what is downloaded needs it"


def _texts(value: object) -> Iterator[str]:
    """Yield every text of a value of JSON, the keys of its objects too."""
    match value:
        case str():
            yield value
        case dict():
            yield from (text for pair in value.items() for part in pair for text in _texts(part))
        case list():
            yield from (text for part in value for text in _texts(part))
        case _:
            pass


def _form(pattern: str, words: str) -> Callable[[str], str]:
    compiled = re.compile(pattern, re.ASCII)
    return lambda value: "" if compiled.fullmatch(value) else words


_FORMS: Mapping[str, Callable[[str], str]] = {
    "DEVICE_ADMIN_COMPONENT_NAME": _form(COMPONENT.pattern, "give it as package/.Receiver"),
    "DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION": _form(_ADDRESS, "give an address of the web"),
    "DEVICE_ADMIN_SIGNATURE_CHECKSUM": wrong_with_checksum,
    "DEVICE_ADMIN_PACKAGE_CHECKSUM": wrong_with_checksum,
    "WIFI_CA_CERTIFICATE": wrong_with_certificate,
    "LOCALE": _form(LOCALE.pattern, "give it as en_GB"),
    "TIME_ZONE": _form(TIME_ZONE.pattern, "give an Olson name, such as Europe/London"),
}
