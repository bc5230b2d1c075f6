"""Budget, orders, what was received, and what is to be renewed when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bench.stock.programme.money import (
    BudgetLine,
    OrderLine,
    Received,
    YearMoney,
    beyond,
    by_year,
    spend,
    unit_price,
)
from bench.stock.programme.refresh import Ageing, Renewal, renewals


def line(number: int, quantity: int, pence: int = 27_500, **other: str) -> OrderLine:
    said = {"kind": "handset", "model": "SM-A325F", "year": "2022/23", "budget": "capital"} | other
    return OrderLine(
        "PO-1", number, "Item", said["kind"], said["model"], quantity, pence, said["year"],
        said["budget"],
    )  # fmt: skip


def came(count: int, model: str = "SM-A325F", **other: int) -> Received:
    return Received({("PO-1", model): count}, {"PO-1": other.get("sims", 0)}, {})


def test_what_was_received_costs_what_its_line_says() -> None:
    (found,) = spend([line(1, 100)], came(40))
    assert (found.received, found.pence) == (40, 40 * 27_500)


def test_lines_of_one_model_are_filled_in_their_order() -> None:
    lines = [line(2, 100, year="2023/24"), line(1, 30)]
    assert [each.received for each in spend(lines, came(40))] == [30, 10]
    assert beyond(lines, came(140)) == 10


def test_what_no_line_names_costs_nothing_and_is_told() -> None:
    (found,) = spend([line(1, 10)], came(25))
    assert (found.received, beyond([line(1, 10)], came(25))) == (10, 15)
    assert beyond([line(1, 10)], Received({("PO-2", "SM-A325F"): 5}, {}, {})) == 5


def test_a_handset_of_another_spelling_fills_the_only_line_of_its_order() -> None:
    assert [s.received for s in spend([line(1, 10)], came(4, "SM-A325F/DS"))] == [4]
    two = [line(1, 10), line(2, 10, model="SM-A346B")]
    assert [s.received for s in spend(two, came(4, "SM-A325F/DS"))] == [0, 0]
    assert beyond(two, came(4, "SM-A325F/DS")) == 4


def test_sims_are_received_by_the_file_and_services_by_the_line() -> None:
    lines = [line(1, 50, 100, kind="sim", model=""), line(2, 1, 9_900, kind="service", model="")]
    found = spend(lines, came(0, sims=20))
    assert [each.received for each in found] == [20, 0]
    found = spend(lines, replace(came(0, sims=20), lines={("PO-1", 2): 1}))
    assert [each.received for each in found] == [20, 1]
    assert [each.pence for each in found] == [2_000, 9_900]


def test_a_year_has_its_variance_and_what_is_not_ordered_yet() -> None:
    budgets = [
        BudgetLine("2022/23", "capital", "Handsets", 5_000_000),
        BudgetLine("2022/23", "capital", "Kit", 1_000_000),
        BudgetLine("2023/24", "revenue", "Airtime", 7),
    ]
    found = by_year(budgets, spend([line(1, 100)], came(240)))
    assert found == (
        YearMoney("2022/23", "capital", 6_000_000, 2_750_000, 2_750_000),
        YearMoney("2023/24", "revenue", 7, 0, 0),
    )
    assert (found[0].variance, found[0].uncommitted) == (3_250_000, 3_250_000)


def test_an_order_in_a_year_without_a_budget_is_overspent() -> None:
    (found,) = by_year([], spend([line(1, 10)], came(10)))
    assert found.variance == -275_000


def test_a_price_is_the_mean_over_all_lines_of_handsets() -> None:
    lines = [line(1, 10, 100), line(2, 30, 200), line(3, 999, 5, kind="accessory")]
    assert unit_price(lines) == 175
    assert unit_price([]) == 0


def test_handsets_are_renewed_in_the_year_in_which_they_come_of_age() -> None:
    ageing = Ageing({"2022-03": 2, "2022-04": 3}, 0, None, 36, 1_000)
    assert renewals(ageing, {"2024/25": 9_000}) == (
        Renewal("2024/25", 2, 0, 2_000, 9_000),
        Renewal("2025/26", 3, 0, 3_000, 0),
    )


def test_those_still_to_be_issued_are_renewed_from_the_likely_date_on() -> None:
    ageing = Ageing({}, 5, date(2023, 2, 20), 36, 1_000)
    assert renewals(ageing, {}) == (Renewal("2025/26", 0, 5, 5_000, 0),)
    assert renewals(Ageing({}, 5, None, 36, 1_000), {}) == ()


def test_nothing_is_renewed_where_no_file_said_how_long_a_handset_serves() -> None:
    assert renewals(Ageing({"2022-03": 2}, 0, None, 0, 1_000), {"2024/25": 1}) == ()
