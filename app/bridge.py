"""The only crossing between the bench's thread and Qt: facts go in, newest views come out.

The bench's thread never makes or holds a QObject; it merges views under a lock and posts one
event while none is pending. This thread drains at most once a frame, so that sixty-four busy
handsets cannot starve the window.
"""

from __future__ import annotations

import threading
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QCoreApplication, QElapsedTimer, QEvent, QObject, QTimer, Signal, Slot

from bench.events.views import BenchView, ProfileView, ScanView, SlotView, TallyView
from bench.identity.identifiers import SlotCode
from bench.staging.slots import HubLayout

if TYPE_CHECKING:
    # Loading asyncio takes as long as loading QtGui: the bench's thread does it after first paint.
    # So do the facts and the ports, which name every room of the bench, and the problems.
    import asyncio

    from bench.events.access import AccessView
    from bench.events.central import CentreView
    from bench.events.desks import DeskView
    from bench.events.run import Fact
    from bench.ports import Post
    from bench.problems import Problem

FRAME = 40
"""Milliseconds between two drains; progress is published ten times a second at most."""
SCANS_KEPT = 10
_WAKE = QEvent.Type(QEvent.registerEventType())


class Bench(Protocol):
    """A bench as the window needs it, with real or simulated hardware."""

    @property
    def name(self) -> str:
        """What the bench is called: `bench-07`."""
        ...

    @property
    def simulated(self) -> bool:
        """Whether it is a training bench; then everything says so."""
        ...

    @property
    def layout(self) -> HubLayout:
        """Which slots there are, and where."""
        ...

    async def run(
        self, publish: Callable[[BenchView], None], ready: Callable[[Post], None]
    ) -> None:
        """Work until cancelled, or until a demonstration ends.

        Call `ready` once facts may be posted, then `publish` after each commit, both on the
        loop that runs this. A known obstacle is a `ProblemError`.
        """
        ...


@dataclass(frozen=True, slots=True)
class Changes:
    """What is new since the last drain; all but `slots` and `scans` is whole."""

    slots: tuple[SlotView, ...]
    scans: tuple[ScanView, ...]
    tally: TallyView
    problems: tuple[Problem, ...]
    access: AccessView | None = None
    profiles: tuple[ProfileView, ...] = ()
    centre: CentreView | None = None
    desk: DeskView | None = None


