"""A whole bench with real peers, and the test as its technician.

The ADB server is Debian's; the scanner is a pseudo terminal, the printer a socket; handsets are
simulated and reached over TCP; ledger, station and crew are the product's own.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import json
import os
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Protocol, Self

from bench.clock import SystemClock
from bench.custody.entries import LedgerHeader
from bench.custody.key import BenchKey
from bench.custody.ledger import Ledger
from bench.custody.verification import verify_file
from bench.enrolment.profiles.load import load_profile
from bench.events.run import Fact
from bench.events.views import BenchView, ScanView, SlotView
from bench.identity.identifiers import SlotCode, UsbPath
from bench.labels.template import LabelTemplate
from bench.ports import Equipment, Post, Watcher
from bench.problems import ProblemCode
from bench.staging.access import Access
from bench.staging.bench import Bench
from bench.staging.slots import HubLayout
from hardware.adb.client import AdbClient
from hardware.adb.handsets import AdbHandsets
from hardware.adb.server import AdbServer, free_port
from hardware.printers.opening import zpl_over_tcp
from hardware.scanners.serial import SerialScanner
from hardware.simulator.faults import HangShell
from hardware.simulator.handset import SimulatedHandset, make_handset
from hardware.simulator.hub import SimulatedHub
from hardware.simulator.printer import SimulatedPrinter, read_back
from hardware.simulator.scanner import SimulatedScanner

ROOT = Path(__file__).parents[2]
RESOURCES = ROOT / "resources"
DEADLINE = 30.0
"""Seconds after which what was waited for is taken not to come; nothing here takes a tenth."""
_STEP_2 = "stayon"
"""A word of the training profile's second step."""
_Given = ParamSpec("_Given")
_EVERYBODY = Access()


