"""Which handsets carry which profile, and which are to be staged again. Pure."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bench.custody.body import short
from bench.custody.entries import Carried
from bench.enrolment.profiles.profile import EnrolmentProfile

HEAD = (
    "imei", "serial", "model", "asset_tag", "phase", "profile", "version", "variant", "fingerprint",
    "staged_at",
)  # fmt: skip
"""The columns of a table of handsets."""


class Tally(NamedTuple):
    """How many handsets carry one version of a profile; its `name` is "" where none is recorded."""

    name: str
    version: int
    variant: str
    policy: str
    handsets: int


def tally(carried: Iterable[Carried]) -> tuple[Tally, ...]:
    """Count handsets by profile, the newest version of each name first."""
    counts = Counter((each.name, each.version, each.variant, each.policy) for each in carried)
    found = (Tally(*which, count) for which, count in counts.items())
    return tuple(sorted(found, key=lambda each: (each.name, -each.version, each.variant)))


def to_restage(carried: Iterable[Carried], profile: EnrolmentProfile) -> tuple[Carried, ...]:
    """Return the handsets staged under other versions of the profile of that name, oldest first.

    What counts is the fingerprint: a profile that changed without a new number is another one too.
    """
    name = unicodedata.normalize("NFC", profile.name)
    current = {short(each.fingerprint) for each in (profile, *profile.variants)}
    found = (each for each in carried if each.name == name and each.policy not in current)
    return tuple(sorted(found, key=lambda each: (each.at, each.device.uid)))


def rows(carried: Iterable[Carried]) -> Iterable[Sequence[str]]:
    """Yield the rows of a table of handsets under its `HEAD`."""
    yield HEAD
    for each in carried:
        device = each.device
        yield (
            device.imeis[0].digits if device.imeis else "",
            str(device.serial),
            device.model,
            str(device.asset_tag or ""),
            device.phase.value,
            each.name,
            str(each.version or ""),
            each.variant,
            each.policy,
            each.at,
        )
