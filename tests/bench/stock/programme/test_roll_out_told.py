"""What the roll-out's page says: warnings, tables, the CSV, the paper."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pikepdf
import pytest

from bench.stock.programme.days import What
from bench.stock.programme.paper import paper
from bench.stock.programme.sections import sections, too_early
from bench.stock.programme.table import as_table
from bench.stock.programme.view import Capacity, RollOutView
from bench.stock.programme.warnings import warnings
from bench.stock.programme.words import lasted, millions, pounds, share
from tests.bench.stock.programme.roll_outs import AIMS, BEGAN, half_done

FONTS = Path("resources/fonts")


def rows(view: RollOutView) -> dict[tuple[str, ...], str]:
    told = csv.reader(io.StringIO(as_table(view).decode(), newline=""))
    assert next(told) == ["Table", "Row", "Column", "Value"]
    return {tuple(row[:3]): row[3] for row in told}


def test_a_roll_out_on_its_way_gives_no_warning() -> None:
    assert half_done().warnings == ()


def test_a_target_that_does_not_fit_the_core_is_warned_of_before_it_is_full() -> None:
    view = half_done(aims=replace(AIMS, in_service=300, capacity=1263))
    (told,) = (each for each in view.warnings if "core" in each)
    assert told == (
        "The target does not fit the core: 363 more can be managed, 400 are still to come, "
        "37 too many."
    )


def test_little_room_in_the_core_is_warned_of_and_none_is_said_outright() -> None:
    def warned(*room: int) -> str:
        done = replace(half_done().goals[0], remaining=0)
        view = replace(half_done(), capacity=Capacity(*room), goals=(done,))
        return " ".join(warnings(view).warnings)

    assert warned(40_000, 10_000, 29_000) == ""
    assert warned(40_000, 10_000, 29_737) == "The core is nearly full: 263 of 40,000 are left."
    assert warned(40_000, 10_000, 30_000).startswith("The core is full: 40,000 of 40,000.")
    assert warned(0, 10_000, 30_000) == ""


def test_a_deadline_that_will_be_missed_is_warned_of_with_what_it_would_take() -> None:
    view = half_done(aims=replace(AIMS, deadline=date(2026, 4, 3)))
    told = next(each for each in view.warnings if each.startswith("Staged"))
    assert told == "Staged: at 30 a working day the likely end is 15 Apr 2026; 80 a day are needed."


def test_a_deadline_that_is_past_is_said() -> None:
    view = half_done(aims=replace(AIMS, deadline=date(2026, 3, 27)))
    assert "Staged: the deadline, 27 Mar 2026, is past; 400 remain." in view.warnings


def test_a_budget_that_is_overspent_or_over_ordered_is_said() -> None:
    view = half_done()
    year = view.money[0]
    over = replace(view, money=(replace(year, budgeted=year.spent - 5),))
    assert "2025/26 capital is overspent by £0.05." in warnings(over).warnings
    ordered = replace(view, money=(replace(year, budgeted=year.spent),))
    assert "2025/26 capital is over-ordered by £55,000.00." in warnings(ordered).warnings


def test_an_order_that_names_no_year_is_said_in_a_whole_sentence() -> None:
    view = half_done()
    nameless = replace(view, money=(replace(view.money[0], year="", budget="", budgeted=0),))
    (told,) = (each for each in warnings(nameless).warnings if "budget" in each)
    assert told.startswith("Order lines of £")
    assert told.endswith("name no financial year or budget.")


def test_a_table_says_all_that_the_page_does_one_value_a_row() -> None:
    found = rows(half_done())
    assert found["About", "Programme", ""] == "Example roll-out"
    assert found["Towards the target", "Staged", "Done"] == "600"
    assert found["Money by financial year", "2025/26, capital", "Received"] == "220000.00"
    assert found["To be renewed by financial year", "2028/29", "Issued handsets"] == "219"
    assert found["Steps, the slowest first", "Install", "Times"] == "600"
    assert found["By the end of each day", BEGAN.isoformat(), "Staged"] == "20"
    assert found["By the end of each day", "2026-03-27", "Staged"] == "600"


def test_no_cell_of_the_table_is_a_formula() -> None:
    evil = replace(half_done(), aims=replace(AIMS, name='=HYPERLINK("http://x","y")'))
    assert not rows(evil)["About", "Programme", ""].startswith("=")


def test_a_paper_holds_plots_and_tables_and_says_that_it_is_simulated(tmp_path: Path) -> None:
    file = tmp_path / "roll-out.pdf"
    file.write_bytes(paper(half_done(), FONTS))
    with pikepdf.open(file) as opened:
        assert 3 <= len(opened.pages) <= 6
        assert "Example roll-out" in str(opened.open_metadata().get("dc:title"))
        drawn = opened.pages[0].Contents.read_bytes()
    assert drawn.count(b" l\n") > 20, "the burn-up's curves"


def test_a_name_from_a_file_is_only_text_on_paper() -> None:
    evil = replace(half_done(), aims=replace(AIMS, name="<b>**bold**</b>\x00\u202e" + "x" * 999))
    assert paper(evil, FONTS).startswith(b"%PDF-")


def test_two_papers_of_one_view_are_the_same_bytes() -> None:
    assert paper(half_done(), FONTS) == paper(half_done(), FONTS)


def test_every_row_of_a_table_has_a_cell_for_each_column() -> None:
    for section in sections(half_done()):
        assert section.rows or section.none == "Nothing went wrong.", section.title
        assert {len(row) for row in section.rows} <= {len(section.columns)}


def test_why_there_is_no_forecast_is_said() -> None:
    assert too_early(half_done()) == ""
    view = half_done(days={What.STAGED: {BEGAN: 0}})
    assert too_early(view) == "A forecast needs 5 working days on which something was staged."
    assert too_early(replace(view, aims=replace(AIMS, target=0))) == ""


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (pounds(820_000_000), "£8,200,000.00"),
        (pounds(-1250), "-£12.50"),
        (millions(820_000_000), "£8.20m"),
        (millions(-91_234_500), "-£912k"),
        (lasted(0.84), "0.8 s"),
        (lasted(59.6), "1 min 0 s"),
        (lasted(200), "3 min 20 s"),
        (lasted(7500), "2 h 5 min"),
        (share(1, 8), "12.5 %"),
        (share(0, 0), "—"),
    ],
)
def test_numbers_are_said_as_people_read_them(said: str, expected: str) -> None:
    assert said == expected
