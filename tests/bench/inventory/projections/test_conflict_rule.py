from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bench.inventory.projections.rule import (
    ConflictKind,
    Finding,
    Holding,
    Resolution,
    Shown,
    State,
    Turn,
    find,
)

IMEI, OTHER = "004400001234564", "004400007654321"
EIGHT = datetime(2026, 11, 24, 8, tzinfo=UTC)


def shown(seq: int, hours: int = 0) -> Shown:
    return Shown(1, seq, EIGHT + timedelta(hours=hours))


def at(bench: str, phase: str = "at-bench", *, hours: int = 0, serial: str = "S1") -> Holding:
    here = shown(5, hours)
    return Holding(
        bench, f"uid-{bench}", f"imei:{IMEI}", phase, (IMEI,), serial, in_hand=here, named=here
    )


def resolved(keeper: str, *, hours: int, by: str = "bench-01", seq: int = 9) -> Resolution:
    return Resolution(by, shown(seq, hours), IMEI, keeper)


def only(*said: Holding | Resolution) -> Finding:
    holdings = [each for each in said if isinstance(each, Holding)]
    (found,) = find(holdings, [each for each in said if isinstance(each, Resolution)])
    return found


def test_a_handset_in_hand_at_two_benches_is_a_conflict() -> None:
    found = only(at("bench-01", "staged"), at("bench-02"))
    assert (found.kind, found.value, found.is_open) == (ConflictKind.IMEI, IMEI, True)


def test_a_handset_that_moved_is_none() -> None:
    for phase in ("in-stock", "returned", "dispatched", "handed-over", "disposed", "wiped"):
        assert find([at("bench-01", phase), at("bench-02")], []) == []


def test_one_imei_with_two_serial_numbers_is_a_conflict_wherever_they_are() -> None:
    found = only(at("bench-01", "disposed"), at("bench-02", "dispatched", serial="S2"))
    assert (found.kind, found.is_open) == (ConflictKind.SERIAL, True)
    assert find([at("bench-01", "in-stock"), at("bench-02", serial="s1")], []) == []


def test_one_asset_tag_on_two_handsets_is_a_conflict() -> None:
    tagged = Holding(
        "bench-01", "u1", "imei:1", "staged", ("1",), "", "AST-000001", tagged=shown(3)
    )
    other = replace(tagged, bench="bench-02", uid="u2", key="imei:2", imeis=("2",))
    assert only(tagged, other).kind is ConflictKind.ASSET_TAG
    assert find([tagged, replace(other, key="imei:1", imeis=("1",))], []) == []


def test_it_is_resolved_by_who_keeps_the_handset() -> None:
    found = only(at("bench-01"), at("bench-02"), resolved("bench-02", hours=1))
    assert not found.is_open
    assert found.kept == {("bench-01", "uid-bench-01"): False, ("bench-02", "uid-bench-02"): True}


def test_a_resolution_that_nobody_signed_off_decides_nothing() -> None:
    unsigned = replace(resolved("bench-02", hours=1), in_force=False)
    assert only(at("bench-01"), at("bench-02"), unsigned).is_open


def test_a_conflict_that_comes_again_opens_anew() -> None:
    later = at("bench-02", hours=2)
    assert only(at("bench-01"), later, resolved("bench-01", hours=1)).is_open
    again = resolved("bench-01", hours=3, seq=10)
    assert not only(at("bench-01"), later, resolved("bench-01", hours=1), again).is_open


def test_a_third_bench_is_no_side_of_what_was_resolved_between_two() -> None:
    third = at("bench-03", hours=5)
    found = only(at("bench-01"), at("bench-02"), third, resolved("bench-01", hours=1))
    assert found.is_open
    assert found.kept["bench-03", "uid-bench-03"] is None


def test_of_its_own_bench_a_resolution_knows_what_stands_before_it_whatever_the_clocks_say() -> (
    None
):
    late = replace(at("bench-01"), in_hand=shown(10, hours=0))
    found = only(late, at("bench-02"), resolved("bench-02", hours=1, seq=9))
    assert found.kept["bench-01", "uid-bench-01"] is None


def test_a_handset_set_aside_by_a_resolution_stays_a_side_of_it() -> None:
    aside = replace(at("bench-01", "quarantined"), set_aside=True)
    assert not only(aside, at("bench-02"), resolved("bench-02", hours=1)).is_open
    assert only(aside, at("bench-02")).is_open
    assert find([replace(aside, set_aside=False), at("bench-02")], []) == []


