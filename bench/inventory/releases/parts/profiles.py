"""Profiles: the texts of profile files, each checked whole before a bench takes it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bench.enrolment.profiles.check import check_text
from bench.enrolment.profiles.reading import MOST_BYTES
from bench.events.orders import Json
from bench.inventory.releases.form import FormError, listed, members, spelled, text

VERSION = 1
MOST = 200
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,58}\.toml", re.ASCII)
"""Of a profile's file; nothing that leads out of its folder."""
_BESIDE = Path("/nonexistent")
"""Where the files of a profile's steps would lie: what is sent down has none."""


@dataclass(frozen=True, slots=True)
class SentProfile:
    """A profile by the name of its file, as it is to lie at a bench."""

    name: str
    text: str


def read(said: Json) -> tuple[SentProfile, ...]:
    """Read the part; raises `FormError`, naming a profile that is none and its first fault."""
    profiles = members(said, "profiles", "profiles", "v")["profiles"]
    found = tuple(map(_profile, listed(profiles, "profiles", MOST)))
    if len({each.name.casefold() for each in found}) != len(found):
        raise FormError("profiles: a name stands there twice.")
    for each in found:
        refuse_faulty(each)
    return found


def written(profiles: Iterable[SentProfile]) -> str:
    """Spell the part."""
    lines: list[Json] = [
        {"name": each.name, "text": each.text}
        for each in sorted(profiles, key=lambda each: each.name)
    ]
    return spelled({"v": VERSION, "profiles": lines})


def refuse_faulty(profile: SentProfile) -> None:
    """Raise `FormError` with the first fault of a profile, the need of another file included."""
    for fault in check_text(profile.text, _BESIDE, profile.name):
        where = f"{profile.name}, line {fault.line}" if fault.line else profile.name
        raise FormError(f"{where}: {fault.key}: {fault.remedy}")


def refuse_other(profile: SentProfile) -> None:
    """Raise `FormError` for a name or a text that would come out of a release as another."""
    if not NAME.fullmatch(profile.name):
        raise FormError("a name is letters, digits, _ and -, and ends in .toml")
    if unicodedata.normalize("NFC", profile.text) != profile.text:
        raise FormError(f"{profile.name}: some letters are not in Unicode's form NFC.")


def _profile(value: Json) -> SentProfile:
    its = members(value, "a profile", "name", "text")
    name, content = text(its["name"], "a profile's name", NAME), its["text"]
    if not isinstance(content, str) or len(content.encode()) > MOST_BYTES:
        raise FormError(f"{name}: it is no text of {MOST_BYTES} bytes at most.")
    return SentProfile(name, content)
