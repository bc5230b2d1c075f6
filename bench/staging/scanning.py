"""What is done about a scan: a badge signs somebody in, a box or a label reaches its run."""

from __future__ import annotations

from collections.abc import Callable

from bench.events.person import TextScanned
from bench.events.run import ImeiScanned, LabelScanned, RunFact
from bench.events.views import ScanTone, ScanView
from bench.identity.identifiers import AssetTag
from bench.identity.plain import plain
from bench.ports import Clock
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging.board import Board
from bench.staging.deeds import Deeds
from bench.staging.ports_desk import PortsDesk
from bench.staging.programme import Programme
from bench.staging.run import StagingRun, State
from bench.staging.scan_desk import BoxHeard, LabelHeard, ScanDesk, SimHeard, refused
from bench.staging.showing import Show
from bench.staging.sign_in_desk import SignInDesk
from bench.staging.sim_desk import SimDesk
from bench.staging.tags import Tags


class Scanning:
    """Takes scans; `tags` are for handsets that have no asset tag yet.

    `sims` is None where the bench has no book that could say which SIM is free.
    """

    def __init__(  # noqa: PLR0913 - all that a scan can reach
        self,
        board: Board,
        ports: PortsDesk,
        tags: Tags,
        show: Show,
        people: SignInDesk,
        programme: Programme,
        deeds: Deeds,
        clock: Clock,
        *,
        sims: SimDesk | None = None,
    ) -> None:
        self._board = board
        self._ports = ports
        self._tags = tags
        self._show = show
        self._people = people
        self._programme = programme
        self._deeds = deeds
        self._clock = clock
        self._sims = sims
        self._scans = ScanDesk(board)

    def read(self, scan: TextScanned) -> None:
        """Take a scan; `ProblemError` where whoever acts may not."""
        work: Callable[[TextScanned], None] = self._scanned
        if self._people.is_badge(scan.text):
            work = self._people.badge
        try:
            work(scan)
        finally:
            self._people.show()

    def _scanned(self, scan: TextScanned) -> None:
        self._people.book.present()
        heard = self._scans.hear(scan, self._clock.elapsed(), self._people.book.stale())
        self._show.bounced(self._scans.bounced)
        match heard:
            case BoxHeard():
                self._boxed(scan, heard)
            case LabelHeard():
                self._apply(scan, heard.run, LabelScanned(heard.tag))
            case SimHeard():
                self._married(scan, heard)
            case ScanView():
                self._show.answer(heard)
            case None:
                pass

    def _boxed(self, scan: TextScanned, heard: BoxHeard) -> None:
        try:
            tag = heard.run.asset_tag or self._tags.next(self._promised())
        except ProblemError as error:
            self._show.answer(refused(scan, plain(scan.text), error.problem))
            return
        scanned = ImeiScanned(heard.imei, tag, heard.also)
        run = self._on_screen(heard.run, scanned)
        if run.state is State.HELD and run is not heard.run:
            self._tell(scan, run)
        elif refusal := self._programme.refusal(run):
            self._show.answer(refused(scan, plain(scan.text), refusal))
        else:
            self._apply(scan, run, scanned)

    def _married(self, scan: TextScanned, heard: SimHeard) -> None:
        if self._sims is None:
            raise ProblemError(Problem(ProblemCode.NOT_POSSIBLE_NOW, detail="it keeps no stock"))
        fact = self._sims.asked(heard.run, heard.sim)
        after = self._deeds.by_hand(heard.run, fact)
        if after.state is State.HELD and after is not heard.run:
            self._tell(scan, after)
        elif after != heard.run:
            told = f"{after.slot}: SIM …{str(fact.sim['iccid'])[-4:]} is married to its handset."
            self._show.answer(ScanView(plain(scan.text), scan.source, ScanTone.GOOD, told))

    def _promised(self) -> AssetTag | None:
        """Return the tag of a box that waits for a second person."""
        waits = self._people.waits_for_second
        return waits.next_tag if isinstance(waits, ImeiScanned) else None

    def _on_screen(self, run: StagingRun, scanned: ImeiScanned) -> StagingRun:
        """Let a handset be met by its screen; return the run that is in its slot then."""
        for each, what in self._ports.on_screen(run, scanned):
            self._deeds.apply(each, what)
        return self._board.at(run.slot) or run

    def _apply(self, scan: TextScanned, run: StagingRun, fact: RunFact) -> None:
        after = self._deeds.by_hand(run, fact)
        if after != run:
            self._tell(scan, after)

    def _tell(self, scan: TextScanned, after: StagingRun) -> None:
        raw = plain(scan.text)
        if after.state is State.HELD and after.hold:
            held = Problem(after.hold.code, str(after.slot), after.hold.detail)
            self._show.answer(refused(scan, raw, held))
        else:
            answer = f"{after.slot}: {_answer(after)}."
            self._show.answer(ScanView(raw, scan.source, ScanTone.GOOD, answer))


def _answer(run: StagingRun) -> str:
    if run.state is State.ATTACHED and run.boxed:
        return "the box is read; dial *#06# on the handset and scan the code on its screen"
    return _ANSWERS.get(run.state, "taken")


_ANSWERS = {
    State.STAGING: "box and handset agree, staging starts",
    State.LABELLING: "box and handset agree, the label is printed",
    State.STAGED: "label, box and handset agree, done",
}