def numbered_layout(rows: int = 2, columns: int = 2) -> HubLayout:
    paths = (UsbPath(1, (1 + n // 7, 1 + n % 7)) for n in range(rows * columns))
    return HubLayout.numbered(rows, columns, paths)


def training_bench(
    folder: Path,
    layout: HubLayout,
    equipment: Callable[[], AbstractAsyncContextManager[Equipment]],
    opened: Callable[[Ledger], None],
    access: Access = _EVERYBODY,
) -> Bench:
    """Put a simulated bench together whose record lies in `folder`; `opened` is given it."""
    profile = load_profile(RESOURCES / "profiles" / "training" / "training.toml")

    def open_ledger() -> Ledger:
        ledger = open_record(folder, profile.fingerprint)
        opened(ledger)
        return ledger

    return Bench(
        name="training",
        simulated=True,
        layout=layout,
        profile=profile,
        template=LabelTemplate.load(RESOURCES / "labels" / "asset-50x25.toml"),
        clock=SystemClock(),
        tag_prefix="SIM",
        learns_ports=False,
        open_ledger=open_ledger,
        equipment=equipment,
        access=access,
    )


def open_record(folder: Path, policy: str = "00" * 32) -> Ledger:
    return Ledger.open(
        folder / "ledger.db",
        BenchKey.open(folder / "ledger.key"),
        LedgerHeader("training", simulated=True),
        SystemClock(),
        app_version="0",
        policy_hash=policy,
    )


def stuck_handset(number: int) -> SimulatedHandset:
    """Make a handset that stays in step 2 until it loses its link, and only the first time."""
    return make_handset(number, faults=[HangShell(word=_STEP_2, once=True)])


class Hub(Protocol):
    """Where the test plugs handsets in; leaving it pulls everything out."""

    async def plug(self, path: UsbPath, handset: SimulatedHandset, /) -> None: ...

    async def unplug(self, path: UsbPath, /) -> SimulatedHandset: ...

    async def __aenter__(self) -> Any: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class Workbench:
    """A bench that runs while it is used as `async with`; what is shown, and hands to act."""

    def __init__(
        self, folder: Path, layout: HubLayout | None = None, access: Access = _EVERYBODY
    ) -> None:
        self.folder = folder
        self.access = access
        self.layout = layout or numbered_layout()
        self.client = AdbClient(port := free_port())
        self.server = AdbServer(port, home=folder / "home")
        self.scanner = SimulatedScanner(folder / "scanner")
        self.hub = self._make_hub()
        self.printer = SimulatedPrinter()
        self.slots: dict[str, SlotView] = {}
        self.shown = BenchView()
        self.problems_seen: set[ProblemCode] = set()
        self.words_seen: dict[str, list[str]] = {}
        self.ledger: Ledger
        self._post: Post
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    # the bench
    async def __aenter__(self) -> Self:
        ready = asyncio.Event()

        def is_ready(post: Post) -> None:
            self._post = post
            ready.set()

        bench = self._make_bench()
        self._task = asyncio.create_task(bench.run(self._see, is_ready))
        opened = asyncio.create_task(ready.wait())
        await asyncio.wait([self._task, opened], return_when=asyncio.FIRST_COMPLETED)
        opened.cancel()
        self._still_runs()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        over = self._task.done()
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        assert not over, "the bench ended by itself"
        verdict = verify_file(self.folder / "ledger.db")
        assert verdict.verifies, verdict.reason

    @asynccontextmanager
    async def _equipment(self) -> AsyncIterator[Equipment]:
        async with self.printer, self.hub:
            try:
                await self.server.ensure()
                handsets, watchers = self._make_watchers()
                printer = zpl_over_tcp(self.printer.host, self.printer.port)
                scanner = SerialScanner(self.scanner.device)
                yield Equipment(handsets, printer, (*watchers, scanner))
            finally:
                self.scanner.unplug()
                await self.server.stop()

    def _make_bench(self) -> Bench:
        """Return the bench to be run; its record is this one's `ledger` once it is open."""
        return training_bench(
            self.folder, self.layout, self._equipment, self._take_ledger, self.access
        )

    def _take_ledger(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def _make_hub(self) -> Hub:
        return SimulatedHub(self.client, tuple(self.layout.ports))

    def _make_watchers(self) -> tuple[AdbHandsets, tuple[Watcher, ...]]:
        """Return the handsets, and who says what is plugged in."""
        assert isinstance(self.hub, SimulatedHub)
        handsets = AdbHandsets(self.server, self.client, self.hub.locate)
        return handsets, (self.hub, handsets)

    def _see(self, view: BenchView) -> None:
        self.shown = view
        self.problems_seen |= {problem.code for problem in view.problems}
        for slot in view.slots:
            self.slots[str(slot.slot)] = slot
            words = self.words_seen.setdefault(str(slot.slot), [])
            if words[-1:] != [slot.word]:
                words.append(slot.word)
        self._news.set()

    def _still_runs(self) -> None:
        assert self._task is not None
        if self._task.done():
            self._task.result()
            raise AssertionError("the bench ended by itself")

    # hands
    def post(self, fact: Fact) -> None:
        self._post(fact)

    async def plug(self, slot: str, handset: SimulatedHandset) -> None:
        await self.hub.plug(self.port(slot), handset)

    async def unplug(self, slot: str) -> SimulatedHandset:
        return await self.hub.unplug(self.port(slot))

    async def scan(self, text: str) -> ScanView:
        """Scan; return what was answered."""
        before = self.shown.scan
        self.scanner.scan(text)
        await self.until(lambda: self.shown.scan is not before, f"an answer to {text!r}")
        assert self.shown.scan is not None
        return self.shown.scan

    async def scan_box(self, handset: SimulatedHandset) -> ScanView:
        return await self.scan(handset.imeis[0])

    async def scan_label(self, slot: str) -> ScanView:
        """Scan the label of that slot, which must have come out of the printer."""
        tag = self.slots[slot].asset_tag
        assert tag in self.labels()
        return await self.scan(tag)

    async def take_in(self, slot: str, handset: SimulatedHandset) -> None:
        """Plug in, and scan the box."""
        await self.plug(slot, handset)
        await self.shows(slot, "Scan IMEI")
        await self.scan_box(handset)

    async def finish(self, slot: str) -> None:
        """Wait for the label, and scan it back."""
        await self.shows(slot, "Scan label")
        await self.scan_label(slot)
        await self.shows(slot, "Done")

    async def stage(self, slot: str, handset: SimulatedHandset) -> None:
        await self.take_in(slot, handset)
        await self.finish(slot)

    # eyes
    def port(self, slot: str) -> UsbPath:
        code = SlotCode.parse(slot)
        return next(path for path, other in self.layout.ports.items() if other == code)

    def labels(self) -> list[str]:
        """What the labels say that came out, in order."""
        return [read_back(label) or "unreadable" for label in self.printer.labels]

    def stands(self, code: ProblemCode) -> bool:
        return any(problem.code is code for problem in self.shown.problems)

    def problem(self, slot: str) -> ProblemCode | None:
        problem = self.slots[slot].problem
        return problem.code if problem else None

    async def shows(self, slot: str, *words: str) -> SlotView:
        """Wait until the slot shows one of these words."""
        await self.until(
            lambda: slot in self.slots and self.slots[slot].word in words, f"{words} in {slot}"
        )
        return self.slots[slot]

    async def until_asked(self, handset: SimulatedHandset, word: str) -> None:
        """Wait until the handset was asked for something with that word in it."""
        await self.until(lambda: any(word in line for line in handset.log), f"{word} to be asked")

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until something is so; look when something is shown, and now and then."""
        try:
            async with asyncio.timeout(DEADLINE):
                while not condition():
                    self._still_runs()
                    self._news.clear()
                    with suppress(TimeoutError):
                        async with asyncio.timeout(0.05):
                            await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"waited in vain for {what}; shown: {self.words()}") from None

    async def settle(self, seconds: float = 0.3) -> None:
        """Give what must not happen the time to happen."""
        await asyncio.sleep(seconds)
        self._still_runs()

    def words(self) -> dict[str, str]:
        return {slot: view.word for slot, view in self.slots.items() if view.word != "Empty"}

    # the record
    def record(self, handset: SimulatedHandset | None = None) -> list[dict[str, Any]]:
        """Return the bodies of the events, of one handset or of all."""
        bodies = [json.loads(event.body) for event in self.ledger.events(0, 100_000)]
        if handset is None:
            return bodies
        uids = {body["dev"]["uid"] for body in bodies if _names(body, handset)}
        return [body for body in bodies if body.get("dev", {}).get("uid") in uids]

    def kinds(self, handset: SimulatedHandset) -> list[str]:
        return [body["type"] for body in self.record(handset)]


def _names(body: dict[str, Any], handset: SimulatedHandset) -> bool:
    """Whether the event says all that the handset says of itself: the first about it does."""
    device = body.get("dev", {})
    said = [device.get("imei"), device.get("imei2")]
    serial = handset.properties["ro.serialno"]
    return device.get("serial") == serial and said == [*handset.imeis, None, None][:2]


def at_the_bench(
    test: Callable[Concatenate[Workbench, _Given], Coroutine[Any, Any, None]],
) -> Callable[..., None]:
    """Run a test at a bench of its own, in the folder that pytest gives it."""

    async def run(folder: Path, *args: _Given.args, **kwargs: _Given.kwargs) -> None:
        async with Workbench(folder) as bench:
            await test(bench, *args, **kwargs)

    @functools.wraps(test)
    def wrapper(tmp_path: Path, *args: _Given.args, **kwargs: _Given.kwargs) -> None:
        asyncio.run(run(tmp_path, *args, **kwargs))

    _, *given = inspect.signature(test).parameters.values()
    folder = inspect.Parameter("tmp_path", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    vars(wrapper)["__signature__"] = inspect.Signature([folder, *given])
    return wrapper


async def program(*words: str | Path, **environment: str) -> tuple[int, str, str]:
    """Run a Python program of this repository; return exit code and both outputs."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, *map(str, words), cwd=ROOT, env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await child.communicate()
    assert child.returncode is not None
    return child.returncode, out.decode(), err.decode()