class Merged:
    """Views of any number of publications, reduced to the newest of each slot. Any thread.

    Scans are events, not states: each is kept, up to as many as the scan bar can show. A scan
    that is published again with the next view is the same object and counts once.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending = False
        self._slots: dict[SlotCode, SlotView] = {}
        self._scans: deque[ScanView] = deque(maxlen=SCANS_KEPT)
        self._newest: ScanView | None = None
        self._tally = TallyView()
        self._problems: tuple[Problem, ...] = ()
        self._access: AccessView | None = None
        self._profiles: tuple[ProfileView, ...] = ()
        self._centre: CentreView | None = None
        self._desk: DeskView | None = None

    def add(self, view: BenchView) -> bool:
        """Merge a view; return whether a wake-up is due, that is none is on its way."""
        with self._lock:
            self._slots.update((slot.slot, slot) for slot in view.slots)
            if view.scan is not None and view.scan is not self._newest:
                self._scans.append(view.scan)
                self._newest = view.scan
            self._tally, self._problems = view.tally, view.problems
            self._access, self._profiles = view.access, view.profiles
            self._centre, self._desk = view.centre, view.desk
            due, self._pending = not self._pending, True
            return due

    def take(self) -> Changes | None:
        """Return what is new, or None, and ask for a wake-up again."""
        with self._lock:
            if not self._pending:
                return None
            self._pending = False
            slots, self._slots = tuple(self._slots.values()), {}
            scans = tuple(self._scans)
            self._scans.clear()
            whole = self._tally, self._problems, self._access, self._profiles, self._centre
            return Changes(slots, scans, *whole, self._desk)


class BenchThread(QObject):
    """The bench on a thread of its own. All methods and signals belong to the Qt thread."""

    changed = Signal(object)
    """`Changes`, at most once a frame."""
    refused = Signal(object)
    """The bench could not go on for a known reason: its `Problem`s."""
    crashed = Signal(str)
    """A bug ended the bench, or a callback on its loop failed: the traceback."""
    ended = Signal()
    """The bench is over, for whatever reason; sent last."""

    def __init__(self, bench: Bench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._views = Merged()
        self._inlet = Inlet()
        self._ending: deque[tuple[Problem, ...] | str | None] = deque()
        self._thread = threading.Thread(target=self._work, name=bench.name, daemon=True)
        self._since = QElapsedTimer()
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._drain)

    @Slot()
    def start(self) -> None:
        """Start the bench."""
        self._thread.start()

    def post(self, fact: Fact) -> bool:
        """Hand a fact to the bench; False once it is over. Before it is ready, facts wait."""
        return self._inlet.post(fact)

    def stop(self, seconds: float = 10.0) -> bool:
        """Cancel the bench and wait for its end; return whether it ended in time."""
        self._inlet.cancel()
        if self._thread.ident is not None:
            self._thread.join(seconds)
        self._drain()
        return not self._thread.is_alive()

    def event(self, event: QEvent) -> bool:
        """Take a wake-up; if the last drain is less than a frame ago, wait for the rest of it."""
        if event.type() != _WAKE:
            return super().event(event)
        rest = FRAME - self._since.elapsed() if self._since.isValid() else 0
        if rest > 0:
            self._timer.start(rest)
        else:
            self._drain()
        return True

    @Slot()
    def _drain(self) -> None:
        self._since.start()
        if changes := self._views.take():
            self.changed.emit(changes)
        while self._ending:
            self._tell(self._ending.popleft())

    def _tell(self, ending: tuple[Problem, ...] | str | None) -> None:
        match ending:
            case None:
                self.ended.emit()
            case str():
                self.crashed.emit(ending)
            case problems:
                self.refused.emit(problems)

    # ── on the bench's thread ───────────────────────────────────────────────────────────────────
    def _work(self) -> None:
        import asyncio  # noqa: PLC0415 - see above

        try:
            asyncio.run(self._run())
        finally:
            self._leave(None)

    async def _run(self) -> None:
        import asyncio  # noqa: PLC0415 - see above

        loop = asyncio.get_running_loop()
        loop.set_exception_handler(self._callback_failed)
        task = loop.create_task(self._bench.run(self._publish, self._inlet.open))
        self._inlet.follow(loop, task)
        await asyncio.wait({task})
        self._inlet.close()
        if not task.cancelled() and (error := task.exception()):
            self._leave(_known(error) or "".join(traceback.format_exception(error)))

    def _publish(self, view: BenchView) -> None:
        if self._views.add(view):
            self._wake()

    def _callback_failed(
        self, _loop: asyncio.AbstractEventLoop, context: dict[str, object]
    ) -> None:
        error = context.get("exception")
        told = traceback.format_exception(error) if isinstance(error, BaseException) else []
        self._leave("".join([f"{context.get('message')}\n", *told]))

    def _leave(self, ending: tuple[Problem, ...] | str | None) -> None:
        self._ending.append(ending)
        self._wake()

    def _wake(self) -> None:
        QCoreApplication.postEvent(self, QEvent(_WAKE))


class Inlet:
    """Where facts of the window enter the bench's loop, and where it is told to stop."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._early: list[Fact] = []
        self._post: Post | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._over = False

    def post(self, fact: Fact) -> bool:
        """Hand on a fact, or keep it until the bench is ready. Qt thread."""
        with self._lock:
            if self._over:
                return False
            if self._loop is None or self._post is None:
                self._early.append(fact)
            else:
                self._loop.call_soon_threadsafe(self._post, fact)
            return True

    def cancel(self) -> None:
        """Cancel the bench, now or as soon as it starts. Qt thread."""
        with self._lock:
            if self._loop and self._task and not self._over:
                self._loop.call_soon_threadsafe(self._task.cancel)
            self._over = True

    def follow(self, loop: asyncio.AbstractEventLoop, task: asyncio.Task[None]) -> None:
        """Remember what to post to and what to cancel. Bench thread."""
        with self._lock:
            self._loop, self._task = loop, task
            if self._over:
                task.cancel()

    def open(self, post: Post) -> None:
        """Take the bench's door and hand on what waited. Bench thread."""
        with self._lock:
            self._post = post
            early, self._early = self._early, []
        for fact in early:
            post(fact)

    def close(self) -> None:
        """Take no more facts: the loop is about to close. Bench thread."""
        with self._lock:
            self._over = True


def _known(error: BaseException) -> tuple[Problem, ...]:
    """Return the problems an error consists of, or nothing if there is anything else in it."""
    from bench.problems import ProblemError  # noqa: PLC0415 - nothing has failed at the start

    match error:
        case ProblemError():
            return (error.problem,)
        case BaseExceptionGroup():
            parts = [_known(part) for part in error.exceptions]
            return tuple(problem for part in parts for problem in part) if all(parts) else ()
        case _:
            return ()
