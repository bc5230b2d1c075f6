from __future__ import annotations

from pytestqt.modeltest import ModelTester

from app.staging.attention import Notes, notes
from bench.events.views import Category, SlotView
from bench.identity.identifiers import SlotCode
from bench.problems import Problem, ProblemCode

LABELS_OUT = Problem(ProblemCode.PRINTER_OUT_OF_PAPER, "printer")
DAMAGED = Problem(ProblemCode.LEDGER_DAMAGED, "record")
UNPLUGGED = SlotView(
    SlotCode("B", 4), Category.HELD, "Unplugged", problem=Problem(ProblemCode.UNPLUGGED, "B4")
)
WRONG_BOX = SlotView(
    SlotCode("A", 1), Category.HELD, "Wrong box", problem=Problem(ProblemCode.IMEI_MISMATCH, "A1")
)


def test_the_worst_stands_first() -> None:
    found = notes((UNPLUGGED, WRONG_BOX), (LABELS_OUT, DAMAGED))
    codes = [note.problem.code for note in found]
    assert codes[0] is ProblemCode.LEDGER_DAMAGED
    assert codes[1] is ProblemCode.IMEI_MISMATCH
    assert set(codes[2:]) == {ProblemCode.PRINTER_OUT_OF_PAPER, ProblemCode.UNPLUGGED}


def test_every_entry_says_where_what_and_what_to_do() -> None:
    for code in ProblemCode:
        note = notes((), (Problem(code, "printer", "<b>why</b>"),))[0]
        assert note.head == f"printer — {note.problem.advice.word}"
        assert note.problem.advice.what in note.body
        assert "<b>why</b>" in note.body
        assert note.body.endswith(note.problem.advice.do)


def test_only_what_was_not_there_before_is_new(qtmodeltester: ModelTester) -> None:
    model = Notes()
    assert len(model.show(notes((UNPLUGGED,), ()))) == 1
    assert model.show(notes((UNPLUGGED,), ())) == ()
    new = model.show(notes((UNPLUGGED,), (LABELS_OUT,)))
    assert [note.problem for note in new] == [LABELS_OUT]
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    assert model.show(()) == ()
    assert len(model.show(notes((UNPLUGGED,), ()))) == 1
