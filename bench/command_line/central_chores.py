"""What the centre does by itself: projecting, publishing, feeding inventories."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.inventory.central.certificates import utc_now
from bench.inventory.central.connecting import administrator
from bench.inventory.serving.chores import Chore

_PROJECT_EVERY, _PUBLISH_EVERY = 5.0, 60.0


@dataclass(frozen=True, slots=True)
class Work:
    """For which store, as a member of staging_service; without a key nothing is published.

    Without a file of connectors no inventory is fed.
    """

    database: str = field(repr=False)
    publisher_key: Path | None = None
    connectors: Path | None = None


def chores(work: Work) -> tuple[Chore, ...]:
    """Return them all. `ProblemError` where the file of connectors or the key cannot be used."""
    return tuple(_chores(work))


def _chores(work: Work) -> Iterator[Chore]:
    yield Chore("project", _PROJECT_EVERY, lambda: _project(work))
    if work.publisher_key is not None:
        yield _publishing(work, work.publisher_key)
    if work.connectors is not None:
        from bench.command_line.central import feeding  # noqa: PLC0415 - where it is done

        yield from feeding.chores(work.database, work.connectors)


def _project(work: Work) -> str:
    from bench.inventory.projections.taking import project_all  # noqa: PLC0415 - where it is done

    with administrator(work.database) as connection:
        many = project_all(connection)
    return f"{many:,} events" if many else ""


def _publishing(work: Work, key_file: Path) -> Chore:
    from bench.inventory.releases.making.key import open_key  # noqa: PLC0415 - where it is done
    from bench.inventory.releases.making.publishing import (  # noqa: PLC0415 - as above
        Publisher,
    )

    key = open_key(key_file)

    def publish() -> str:
        with administrator(work.database) as connection:
            publisher = Publisher(connection, key)
            made = publisher.publish(utc_now())
        told = [f"{each.bench} {each.number}" for each in made]
        return ", ".join((*told, *map(str, publisher.remarks)))

    return Chore("publish", _PUBLISH_EVERY, publish)
