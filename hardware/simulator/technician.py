"""A scripted technician: looks at what is shown, and does what a person at the bench would do.

One pair of hands, so one thing after another: plug in, tap Allow, scan the box, hold the handset's
camera to the code, scan the label back. Everything goes through the same cables, scanner and
printer as with a person.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeAlias

from bench.events.person import CopyRequested, RunResumed, RunVoided
from bench.events.views import (
    BenchView,
    Category,
    ScanTone,
    SlotView,
)
from bench.identity.identifiers import SlotCode, UsbPath
from bench.ports import Post
from bench.problems import Problem, ProblemCode
from hardware.simulator.handset import SimulatedHandset
from hardware.simulator.hub import SimulatedHub
from hardware.simulator.mishaps import AT_THE_BENCH, Mishap
from hardware.simulator.printer import SimulatedPrinter, read_back
from hardware.simulator.scanner import SimulatedScanner
from hardware.simulator.setting_up import SettingUp
from hardware.simulator.signing_in import BadgeHolder, SigningIn

_Key: TypeAlias = tuple[object, ...]
"""What a slot looks like to whoever decides whether it needs hands."""
_LOOK_AGAIN = 0.5
_MEND_AFTER = 1.0
"""Seconds a broken device of the bench stays broken."""
_DO_AGAIN = 3.0
"""Seconds after which a person does once more what had no effect."""
_SETTLED = (Category.DONE, Category.VOID)
_SET_ASIDE = (
    ProblemCode.STEP_FAILED, ProblemCode.NO_IMEI, ProblemCode.DUPLICATE_IMEI,
    ProblemCode.WRONG_MODEL, ProblemCode.WRONG_REGION, ProblemCode.FUSE_BLOWN,
    ProblemCode.PATCH_TOO_OLD,
)  # fmt: skip
"""What a technician voids."""
_SPOILT = Problem(ProblemCode.ENROLMENT_RESTARTED).advice.word
_NOT_ITS_BOX = Problem(ProblemCode.IMEI_MISMATCH).advice.word


@dataclass
class TrainingBench:
    """What the technician has in reach; `handsets` are the ones to stage, by slot."""

    hub: SimulatedHub
    scanner: SimulatedScanner
    printer: SimulatedPrinter
    ports: Mapping[SlotCode, UsbPath]
    handsets: Mapping[SlotCode, SimulatedHandset]
    kill_adb: Callable[[], Awaitable[None]]
    mishaps: frozenset[Mishap] = frozenset()
    sufferers: Mapping[Mishap, SimulatedHandset] = field(default_factory=dict)
    pace: float = 0.0
    """Seconds between two movements of the hands."""
    holders: tuple[BadgeHolder, ...] = ()
    """The technician and, if there is one, a supervisor, where they are to show who they are."""
    setting_up: SettingUp = field(default_factory=SettingUp)
    """What there is to do at handsets that come from their box."""
    strange_box: str = ""
    """The IMEI on the only box that is there for the handset whose own box is missing."""


class Technician:
    """Stages the handsets of a training bench. On the bench's loop."""

    def __init__(self, bench: TrainingBench) -> None:
        self._bench = bench
        self._seen: dict[SlotCode, SlotView] = {}
        self._handled: dict[SlotCode, tuple[_Key, float]] = {}
        self._copies: dict[SlotCode, int] = {}
        self._read: list[str] = []
        self._scanner_works = True
        self._news = asyncio.Event()
        self._at_hand = set(bench.mishaps & {*AT_THE_BENCH})
        self._to_come = dict(bench.sufferers)
        self._signing_in = SigningIn(bench.scanner, *bench.holders[:2])

    def see(self, view: BenchView) -> None:
        """Look at what is shown now; a scan that was refused is worth another look at its slot."""
        self._seen.update((slot.slot, slot) for slot in view.slots)
        lost = {ProblemCode.SCANNER_LOST, ProblemCode.SCANNER_MISSING}
        self._scanner_works = lost.isdisjoint(problem.code for problem in view.problems)
        if view.scan is not None and view.scan.tone is ScanTone.BAD:
            self._handled.clear()
        self._signing_in.see(view)
        self._news.set()

    async def work(self, post: Post) -> None:
        """Stage every handset, or void the runs of those that cannot be."""
        while self._signing_in.is_wanted:
            self._news.clear()
            if not self._signs_in(post):
                await self._wait()
        for slot, view in self._seen.items():
            if view.category is not Category.EMPTY:
                post(RunVoided(slot, "left from an earlier session"))
        for slot, handset in self._bench.handsets.items():
            await self._bench.hub.plug(self._bench.ports[slot], handset)
            await asyncio.sleep(self._bench.pace)
        while not self._is_done():
            self._news.clear()
            if not await self._do_something(post):
                await self._wait()

    def _is_done(self) -> bool:
        views = [self._seen.get(slot, SlotView(slot)) for slot in self._bench.handsets]
        return all(view.category in _SETTLED or self._stays_held(view) for view in views)

    def _stays_held(self, view: SlotView) -> bool:
        """Whether it is held for what somebody else has to decide."""
        if view.category is not Category.HELD:
            return False
        return view.word == _SPOILT or (view.word == _NOT_ITS_BOX and self._lacks_box(view.slot))

    def _lacks_box(self, slot: SlotCode) -> bool:
        return self._bench.sufferers.get(Mishap.SWAPPED_BOX) is self._bench.handsets[slot]

    async def _wait(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_AGAIN):
                await self._news.wait()

    async def _do_something(self, post: Post) -> bool:
        """Do what the first slot that needs hands needs; False when none does."""
        if self._at_hand and any(view.step > 1 for view in self._seen.values()):
            await self._break_and_mend(self._at_hand.pop())
            return True
        if self._signs_in(post):
            return True
        for slot in self._bench.handsets:
            view = self._seen.get(slot)
            if view and self._is_due(view) and await self._attend(view, post):
                await asyncio.sleep(self._bench.pace)
                return True
        return False

    def _signs_in(self, post: Post) -> bool:
        """Show a badge or type a PIN, where that is asked for."""
        now = asyncio.get_running_loop().time()
        return self._scanner_works and self._signing_in.act(post, now)

    def _is_due(self, view: SlotView) -> bool:
        """Whether the slot shows something new, or something done about it had no effect."""
        key, now = self._key(view), asyncio.get_running_loop().time()
        handled, at = self._handled.get(view.slot, (None, 0.0))
        if not self._scanner_works or (handled == key and now - at < _DO_AGAIN):
            return False
        self._handled[view.slot] = key, now
        return True

    def _key(self, view: SlotView) -> _Key:
        code = view.problem.code if view.problem else None
        copies = self._copies.get(view.slot, 0)
        return view.category, view.word, code, copies, *self._bench.setting_up.look(view)

    async def _attend(self, view: SlotView, post: Post) -> bool:
        handset = self._bench.handsets[view.slot]
        if self._bench.setting_up.act(view, post):
            return True
        match view.category, view.problem.code if view.problem else None:
            case Category.NEEDS_YOU, ProblemCode.UNAUTHORISED:
                return handset.accept_dialog() or self._forget(view.slot)
            case Category.NEEDS_YOU, _ if view.word == "Scan IMEI":
                self._scan_box(view.slot, handset)
            case Category.NEEDS_YOU, _ if view.word == "Scan label":
                self._scan_label(view, post)
            case Category.WORKING, _ if self._comes(Mishap.UNPLUG, handset):
                await self._unplug(view.slot)
            case Category.HELD, code if code is not None:
                return self._decide(view, handset, code, post)
            case _:
                return False
        return True

    def _decide(
        self, view: SlotView, handset: SimulatedHandset, code: ProblemCode, post: Post
    ) -> bool:
        """Decide what becomes of a held run, where that is the technician's to decide."""
        match code:
            case _ if self._stays_held(view):
                return False
            case ProblemCode.IMEI_MISMATCH:
                self._bench.scanner.scan(handset.imeis[0])
            case ProblemCode.INTERRUPTED | ProblemCode.NOT_ANSWERING:
                post(RunResumed(view.slot))
            case _ if code in _SET_ASIDE:
                post(RunVoided(view.slot, "set aside by the technician"))
            case _:
                return False
        return True

    def _forget(self, slot: SlotCode) -> bool:
        self._handled.pop(slot, None)
        return False

    def _comes(self, mishap: Mishap, handset: SimulatedHandset) -> bool:
        """Whether it happens to this handset, now and never again."""
        if self._to_come.get(mishap) is not handset:
            return False
        del self._to_come[mishap]
        return True

    def _scan_box(self, slot: SlotCode, handset: SimulatedHandset) -> None:
        scan = self._bench.scanner.scan
        if self._lacks_box(slot):
            scan(f"SLOT-{slot}")
            scan(self._bench.strange_box)
            return
        if self._comes(Mishap.WRONG_BOX, handset):
            others = (h for h in self._bench.handsets.values() if h is not handset and h.imeis)
            scan(f"SLOT-{slot}")
            scan(next(others, handset).imeis[0])
            return
        scan(handset.imeis[0])
        if self._comes(Mishap.TWICE, handset):
            scan(handset.imeis[0])

    def _scan_label(self, view: SlotView, post: Post) -> None:
        """Scan the label that came out for this handset; if none did, ask for a copy."""
        new = self._bench.printer.labels[len(self._read) :]
        self._read += [read_back(label) or "unreadable" for label in new]
        if view.asset_tag in self._read:
            self._bench.scanner.scan(view.asset_tag)
        else:
            self._copies[view.slot] = self._copies.get(view.slot, 0) + 1
            post(CopyRequested(view.slot))

    async def _unplug(self, slot: SlotCode) -> None:
        port = self._bench.ports[slot]
        handset = await self._bench.hub.unplug(port)
        await asyncio.sleep(self._bench.pace + 0.1)
        await self._bench.hub.plug(port, handset)

    async def _break_and_mend(self, mishap: Mishap) -> None:
        bench = self._bench
        match mishap:
            case Mishap.PRINTER_OFF:
                await bench.printer.switch_off()
                await asyncio.sleep(_MEND_AFTER)
                await bench.printer.switch_on()
            case Mishap.PRINTER_PAPER:
                bench.printer.paper_out = True
                await asyncio.sleep(_MEND_AFTER)
                bench.printer.paper_out = False
            case Mishap.PRINTER_CUT:
                bench.printer.cut_after_bytes = 200
            case Mishap.SCANNER_LOST:
                bench.scanner.unplug()
                await asyncio.sleep(_MEND_AFTER)
                bench.scanner.replug()
            case _:
                await bench.kill_adb()
