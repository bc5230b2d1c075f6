"""Who has a handset from when to when, as events tell it."""

from __future__ import annotations

import pytest

from bench.stock.gaps.keeping import Gap, GapKind, Keeping, Moment, Told, advance


def _gaps(*events: tuple[str, int, str, str]) -> list[tuple[str, int]]:
    now: Keeping | None = None
    found: list[Gap] = []
    for kind, at, from_, to in events:
        now, ended = advance(now, Told(kind, Moment(at, at), from_, to))
        found += ended
    return [(gap.kind.value, gap.length) for gap in found]


ARRIVED = ("goods_in", 0, "supplier:X", "bench-07/stock")
SENT = ("dispatched", 100, "bench-07/packed", "site:NORTH")


def test_from_the_supplier_to_a_person_without_a_gap() -> None:
    assert not _gaps(
        ARRIVED,
        ("scanned", 10, "bench-07/goods-in", "bench-07/A1"),
        ("taken_out", 50, "bench-07/A1", "bench-07/out"),
        ("packed", 60, "", ""),
        SENT,
        ("received", 200, "", "site:NORTH"),
        ("handed_over", 300, "site:NORTH", "person:P1"),
        ("returned", 400, "person:P1", "bench-07/returns"),
    )


@pytest.mark.parametrize("from_", ["", "bench-07/packed", "site:NORTH"])
def test_what_is_on_its_way_may_be_received_from_either_end(from_: str) -> None:
    assert not _gaps(ARRIVED, SENT, ("received", 200, from_, "site:NORTH"))


def test_what_comes_from_another_than_it_was_given_to_is_a_gap() -> None:
    gone = ("handed_over", 90, "bench-07/staged", "person:P1")
    back = ("returned", 400, "person:P2", "bench-07/returns")
    assert _gaps(ARRIVED, gone, back) == [("given-by-another", 310)]


def test_what_goes_on_without_having_been_received_is_a_gap() -> None:
    over = ("handed_over", 500, "site:NORTH", "person:P1")
    assert _gaps(ARRIVED, SENT, over) == [("not-received", 400)]


def test_a_time_for_which_no_event_names_anybody_is_a_gap() -> None:
    met = ("step_finished", 0, "", "")
    assert _gaps(met, ("scanned", 70, "", "bench-07/A1")) == [("nobody-named", 70)]


def test_time_with_a_broken_seal_is_counted_from_the_first_breaking() -> None:
    broken = [("unsealed", at, "", "") for at in (30, 40)]
    assert _gaps(ARRIVED, *broken, ("sealed", 100, "", "")) == [("unsealed", 70)]
    assert GapKind.UNSEALED.value == "unsealed"


def test_a_length_is_what_has_really_passed_whatever_the_clock_was_set_to() -> None:
    now, _ = advance(None, Told("unsealed", Moment(1000, 1000), "", "b/stock"))
    _, (gap,) = advance(now, Told("sealed", Moment(900, 1300)))
    assert (gap.began.at, gap.ended.at, gap.length) == (1000, 900, 300)
