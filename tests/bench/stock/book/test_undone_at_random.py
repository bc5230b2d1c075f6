"""Handsets go any legal way, and whatever can be undone now and then is: the pages stay right."""

from __future__ import annotations

import random
from contextlib import closing, suppress
from pathlib import Path

import pytest

from bench.custody.corrections import deciding
from bench.custody.corrections.kinds import Why
from bench.custody.database import PLAIN
from bench.custody.entries import Entry, RunPosition
from bench.custody.phases import Phase, phase_after
from bench.events.orders import CustodyKind, Json
from bench.problems import ProblemError
from tests.bench.stock.counter import made_up
from tests.bench.stock.shelf import Shelf, shelf

K = CustodyKind
KINDS = (
    K.GOODS_IN, K.SCANNED, K.STAGED, K.VOIDED, K.TAKEN_OUT, K.PACKED, K.SEALED, K.DISPATCHED,
    K.RECEIVED, K.HANDED_OVER, K.RETURNED, K.QUARANTINED, K.RELEASED, K.WIPED, K.DOA, K.DISPOSED,
)  # fmt: skip
AT_A_SLOT = (K.SCANNED, K.STAGED, K.VOIDED, K.TAKEN_OUT)
ALIKE = {
    "counted": """SELECT (SELECT coalesce(sum(n), 0) FROM programme_day WHERE what = 'counted'),
  (SELECT coalesce(sum(n), 0) FROM programme_received),
  (SELECT count(*) FROM counted WHERE undone = 0)""",
    "staged": """SELECT (SELECT coalesce(sum(n), 0) FROM programme_day
  WHERE what IN ('staged', 'restaged')),
  (SELECT count(*) FROM programme_run WHERE staged_as <> ''),
  (SELECT coalesce(sum(n), 0) FROM programme_hour)""",
    "issued": """SELECT (SELECT coalesce(sum(n), 0) FROM programme_issue),
  (SELECT count(*) FROM programme_handset WHERE issued <> '' AND gone = 0), NULL""",
    "judged": """SELECT (SELECT coalesce(sum(n), 0) FROM programme_day
  WHERE what IN ('untroubled', 'trouble')),
  (SELECT count(*) FROM programme_handset WHERE judged <> ''), NULL""",
}


class Walk:
    """Three handsets, each wherever luck takes it."""

    def __init__(self, stock: Shelf, seed: int) -> None:
        self.stock, self.luck = stock, random.Random(seed)
        self.runs: dict[str, str] = {}

    def step(self) -> None:
        handset = made_up(self.luck.randrange(3) + 1)
        known = self.stock.means.ledger.device_by_imei(handset.imeis[0])
        phase = known.phase if known else Phase.NEW
        if known and self.luck.random() < 0.25:
            self._undo(handset.uid)
            return
        if self._counted(handset.uid):
            ways = [kind for kind in KINDS[1:] if phase_after(kind, phase)]
        else:
            ways = [kind for kind in KINDS if phase_after(kind, phase)]
        if ways:
            self._go(self.luck.choice(ways), handset.uid, phase)
            self.stock.watch.pass_(minutes=1)

    def _counted(self, uid: str) -> bool:
        asked = "SELECT 1 FROM counted WHERE uid = ? AND undone = 0"
        return self.stock.means.book.connection.execute(asked, (uid,)).fetchone() is not None

    def _go(self, kind: CustodyKind, uid: str, phase: Phase) -> None:
        handset = next(made_up(n) for n in (1, 2, 3) if made_up(n).uid == uid)
        if kind is K.SCANNED:
            self.runs[uid] = f"run-{self.luck.randrange(1 << 40):x}"
        where = None
        if kind in AT_A_SLOT:
            run = self.runs.setdefault(uid, "run-0")
            where = RunPosition(run, "A1", "staging", open=kind is K.SCANNED)
        is_in = kind is K.GOODS_IN
        data: dict[str, Json] = {"source": "despatch"} if is_in else {}
        if is_in and phase is not Phase.NEW:
            data["late"] = True
        self.stock.append(
            Entry(
                kind,
                handset,
                where,
                data,
                from_="bench-07/hand",
                to=f"bench-07/{kind.value}",
                order="PO-1" if is_in else None,
            )
        )

    def _undo(self, uid: str) -> None:
        ledger = self.stock.means.ledger
        events = ledger.history(uid)
        seq = events[-self.luck.randrange(1, min(len(events), 2) + 1)].seq
        with suppress(ProblemError), closing(PLAIN.read(ledger.path)) as record:
            self.stock.append(deciding.undo(record, seq, why=Why.NOT_DONE))


def pages(stock: Shelf) -> dict[str, list[str]]:
    book = stock.means.book
    return {
        table: sorted(map(repr, book.connection.execute(f"SELECT * FROM {table}").fetchall()))
        for page in book.pages
        for table in page.tables
    }


def walked(folder: Path, seed: int) -> None:
    with shelf(folder) as stock:
        walk = Walk(stock, seed)
        for _ in range(80):
            walk.step()
        book, ledger = stock.means.book, stock.means.ledger
        for name, asked in ALIKE.items():
            found = book.connection.execute(asked).fetchone()
            assert len({each for each in found if each is not None}) == 1, (seed, name, found)
        for phase, uid in book.connection.execute("SELECT phase, uid FROM handset").fetchall():
            handset = next(made_up(n) for n in (1, 2, 3) if made_up(n).uid == uid)
            known = ledger.device_by_imei(handset.imeis[0])
            assert known is not None
            assert (phase or Phase.NEW) == known.phase
        before = pages(stock)
        book.tear_out()
        book.catch_up(ledger.events)
        assert pages(stock) == before


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_undone_the_pages_say_one_thing(tmp_path: Path, seed: int) -> None:
    walked(tmp_path, seed)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(4, 54))
def test_whatever_is_undone_fifty_times(tmp_path: Path, seed: int) -> None:
    walked(tmp_path, seed)
