"""A bench with a long record that waits for the centre, and nothing else to do than send it."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

from bench.clock import SystemClock
from bench.custody.ledger import Ledger
from bench.enrolment.profiles.load import load_profile
from bench.events.central import CentreState
from bench.events.views import BenchView
from bench.inventory.outpost import BenchOutpost, Site
from bench.labels.template import LabelTemplate
from bench.ports import Bitmap, Equipment, Handset, Post
from bench.problems import Problem
from bench.staging.bench import Bench
from bench.staging.outpost import Outpost
from bench.staging.showing import Publish
from tests.benchmarks.peers import ROOT
from tests.benchmarks.wave_bench import PROFILE, TEMPLATE, hub, ledger_in

_SLOTS = 64
_SETTLE = 1.0
"""Seconds that count although everything has arrived: the last numbers are being shown."""


class Nothing:
    """No handset and no printer."""

    def open(self, session: int) -> Handset:
        raise AssertionError(session)

    async def trouble(self) -> Problem | None:
        return None

    async def print(self, label: Bitmap) -> None:
        raise AssertionError(label)


class Patient:
    """A technician who waits until everything has arrived, and notes when."""

    def __init__(self) -> None:
        self.began = self.ended = 0.0
        self.views = 0
        self._in_step = asyncio.Event()

    def see(self, view: BenchView) -> None:
        """Look at how the bench stands."""
        self.views += 1
        if view.centre and view.centre.state is CentreState.STOPPED:
            raise RuntimeError(view.centre.detail)
        if view.centre and view.centre.state is CentreState.IN_STEP:
            self._in_step.set()

    async def work(self, post: Post) -> None:
        """Wait."""
        del post
        self.began = time.monotonic()
        await self._in_step.wait()
        await asyncio.sleep(_SETTLE)
        self.ended = time.monotonic()


@dataclass
class Sync:
    """The product's bench on a record in `folder`; `central` are the settings of its centre."""

    folder: Path
    central: Mapping[str, object]
    name: str = "benchmark"
    simulated: bool = True
    layout = hub(_SLOTS)
    technician: Patient = field(default_factory=Patient)

    async def run(self, publish: Publish, ready: Callable[[Post], None]) -> None:
        """Send everything, then end."""
        profile = load_profile(PROFILE)
        bench = Bench(
            name=self.name,
            simulated=self.simulated,
            layout=self.layout,
            profile=profile,
            template=LabelTemplate.load(TEMPLATE),
            clock=SystemClock(),
            tag_prefix="SIM",
            learns_ports=False,
            open_ledger=lambda: ledger_in(self.folder, self.name, profile.fingerprint),
            equipment=self._equipment,
            outpost=self._outpost,
        )
        await bench.run(publish, ready)

    @asynccontextmanager
    async def _equipment(self) -> AsyncIterator[Equipment]:
        none = Nothing()
        yield Equipment(handsets=none, printer=none, watchers=(), technician=self.technician)

    @asynccontextmanager
    async def _outpost(self, ledger: Ledger) -> AsyncIterator[Outpost]:
        site = Site(
            record=ledger.path, epoch=ledger.header.epoch, words=self._words(), publishes=False,
            freeze=ledger.freeze, welcome=lambda _: (),
        )  # fmt: skip
        with closing(BenchOutpost(site, SystemClock())) as outpost:
            yield outpost

    def _words(self) -> tuple[str, ...]:
        file = self.folder / "settings.toml"
        station = {"name": self.name, "ledger": str(self.folder / "ledger.db")}
        file.write_text(_toml("station", station) + _toml("central", self.central), "utf-8")
        named = ("--settings", str(file))
        return (sys.executable, str(ROOT / "main.py"), *named, "sync", "--follow", "--json-lines")


def _toml(section: str, keys: Mapping[str, object]) -> str:
    return f"[{section}]\n" + "".join(f"{key} = {json.dumps(keys[key])}\n" for key in keys)
