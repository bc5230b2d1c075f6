"""What the centre does by itself: projecting, publishing, feeding inventories."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.inventory.central.certificates import utc_now
from bench.inventory.central.connecting import administrator
from bench.inventory.serving.chores import Chore

_PROJECT_EVERY, _PUBLISH_EVERY, _FEED_EVERY = 5.0, 60.0, 60.0
_FEEDING = 600.0
"""Seconds that one feeding may take before the store's session is given back."""


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
        yield from _feedings(work, work.connectors)


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


def _feedings(work: Work, file: Path) -> Iterator[Chore]:
    from bench.inventory.connectors import filed  # noqa: PLC0415 - where it is done

    for name in filed.read(file).names:
        yield Chore(f"feed {name}", _FEED_EVERY, _feeding(work, file, name), _FEEDING * 2)


def _feeding(work: Work, file: Path, name: str) -> Callable[[], str]:
    from bench.command_line.central.feeding import told  # noqa: PLC0415 - where it is done
    from bench.inventory.connectors import filed  # noqa: PLC0415 - as above
    from bench.inventory.connectors.feeding import Fed, feed_once  # noqa: PLC0415 - as above
    from bench.inventory.connectors.opening import opened  # noqa: PLC0415 - as above
    from bench.inventory.connectors.pace import Budget  # noqa: PLC0415 - as above
    from bench.inventory.connectors.secret import kept_beside  # noqa: PLC0415 - as above

    handed_in = os.environ.get("CREDENTIALS_DIRECTORY")
    secrets = kept_beside(file, Path(handed_in) if handed_in else None)

    def feed() -> str:
        connector = opened(filed.read(file), name, secrets)
        fed = feed_once(lambda: administrator(work.database), connector, Budget(_FEEDING))
        return told(name, fed) if fed != Fed() else ""

    return feed
