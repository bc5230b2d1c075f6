from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bench.inventory.projections.rule import (
    ConflictKind,
    Finding,
    Holding,
    Resolution,
    Shown,
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