def spell(bench: str, phase: str, came: int, left: int, *, received: int | None = None) -> Holding:
    """A handset that came in hand at that hour by the bench's clock, and left at another."""
    told = left if received is None else received
    return replace(
        at(bench, phase, hours=came),
        came=Turn(shown(5, came), EIGHT + timedelta(hours=came)),
        left=Turn(shown(6, told), EIGHT + timedelta(hours=left)),
    )


def test_one_that_a_bench_gave_away_before_anybody_resolved_it_stays_as_ended() -> None:
    right = replace(at("bench-01"), came=Turn(shown(5), EIGHT))
    wrong = spell("bench-02", "dispatched", 1, 2)
    found = only(right, wrong)
    assert (found.state, found.is_open) == (State.ENDED, False)
    assert found.kept == {("bench-01", "uid-bench-01"): None, ("bench-02", "uid-bench-02"): None}
    assert only(spell("bench-01", "disposed", 0, 5), wrong).state is State.ENDED
    assert only(right, wrong, resolved("bench-01", hours=3)).state is State.RESOLVED


def test_one_that_had_left_before_the_other_had_it_moved_however_late_that_was_told() -> None:
    left = spell("bench-01", "dispatched", 0, 2, received=9)
    there = replace(at("bench-02", hours=3), came=Turn(shown(5, 3), EIGHT + timedelta(hours=3)))
    assert find([left, there], []) == []
    told_first = spell("bench-01", "dispatched", 0, 5, received=2)
    assert find([told_first, there], []) == []


def test_a_resolution_stands_when_who_keeps_it_gives_the_handset_away() -> None:
    keeper = spell("bench-01", "dispatched", 0, 5)
    wrong = replace(at("bench-02", hours=1), came=Turn(shown(5, 1), EIGHT + timedelta(hours=1)))
    found = only(keeper, wrong, resolved("bench-01", hours=2))
    assert found.state is State.RESOLVED
    assert found.kept["bench-02", "uid-bench-02"] is False
    moved = replace(keeper, left=Turn(shown(12, 5), EIGHT))
    found = only(moved, wrong, resolved("bench-01", hours=2))
    assert found.kept["bench-02", "uid-bench-02"] is False


def test_a_resolution_that_names_no_side_leaves_it_open() -> None:
    before = spell("bench-03", "dispatched", -9, -8)
    for keeper in ("bench-1", "bench-03"):
        found = only(at("bench-01"), at("bench-02"), before, resolved(keeper, hours=1))
        assert found.is_open
        assert set(found.kept.values()) == {None}


def test_who_set_it_aside_meanwhile_may_still_be_named() -> None:
    aside = spell("bench-02", "quarantined", 1, 2)
    right = replace(at("bench-01"), came=Turn(shown(5), EIGHT))
    found = only(right, aside, resolved("bench-02", hours=3))
    assert found.state is State.RESOLVED
    assert found.kept == {("bench-01", "uid-bench-01"): False, ("bench-02", "uid-bench-02"): True}


def test_two_serial_numbers_at_one_bench_are_resolved_by_the_serial_number() -> None:
    one = at("bench-01", "in-stock")
    other = replace(at("bench-01", "in-stock", serial="S2"), uid="uid-other")
    assert only(one, other, resolved("bench-01", hours=1)).is_open
    found = only(one, other, replace(resolved("bench-01", hours=1), serial="s2"))
    assert found.kept == {("bench-01", "uid-bench-01"): False, ("bench-01", "uid-other"): True}
    assert only(one, other, replace(resolved("bench-01", hours=1), serial="S3")).is_open


def test_a_tag_is_the_handsets_that_a_resolution_names_by_imei_or_without_one_by_serial() -> None:
    one = Holding("bench-01", "u1", "imei:1", "staged", ("1",), "S1", "AST-000001", "1",
                  tagged=shown(3))  # fmt: skip
    other = Holding(
        "bench-02", "u2", "serial:S2", "staged", (), "S2", "AST-000001", tagged=shown(3)
    )
    by_imei = Resolution("bench-01", shown(9, 1), "1", "bench-01", asset_tag="AST-000001")
    assert only(one, other, by_imei).kept == {("bench-01", "u1"): True, ("bench-02", "u2"): False}
    by_serial = replace(by_imei, imei="", serial="s2")
    assert only(one, other, by_serial).kept == {("bench-01", "u1"): False, ("bench-02", "u2"): True}
    assert only(one, other, replace(by_imei, imei="7")).is_open
