"""A central store with a publisher, and benches that take its releases down, for tests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from bench.custody.entries import SealedEvent
from bench.custody.key import BenchKey, new_pem
from bench.custody.people.badge import Badge
from bench.custody.people.roles import Role, Standing
from bench.inventory.doors.postgres import PostgresDoor
from bench.inventory.releases.making import taking_over
from bench.inventory.releases.making.contents import SentTo
from bench.inventory.releases.making.publishing import Cadence, Published, Publisher, Remark
from bench.inventory.releases.making.taking_over import TakingOver
from bench.inventory.releases.parts.people import SentPerson
from bench.inventory.releases.signing import Addressee, publisher_key
from bench.inventory.releases.taking.delivered import delivered
from bench.inventory.releases.taking.keeping import Kept
from bench.inventory.releases.taking.taking_down import Taken, Taking
from bench.inventory.sync.state import beside, open_state
from tests.peers.centre.centre_room import ORGANISATION, CentreRoom, centre_room

OTHER = "other.example"
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
_CLEARED = (
    "release_part", "release", "elsewhere_now", "part", "person", "sent_person", "order_line",
    "profile", "known_handset", "tag_used", "tag_stray", "tag_scan", "tag_block", "event", "head",
    "alarm",
)  # fmt: skip
_PROJECTED, _ASIDE = "known_elsewhere", "known_elsewhere_aside"


@dataclass
class ReleaseRoom:
    """A store and its publisher, whose clock is `now`."""

    centre: CentreRoom
    folder: Path
    now: datetime = NOW
    remarks: Sequence[Remark] = ()
    key: BenchKey = field(default_factory=lambda: BenchKey.from_pem(new_pem(), "publisher"))

    @contextmanager
    def service(self) -> Iterator[psycopg.Connection[Any]]:
        """What works at the centre, signed in by its certificate."""
        with self.centre.as_bench("publisher") as connection:
            yield connection

    def publish(
        self, only: str = "", *, later: timedelta = timedelta(), cadence: Cadence | None = None
    ) -> tuple[Published, ...]:
        self.now += later
        with self.service() as connection:
            publisher = Publisher(connection, self.key, cadence)
            made = publisher.publish(self.now, only)
        self.remarks = publisher.remarks
        return made

    def edit(self, words: str) -> None:
        """Do what only an administrator can, past every trigger and reference."""
        with self.centre.admin() as admin:
            admin.execute("SET session_replication_role = replica")
            admin.execute(words)

    def clear(self) -> None:
        """Begin anew, with the benches that there are; another database would take a second."""
        with self.centre.admin() as admin:
            admin.execute("SET session_replication_role = replica")
            for table in _CLEARED:
                admin.execute(f"DELETE FROM custody.{table}")
            admin.execute("UPDATE custody.bench SET epoch = 1, state = 'active'")
            admin.execute("SELECT custody.project_anew()")
            if self._is_there(admin, _ASIDE):
                admin.execute(f"DROP TABLE custody.{_PROJECTED}")
                admin.execute(f"ALTER VIEW custody.{_ASIDE} RENAME TO {_PROJECTED}")

    def known(self, rows: str) -> None:
        """Have benches know handsets: a table where the projector has a view of these columns."""
        with self.centre.admin() as admin:
            if not self._is_there(admin, _ASIDE):
                admin.execute(f"ALTER VIEW custody.{_PROJECTED} RENAME TO {_ASIDE}")
                admin.execute(f"CREATE TABLE custody.{_PROJECTED} (LIKE custody.{_ASIDE})")
                admin.execute(f"GRANT SELECT ON custody.{_PROJECTED} TO staging_service")
            admin.execute(f"DELETE FROM custody.{_PROJECTED}")
            admin.execute(
                f"INSERT INTO custody.{_PROJECTED}"
                f" (imei, serial, bench, phase, in_hand, in_conflict, since) VALUES {rows}"
            )

    def _is_there(self, admin: psycopg.Connection[Any], name: str) -> bool:
        asked = "SELECT to_regclass('custody.' || %s) IS NOT NULL"
        return bool((admin.execute(asked, (name,)).fetchone() or (False,))[0])

    def people(self, *sent: SentTo, organisation: str = ORGANISATION) -> None:
        """Have the centre know people."""
        with self.service() as connection:
            TakingOver(connection, organisation).people(sent)

    def sent_to(self, bench: str) -> list[str]:
        """Who was sent to a bench that took its release down."""
        with delivered(self.record(bench)) as found:
            return [each.person for each in found.people() or ()]

    def new_for(self, only: str = "", **how: Any) -> list[str]:
        """Publish, and say which benches got a release."""
        return [each.bench for each in self.publish(only, **how)]

    def allot(self, bench: str, count: int = 10, **other: int) -> range:
        """Give a bench a block of asset tags."""
        with self.service() as connection:
            block = taking_over.allot(connection, bench, "AST", count, **other)
        return range(block.first, block.last + 1)

    def addressee(self, bench: str, organisation: str = ORGANISATION) -> Addressee:
        return Addressee(organisation, bench, (publisher_key(organisation, self.key),))

    def record(self, bench: str) -> Path:
        folder = self.folder / bench
        folder.mkdir(exist_ok=True)
        return folder / "bench.ledger"

    @contextmanager
    def door(self, bench: str) -> Iterator[PostgresDoor]:
        its = self.centre.benches[bench]
        address = f"postgresql://localhost:{self.centre.server.port}/{self.centre.database}"
        with closing(PostgresDoor(address, its.certificate, its.key, its.trust, bench)) as door:
            yield door

    def take(self, bench: str, organisation: str = ORGANISATION) -> Taken | None:
        """Let a bench take down what is published for it, over its own certificate."""
        record, addressee = self.record(bench), self.addressee(bench, organisation)
        with self.door(bench) as door, open_state(beside(record)) as state:
            return Taking(door, addressee, Kept(state), record, 1).take_down(self.now)

    def send(self, bench: str, events: list[SealedEvent], *, epoch: int = 1) -> None:
        with self.door(bench) as door:
            answer = door.exchange(epoch, events[0].seq, events)
        assert answer.status == "ok", answer


def labelled(
    bench: str, tags: list[str], *, after: SealedEvent | None = None, epoch: int = 1
) -> list[SealedEvent]:
    """Events in which a bench gave these tags, one after the other."""
    before = after.hash.hex() if after else "0" * 64
    found: list[SealedEvent] = []
    for seq, tag in enumerate(tags, after.seq + 1 if after else 1):
        said: Mapping[str, Any] = {
            "v": 1, "id": f"019ac3d2-{epoch:04x}-7000-8000-{seq:012x}", "bench": bench,
            "epoch": epoch, "seq": seq, "prev": before, "type": "scanned",
            "at": "2026-11-24T10:00:00.000Z", "dev": {"uid": f"{seq:026d}", "label": tag},
        }  # fmt: skip
        body = json.dumps(said, separators=(",", ":")).encode()
        leaf = hashlib.sha256(b"\0" + body).digest()
        found.append(SealedEvent(seq, body, leaf, bytes(64)))
        before = leaf.hex()
    return found


def person(number: int, **other: object) -> SentPerson:
    usual = SentPerson(
        f"p-{number:012x}", Role.TECHNICIAN, Standing.ACTIVE, f"Testperson {number}",
        Badge(f"04A2{number:04d}"),
    )  # fmt: skip
    return replace(usual, **other)  # type: ignore[arg-type]


def everywhere(number: int) -> SentTo:
    return SentTo(person(number), frozenset())


@contextmanager
def release_room(folder: Path) -> Iterator[ReleaseRoom]:
    with centre_room(folder) as centre:
        centre.add_service("publisher")
        yield ReleaseRoom(centre, folder)
