"""`look`: the window on a simulated record, with nothing plugged in."""

from __future__ import annotations

import asyncio
from contextlib import closing, suppress
from pathlib import Path

import pytest

import main
from bench.command_line.program import Program
from bench.command_line.stock.example import make
from bench.custody.entries import LedgerHeader
from bench.events.desks import Answered, DeskOpened, DeskView, Workspace
from bench.events.views import BenchView
from bench.ports import Post
from bench.problems import ProblemCode, ProblemError
from bench.stock.programme.view import RollOutView
from tests.bench.custody.record import open_ledger


def _seen_at_the_roll_out(record: Path) -> DeskView:
    """Run the bench of that record, go to its roll-out, and return what is shown there."""
    views: list[BenchView] = []
    posts: list[Post] = []

    async def look() -> DeskView:
        work = asyncio.create_task(main.looked_at(record).run(views.append, posts.append))
        while not posts:
            await asyncio.sleep(0.01)
            if work.done():
                work.result()
        posts[0](DeskOpened(Workspace.ROLL_OUT))
        desk = views[-1].desk
        assert desk is not None
        posts[0](Answered(desk.question, desk.choices[0].name))
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work
        shown = views[-1].desk
        assert shown is not None
        return shown

    return asyncio.run(look())


def test_an_example_is_opened_and_shows_its_roll_out(tmp_path: Path) -> None:
    program = Program(main.RESOURCES, lambda: "0" * 64)
    make("pcd-1323", tmp_path / "example", program, days=2, full=6, fleet=3)
    shown = _seen_at_the_roll_out(tmp_path / "example" / "ledger.db")
    assert isinstance(shown.page, RollOutView)
    assert shown.page.aims.target == 29_737


def test_a_real_record_is_not_looked_at(tmp_path: Path) -> None:
    with closing(open_ledger(tmp_path, LedgerHeader("bench-07", simulated=False))) as ledger:
        path = ledger.path
    with pytest.raises(ProblemError) as told:
        main.looked_at(path)
    assert told.value.problem.code is ProblemCode.NOT_REAL


def test_without_a_display_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    with closing(open_ledger(tmp_path)) as ledger:
        path = ledger.path
    assert main.main(["look", str(path)]) == 2
    assert "stock roll-out" in capsys.readouterr().err
