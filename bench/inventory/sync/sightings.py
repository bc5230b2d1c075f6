"""Where other benches have handsets, as the store says: parsed, or left out. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from bench.events.central import Sighting
from bench.events.orders import Json
from bench.identity.identifiers import Imei
from bench.identity.plain import plain
from bench.inventory.centre import Answers

MOST = 2_000
"""Sightings of one answer that are looked at."""
_LONGEST_NAME = 63


def read_sightings(answers: Answers, asked: Sequence[Imei]) -> tuple[Sighting, ...]:
    """Return those of the IMEIs that were asked for; what is none is left out."""
    said = answers.get("sightings")
    by_digits = {imei.digits: imei for imei in asked}
    return tuple(_read(said[:MOST] if isinstance(said, list) else (), by_digits))


def _read(said: Sequence[Json], asked: Mapping[str, Imei]) -> Iterator[Sighting]:
    for each in said:
        match each:
            case {"imei": str(digits), "bench": str(bench), "at": str(at), **more} if (
                digits in asked and (moment := _moment(at))
            ):
                phase = more.get("phase")
                words = plain(phase) if isinstance(phase, str) else ""
                yield Sighting(asked[digits], plain(bench, _LONGEST_NAME), words, moment)


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else None
