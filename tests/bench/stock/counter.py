"""A desk of the stock on a real record and book: what a person does goes in, views come out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.custody.chain import parse
from bench.custody.entries import DeviceRef, Entry
from bench.custody.ledger import Ledger
from bench.custody.people import pin
from bench.enrolment.profiles.profile import EnrolmentProfile
from bench.events.desks import Answered, DeskOpened, DeskView, FileChosen, SignatureDrawn, Workspace
from bench.events.orders import CustodyKind, Json
from bench.events.person import HiddenText, PinTyped
from bench.events.views import ScanView
from bench.identity.identifiers import AssetTag, Imei, SerialNumber
from bench.staging.stock_room import StockRoom
from bench.staging.trainees import Trainee
from bench.stock.book.book import Book, beside
from bench.stock.book.page import Page
from bench.stock.desk.means import Means
from bench.stock.desk.turns import Offer
from bench.stock.rooms import PAGES, offers
from tests.bench.staging.manned import PEPPER, POLICY, rules_with
from tests.bench.staging.workplace import Workplace, workplace

FONTS = Path("resources/fonts")


@dataclass
class Counter:
    """A bench whose desks are worked at; `means` is what their tasks have."""

    bench: Workplace
    means: Means
    stock: StockRoom
    loop: asyncio.Runner
    people: list[Trainee]
    """A technician and a supervisor, where the desk is manned."""

    @property
    def book(self) -> Book:
        return self.means.book

    @property
    def ledger(self) -> Ledger:
        return self.bench.ledger

    @property
    def desk(self) -> DeskView:
        """The desk as it is shown now."""
        view = self.bench.views[-1].desk
        assert view is not None, "nobody is at a desk"
        return view

    @property
    def answer(self) -> ScanView:
        """What was answered last."""
        view = self.bench.views[-1].scan
        assert view is not None, "nothing was answered yet"
        return view

    def go(self, workspace: Workspace, *choices: str) -> None:
        """Go to a workspace and choose there."""
        self.bench.post(DeskOpened(workspace))
        for choice in choices:
            self.choose(choice)

    def choose(self, choice: str, text: str = "") -> None:
        """Choose by name what the desk shows among its choices."""
        shown = [each.name for each in self.desk.choices]
        assert choice in shown, f"{choice} is not among {shown}"
        self.bench.post(Answered(self.desk.question, choice, text))

    def write(self, text: str) -> None:
        """Type the text that is wanted."""
        self.bench.post(Answered(self.desk.question, "", text))

    def name_file(self, path: Path) -> None:
        self.bench.post(FileChosen(self.desk.question, str(path)))

    def sign(self, strokes: str = "100,900 200,100;300,500 9000,500") -> None:
        self.bench.post(SignatureDrawn(self.desk.question, HiddenText(strokes)))

    def scan(self, text: object) -> None:
        self.bench.scan(text)

    def prove(self, who: Trainee) -> None:
        """Let somebody show badge and PIN: to sign in, or as the second person."""
        self.scan(who.badge.text)
        self.loop.run(self._type(who.pin))

    async def _type(self, pin: HiddenText) -> None:
        checking = asyncio.create_task(self.bench.people.work(self.bench.station.post))
        self.bench.post(PinTyped(pin))
        async with asyncio.timeout(20):
            while (access := self.bench.views[-1].access) and access.checking:
                await asyncio.sleep(0.01)
        checking.cancel()
        with suppress(asyncio.CancelledError):
            await checking

    def work(self) -> None:
        """Let the jobs that were begun be done, and their results be taken."""
        self.loop.run(self._work())

    async def _work(self) -> None:
        doing = asyncio.create_task(self.stock.jobs.work(self.bench.station.post))
        while self.desk.job is not None:
            await asyncio.sleep(0.01)
            if doing.done():
                doing.result()
        doing.cancel()
        with suppress(asyncio.CancelledError):
            await doing

    def bodies(self, *kinds: CustodyKind) -> list[Mapping[str, Json]]:
        """Return the events of these kinds as the record has them, all where none is named."""
        wanted = {kind.value for kind in kinds}
        bodies = (parse(event.body) for event in self.ledger.events(0, 1_000_000))
        return [body for body in bodies if not wanted or body["type"] in wanted]

    def append(self, *entries: Entry) -> None:
        """Put events into the record that happened elsewhere in the program."""
        self.ledger.append(entries)
        self.book.catch_up(self.ledger.events)


def made_up_imei(number: int) -> Imei:
    """Return an IMEI of the reporting body for tests (00): no handset has it."""
    return Imei.with_check_digit(f"0044{number:010d}")


def made_up(number: int, model: str = "SM-A325F", tag: bool = False) -> DeviceRef:
    """Return a handset that nobody has."""
    return DeviceRef(
        f"uid{number:023d}",
        (made_up_imei(number),),
        SerialNumber(f"RZ8N{number:07d}"),
        model,
        AssetTag.numbered("SIM", number) if tag else None,
    )


@contextmanager
def quick_pins() -> Iterator[None]:
    """Keep PINs as Argon2 keeps them at its least: what it costs a thief is tried elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pin, "PASSES", 1)
        patch.setattr(pin, "MEMORY_KIB", 8 * pin.LANES)
        yield


@contextmanager
def counter(
    folder: Path,
    *,
    pages: Sequence[Page] = PAGES,
    tasks: Mapping[Workspace, tuple[Offer, ...]] | None = None,
    profiles: Mapping[str, EnrolmentProfile] | None = None,
    is_manned: bool = False,
) -> Iterator[Counter]:
    """Put desks on the record in `folder`; `tasks` in place of those that the product offers.

    At a manned one two people are enrolled, and somebody has to sign in.
    """
    kept: list[tuple[Means, StockRoom]] = []
    people: list[Trainee] = []
    with ExitStack() as ending:

        def stock(ledger: Ledger) -> StockRoom:
            book = Book.open(beside(ledger.path), pages, ledger.header.origin)
            ending.callback(book.close)
            means = Means(
                book=book, ledger=ledger, bench="bench-07", simulated=True,
                now=lambda: bench.watch.moment().at, papers=folder / "papers", fonts=FONTS,
                profiles=profiles or {}, pepper=PEPPER,
            )  # fmt: skip
            room = StockRoom(book, tasks if tasks is not None else offers(means))
            kept.append((means, room))
            return room

        rules = rules_with(people, POLICY) if is_manned else None
        ending.enter_context(quick_pins())
        bench = ending.enter_context(workplace(folder, stock=stock, rules=rules))
        yield Counter(bench, *kept[0], ending.enter_context(asyncio.Runner()), people)
