"""Plots as points in a square, and what stands beside their curves."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bench.stock.programme import plotting
from bench.stock.programme.bottlenecks import slots
from bench.stock.programme.durations import bucket, middle, quantile
from bench.stock.programme.plot import Plot, Point, Role
from bench.stock.programme.queries import Results
from bench.stock.programme.scales import Scales
from bench.stock.programme.strokes import DASHES, spread
from bench.stock.programme.view import Capacity
from tests.bench.stock.programme.roll_outs import TODAY, half_done


def points(plot: Plot) -> list[Point]:
    found = [point for curve in plot.curves for point in curve.points]
    return found + [point for band in plot.bands for point in band.points]


def test_everything_that_is_drawn_lies_in_the_square() -> None:
    for plot in (plotting.burn_up(half_done()), plotting.capacity(half_done())):
        assert plot
        assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in points(plot))
        assert all(0 <= tick.at <= 1 for tick in (*plot.across, *plot.up))
        assert all(0 <= upright.x <= 1 for upright in plot.uprights)


def test_a_burn_up_rises_to_what_was_done_and_leads_to_the_target() -> None:
    view = half_done()
    plot = plotting.burn_up(view)
    staged = next(curve for curve in plot.curves if curve.role is Role.STAGED)
    target = next(curve for curve in plot.curves if curve.role is Role.LIMIT)
    assert staged.points[-1].y == pytest.approx(target.points[0].y * 600 / 1000)
    assert staged.points == tuple(sorted(staged.points))
    fan = next(band for band in plot.bands if band.role is Role.STAGED)
    assert fan.points[0] == staged.points[-1]
    assert fan.points[1].y == fan.points[-1].y == target.points[0].y
    assert fan.points[1].x <= fan.points[-1].x


def test_a_forecast_that_never_ends_reaches_the_edge_below_the_target() -> None:
    view = half_done()
    assert view.goals[0].forecast
    endless = replace(view.goals[0], forecast=replace(view.goals[0].forecast, high=None))
    plot = plotting.burn_up(replace(view, goals=(endless, *view.goals[1:])))
    fan = plot.bands[0]
    assert fan.points[-1].x == 1.0
    assert fan.points[-1].y < fan.points[1].y


def test_the_same_is_said_in_words() -> None:
    spoken = plotting.burn_up(half_done()).spoken
    assert "Staged: 600 of 1,000, likely done on" in spoken
    full = plotting.capacity(half_done())
    assert full
    assert full.spoken.startswith("Capacity: 700 of 1,200 are managed, 500 are left")


def test_no_capacity_is_plotted_where_nobody_said_one() -> None:
    assert plotting.capacity(replace(half_done(), capacity=Capacity(0, 0, 600))) is None


def test_a_roll_out_that_has_not_begun_can_be_plotted() -> None:
    view = half_done()
    bare = replace(view, series=tuple(replace(s, days=(), counts=()) for s in view.series))
    assert plotting.burn_up(bare).uprights
    assert plotting.capacity(bare)


@pytest.mark.parametrize("most", [0, 1, 7, 10, 99, 29_737, 40_000, 1_000_000])
def test_counts_are_named_in_round_steps_up_to_the_top(most: int) -> None:
    scales = Scales.of(TODAY, TODAY + timedelta(days=200), most)
    assert scales.top >= most
    assert 2 <= len(scales.up()) <= 12
    assert scales.up()[0].text == "0"
    assert scales.up()[-1].at == 1.0


@pytest.mark.parametrize("days", [1, 6, 45, 46, 300, 2000])
def test_at_most_eight_days_are_named(days: int) -> None:
    ticks = Scales.of(date(2026, 1, 15), date(2026, 1, 15) + timedelta(days=days), 10).across()
    assert 1 <= len(ticks) <= 8
    assert [tick.at for tick in ticks] == sorted(tick.at for tick in ticks)


@pytest.mark.parametrize("heights", [(), (0.5,), (0.5, 0.5, 0.5), (1.0, 1.0, 0.99), (0.0, 1.0)])
def test_names_stand_apart_in_their_order_and_within_the_plot(heights: tuple[float, ...]) -> None:
    placed = spread(heights, 0.1)
    assert max(placed, default=0) <= 1.0
    ordered = sorted(placed)
    assert all(b - a >= 0.1 - 1e-9 for a, b in itertools.pairwise(ordered))


def test_no_two_roles_have_the_same_stroke() -> None:
    assert set(DASHES) == set(Role)
    assert len(set(DASHES.values())) == len(Role)


@pytest.mark.parametrize("ms", [0, 1, 2, 999, 30_000, 156_000, 86_400_000])
def test_a_time_is_read_back_nearly_as_it_was(ms: int) -> None:
    assert middle(bucket(ms)) * 1000 == pytest.approx(max(ms, 1), rel=0.045)


def test_a_median_has_half_of_all_below_it() -> None:
    counts = {bucket(1_000): 5, bucket(10_000): 4, bucket(60_000): 1}
    assert quantile(counts, 0.5) == pytest.approx(1, rel=0.05)
    assert quantile(counts, 0.9) == pytest.approx(10, rel=0.05)
    assert quantile(counts, 1.0) == pytest.approx(60, rel=0.05)
    assert quantile({}, 0.5) == 0.0


def test_a_slot_stands_out_only_where_chance_does_not_explain_it() -> None:
    def ended(slot: str, passed: int, failed: int) -> list[Results]:
        return [Results(slot, "a", "pass", passed), Results(slot, "a", "fail", failed)]

    told = [*ended("A1", 990, 10), *ended("A2", 985, 15), *ended("A10", 900, 100)]
    found = {slot.name: slot.stands_out for slot in slots(told)}
    assert found == {"A1": False, "A2": False, "A10": True}
    assert not any(slot.stands_out for slot in slots([*ended("A1", 999, 0), *ended("A2", 1, 4)]))
