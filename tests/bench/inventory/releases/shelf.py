"""A centre for tests that has releases on a shelf, and benches that take them down."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from bench.custody.entries import SealedEvent
from bench.custody.key import BenchKey, new_pem
from bench.custody.people.badge import Badge
from bench.custody.people.roles import Role, Standing
from bench.events.orders import Json
from bench.identity.identifiers import Imei
from bench.inventory.centre import NOTHING_ASKED, Answer, Asks, Status
from bench.inventory.releases.parts import elsewhere, orders, people, profiles, tags
from bench.inventory.releases.parts.elsewhere import KnownThere, Place
from bench.inventory.releases.parts.kinds import VERSIONS
from bench.inventory.releases.parts.orders import Order
from bench.inventory.releases.parts.people import SentPerson
from bench.inventory.releases.parts.profiles import SentProfile
from bench.inventory.releases.parts.tags import SentTags, TagBlock
from bench.inventory.releases.release import PartLine, Receipt, Release, origin_for
from bench.inventory.releases.signing import Addressee, publisher_key, sign
from bench.inventory.releases.taking.keeping import Kept
from bench.inventory.releases.taking.taking_down import Taken, Taking, Watch
from bench.inventory.sync.state import beside, open_state

ORGANISATION, BENCH = "force.example", "bench-01"
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
KEY = BenchKey.from_pem(new_pem(), "publisher")
RECEIPT = Receipt(1, 7, "ab" * 32)
PROFILE = """[profile]
name = "Check"
version = {version}

[[step]]
name = "Boot chain is green"
verify = "ro.boot.verifiedbootstate"
is = "green"
"""


def imei(number: int) -> Imei:
    return Imei.with_check_digit(f"00440000{number:06d}")


def line_of(kind: str, text: str, version: int | None = None) -> PartLine:
    data = text.encode()
    found = VERSIONS.get(kind, 1) if version is None else version
    return PartLine(kind, found, hashlib.sha256(data).hexdigest(), len(data))


def parts(number: int) -> dict[str, str]:
    """The parts of release `number`: each says which it is."""
    there = KnownThere(
        imei(number).digits, f"R58M{number:07d}", Place(True, "bench-02"), "staged",
        1_790_000_000, in_hand=True,
    )  # fmt: skip
    person = SentPerson(
        f"p-{number:012x}", Role.TECHNICIAN, Standing.ACTIVE, f"Testperson {number}",
        Badge(f"04A2{number:04d}"),
    )  # fmt: skip
    block = TagBlock("AST", number * 1000, number * 1000 + 99)
    return {
        "elsewhere": elsewhere.written([there]),
        "orders": orders.written([Order(f"PO-{number}", "SM-A325F", 40, due=date(2026, 12, 1))]),
        "people": people.written([person]),
        "profiles": profiles.written([SentProfile("a32.toml", PROFILE.format(version=number))]),
        "tags": tags.written(SentTags((block,), frozenset({"AST"}))),
    }


@dataclass
class Shelf:
    """A centre with one note for every bench, and parts by digest. What is asked is noted."""

    note: str | None = None
    parts: dict[str, str] = field(default_factory=dict)
    asked: list[Asks] = field(default_factory=list)
    status: Status = Status.OK

    def put(
        self,
        number: int,
        texts: Mapping[str, str] | None = None,
        *,
        lines: Sequence[PartLine] | None = None,
        bench: str = BENCH,
        key: BenchKey = KEY,
        made_at: datetime = NOW,
    ) -> Release:
        """Put a release on the shelf in the place of the one before."""
        found = parts(number) if texts is None else dict(texts)
        self.parts |= {line_of(kind, text).sha256: text for kind, text in found.items()}
        made = [line_of(kind, text) for kind, text in sorted(found.items())]
        release = Release(
            origin_for(ORGANISATION, bench), number, made_at,
            tuple(made if lines is None else lines), RECEIPT,
        )  # fmt: skip
        self.note = str(sign(release, ORGANISATION, key))
        return release

    def exchange(
        self,
        epoch: int,  # noqa: ARG002
        from_seq: int,
        events: Sequence[SealedEvent] = (),
        asks: Asks = NOTHING_ASKED,
    ) -> Answer:
        assert (from_seq, events) == (1, ()), "to ask is to send nothing"
        self.asked.append(asks)
        told: dict[str, Json] = {}
        if asks.release is not None:
            told["release"] = self.note
        if asks.part:
            told["part"] = self.parts.get(asks.part)
        return Answer(self.status, 7, bytes(32), 0, told)

    def close(self) -> None:
        pass


ADDRESSEE = Addressee(ORGANISATION, BENCH, (publisher_key(ORGANISATION, KEY),))


@contextmanager
def taking(
    shelf: Shelf, record: Path, addressee: Addressee = ADDRESSEE, watch: Watch = lambda *_: None
) -> Iterator[Taking]:
    """A bench that takes down what is on the shelf."""
    with open_state(beside(record)) as state:
        yield Taking(shelf, addressee, Kept(state), record, 1, watch)


def take(shelf: Shelf, record: Path, addressee: Addressee = ADDRESSEE) -> Taken | None:
    with taking(shelf, record, addressee) as its:
        return its.take_down(NOW)
