"""Staged handsets and their boxes, in few words; nobody has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bench.custody.entries import DeviceRef, Entry, RunPosition
from bench.enrolment.profiles.profile import EnrolmentProfile
from bench.events.desks import Workspace
from bench.events.orders import CustodyKind
from bench.stock.consignments.beginning import Choosing
from bench.stock.consignments.handing import Leaving
from bench.stock.desk.means import Means
from bench.stock.desk.turns import Offer
from tests.bench.stock.counter import Counter, counter, made_up

KIT = ("handset", "USB cable", "2 x SIM pin")
PROFILE = EnrolmentProfile("A32", 1, scan_back=True, steps=(), fingerprint="a" * 64, kit=KIT)
BARE = EnrolmentProfile("A32 bare", 1, scan_back=True, steps=(), fingerprint="b" * 64)
PROFILES = {each.fingerprint: each for each in (PROFILE, BARE)}
CABLE, PIN = "4006381333931", "96385074"
"""Product numbers whose check digits fit; of no product of ours."""


def stage(desk: Counter, *numbers: int, profile: EnrolmentProfile = BARE) -> None:
    """Put handsets into the record that were staged; a number's tag is `SIM-` and the number."""
    for number in numbers:
        ref = made_up(number, tag=True)
        run = RunPosition(f"run{number}", "A1", "staged", open=False)
        desk.append(
            Entry(CustodyKind.GOODS_IN, ref, to="bench-07/stock"),
            Entry(CustodyKind.SCANNED, ref, to="bench-07/A1"),
            Entry(CustodyKind.STAGED, ref, run=run, policy=profile.fingerprint),
        )


def box(desk: Counter, *numbers: int) -> None:
    """Stage, pack and seal handsets; the seal of a number is `SEAL-` and the number."""
    for number in numbers:
        stage(desk, number)
        ref = made_up(number, tag=True)
        desk.append(
            Entry(CustodyKind.PACKED, ref, data={"kit": {}}, to="bench-07/packed"),
            Entry(CustodyKind.SEALED, ref, data={"seal": f"SEAL-{number}"}),
        )


def tag(number: int) -> str:
    """The label of a handset."""
    return str(made_up(number, tag=True).asset_tag)


def ref(number: int) -> DeviceRef:
    """A handset as events name it."""
    return made_up(number, tag=True)


@contextmanager
def later(
    folder: Path, days: int, profiles: Mapping[str, EnrolmentProfile] = PROFILES
) -> Iterator[Counter]:
    """Put desks there that see everything so many days later than it happened."""
    held: list[Means] = []

    def means() -> Means:
        now = held[0].now() + timedelta(days=days)
        return replace(held[0], now=lambda: now)

    tasks = {
        Workspace.DISPATCH: (
            Offer("consign", "Fill", lambda: Choosing(means())),
            Offer("dispatch", "Hand over", lambda: Leaving(means())),
        )
    }
    with counter(folder, tasks=tasks, profiles=profiles) as made:
        held.append(made.means)
        yield made
