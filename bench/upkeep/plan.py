"""What a bench does for its record, as values parsed once; with nothing set it only signs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self
from urllib.parse import urlsplit

from bench.custody.backup.plan import USUAL, Keep
from bench.custody.proof.note import VerifierKey
from bench.upkeep.training import is_here

if TYPE_CHECKING:
    from bench.custody.proof.timestamp import Authority

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WitnessSite:
    """A witness: its submission prefix, http or https, and the key it cosigns with."""

    url: str
    key: VerifierKey

    @classmethod
    def parse(cls, url: str, key: str) -> Self:
        """Read both as settings have them; `ValueError` says what no witness could be.

        Another computer is only believed over TLS: what a witness says of a larger record is not
        signed, and freezes this one.
        """
        from bench.witness.client import WitnessClient  # noqa: PLC0415 - loads http and ssl

        address = urlsplit(url)
        if address.scheme != "https" and not is_here(address.hostname or ""):
            raise ValueError("a witness on another computer is asked over https")
        site = cls(url, VerifierKey.parse(key))
        WitnessClient(site.url, site.key, 1.0)
        return site

    @property
    def name(self) -> str:
        """What the witness is called in its signatures."""
        return self.key.name


@dataclass(frozen=True, slots=True)
class BackupPlan:
    """Into which folder, how often, and which of them stay."""

    folder: Path
    every: timedelta = DAY
    keep: Keep = USUAL


@dataclass(frozen=True, slots=True)
class DocketPlan:
    """Into which folder the docket of each shift goes: a sheet (`pdf`) or a label (`png`)."""

    folder: Path
    fonts: Path
    kind: Literal["pdf", "png"] = "pdf"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is set up; each witness is asked by itself.

    `profiles` are those that the bench stages with, by name: the fingerprints of each, with its
    variants, as `body.short` spells them.
    """

    witnesses: tuple[WitnessSite, ...] = ()
    authority: Authority | None = None
    backups: BackupPlan | None = None
    docket: DocketPlan | None = None
    profiles: Mapping[str, Collection[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often; in seconds, but for `events`.

    A checkpoint is signed in the first `pause` after so many `events`. Witnesses are asked every
    `cosign`, after a failure up to twice `again` later at first; each is waited for `deadline` at
    most, before the program ends `farewell`. Whether a day has passed is looked at every `look`.
    """

    events: int = 100
    pause: float = 1.0
    cosign: float = 900.0
    again: float = 5.0
    deadline: float = 10.0
    farewell: float = 3.0
    look: float = 600.0


USUALLY = Rhythm()
