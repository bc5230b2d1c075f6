"""Who takes a handset over: a pseudonym, from a badge or beside a name that can be erased. Pure."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field

from bench.custody.entries import PersonalText
from bench.custody.people.badge import Badge, peppered
from bench.events.person import HiddenText
from bench.identity.aim import split_aim
from bench.identity.plain import plain
from bench.stock.consignments.strokes import read_strokes

_PREFIX = re.compile(r"^badge:", re.IGNORECASE)
"""What readers are usually set to send before a badge: it is no part of whose badge it is."""
_NAME = 80


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody by pseudonym (`r-` and 16 hex digits), and how they were told to this bench.

    `name` is "" unless it was typed just now.
    """

    pseudonym: str
    has_badge: bool = False
    name: HiddenText = field(default_factory=lambda: HiddenText(""), repr=False)

    @property
    def custodian(self) -> str:
        """The person as a custodian."""
        return f"person:{self.pseudonym}"

    @property
    def personal(self) -> tuple[PersonalText, ...]:
        """What is to be kept of them beside the record."""
        if not self.name.text:
            return ()
        return (PersonalText("recipient", self.name.text, self.pseudonym),)


def by_badge(text: HiddenText, pepper: bytes) -> Recipient:
    """Return whose badge was read; the same person at every bench of one pepper.

    `ValueError` (without the text) for what is no badge, and where there is no pepper.
    """
    _, body = split_aim(text.text.strip())
    badge = Badge.parse(_PREFIX.sub("", body, count=1))
    return Recipient(f"r-{peppered(pepper, 'recipient', badge.uid).hex()[:16]}", has_badge=True)


def by_name(text: str) -> Recipient:
    """Return somebody new of that name; `ValueError` where there is none."""
    name = plain(text, _NAME)
    if not any(map(str.isalpha, name)):
        raise ValueError("A name has letters.")
    return Recipient(f"r-{secrets.token_hex(8)}", name=HiddenText(name))


def signature(strokes: HiddenText, subject: str) -> PersonalText:
    """Return a signature as it is kept; `ValueError` for a dot, and for what is none."""
    read_strokes(strokes)
    return PersonalText("signature", strokes.text, subject)
