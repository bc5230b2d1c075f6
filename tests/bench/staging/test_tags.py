"""Asset tags by blocks that a centre gave out, and by counting where there is none."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bench.clock import SystemClock
from bench.custody.entries import DeviceRef, Entry, LedgerHeader, new_uid
from bench.custody.key import BenchKey
from bench.custody.ledger import Ledger
from bench.custody.opening import Beginning
from bench.events.device import HandsetDetached
from bench.events.orders import CustodyKind
from bench.events.person import RunResumed
from bench.identity.identifiers import AssetTag
from bench.problems import ProblemCode, ProblemError
from bench.staging.tags import Tags
from tests.bench.custody.epochs.set_aside import FIRST, SECOND
from tests.bench.staging.bench_talk import handset, imei
from tests.bench.staging.manned import Manned, at_a_manned_bench
from tests.bench.staging.workplace import A1, PATHS, Workplace, workplace


class Given:
    """Numbers as a centre gave them; more may come while work goes on."""

    def __init__(self, *blocks: range) -> None:
        self.given = list(blocks)

    def blocks(self, prefix: str) -> Sequence[range] | None:
        assert prefix == "SIM"
        return self.given


def tag(bench: Workplace) -> str:
    return bench.slot().asset_tag


def staged(bench: Workplace, number: int) -> str:
    bench.stage(number)
    found = tag(bench)
    bench.orders.clear()
    bench.post(HandsetDetached(PATHS[0]))
    return found


def test_a_bench_without_a_centre_counts_up(tmp_path: Path) -> None:
    with workplace(tmp_path) as bench:
        assert [staged(bench, number) for number in (1, 2)] == ["SIM-000001", "SIM-000002"]


def test_tags_come_from_the_blocks_and_then_from_the_next(tmp_path: Path) -> None:
    with workplace(tmp_path, numbers=Given(range(500, 502), range(90, 92))) as bench:
        given = [staged(bench, number) for number in (1, 2, 3, 4)]
        assert given == ["SIM-000500", "SIM-000501", "SIM-000090", "SIM-000091"]


def test_blocks_that_are_used_up_are_said_and_nothing_is_taken(tmp_path: Path) -> None:
    numbers = Given(range(7, 8))
    with workplace(tmp_path, numbers=numbers) as bench:
        staged(bench, 1)
        bench.plug(2)
        before = bench.ledger.tail()
        bench.scan(imei(2))
        scan = bench.views[-1].scan
        assert scan
        assert "asset tags" in scan.answer
        assert bench.ledger.tail() == before
        numbers.given.append(range(100, 200))
        bench.scan(imei(2))
        assert tag(bench) == "SIM-000100"


def test_a_handset_that_has_a_tag_needs_none_of_the_blocks(tmp_path: Path) -> None:
    with workplace(tmp_path, numbers=Given(range(7, 8))) as bench:
        assert staged(bench, 1) == "SIM-000007"
        bench.plug(1)
        bench.post(RunResumed(A1))
        bench.scan(imei(1))
        assert tag(bench) == "SIM-000007"
        assert bench.steps()


def test_the_record_knows_after_a_restart_what_was_given(tmp_path: Path) -> None:
    numbers = Given(range(500, 600))
    with workplace(tmp_path, numbers=numbers) as bench:
        staged(bench, 1)
    with workplace(tmp_path, numbers=numbers) as bench:
        assert staged(bench, 2) == "SIM-000501"


def test_a_block_that_lies_below_what_was_given_is_used_all_the_same(tmp_path: Path) -> None:
    with workplace(tmp_path, numbers=Given(range(900, 901))) as bench:
        staged(bench, 1)
    with workplace(tmp_path, numbers=Given(range(10, 20))) as bench:
        assert staged(bench, 2) == "SIM-000010"


@given(st.lists(st.integers(0, 30), max_size=8, unique=True))
def test_no_number_is_given_twice_however_the_blocks_lie(starts: list[int]) -> None:
    blocks = Given(*(range(1 + start * 3, 4 + start * 3) for start in starts))
    with (
        tempfile.TemporaryDirectory() as folder,
        workplace(Path(folder), numbers=blocks) as bench,
    ):
        tags = Tags(bench.ledger, "SIM", blocks)
        seen: list[AssetTag] = []
        for _ in range(4):
            try:
                one = tags.next()
            except ProblemError:
                break
            assert one not in seen
            seen.append(one)
            tags._give(int(one.number))
        assert len(seen) == min(4, 3 * len(starts))


def test_the_tag_of_a_box_that_waits_for_a_second_person_is_given_to_no_other(
    tmp_path: Path,
) -> None:
    with workplace(tmp_path) as bench:
        for blocks in (None, Given(range(1, 3), range(50, 52))):
            tags = Tags(bench.ledger, "SIM", blocks)
            promised = tags.next()
            assert tags.next(promised) != promised
            assert tags.next() == promised, "nobody signed it off"


@at_a_manned_bench
async def test_two_handsets_of_which_one_waits_for_a_second_person_get_two_tags(
    bench: Manned,
) -> None:
    await bench.sign_in(bench.hand)
    its, first = bench.bench, handset(1)
    dead = DeviceRef(new_uid(), first.imeis, first.serial, first.model)
    for kind in (CustodyKind.GOODS_IN, CustodyKind.DOA):
        its.ledger.append([Entry(kind, dead)])
    its.plug(1)
    its.scan(imei(1))
    assert bench.access.purpose, "a handset that was dead on arrival takes two"
    its.plug(2, PATHS[1])
    its.scan(imei(2))
    bench.tap(bench.boss)
    await bench.type(bench.boss.pin)
    given = {str(its.ledger.device_by_imei(imei(each)).ref.asset_tag) for each in (1, 2)}  # type: ignore[union-attr]
    assert given == {"SIM-000001", "SIM-000002"}


def test_what_may_stand_on_labels_of_a_lost_record_is_not_given_again(tmp_path: Path) -> None:
    blocks = Given(range(1, 5), range(101, 111))
    begins = Beginning(
        continues={"epoch": 1, "seq": 8, "hash": "0" * 64},
        asset_numbers={"SIM": 6},
        by=FIRST,
        second=SECOND,
    )
    with closing(
        Ledger.open(
            tmp_path / "ledger.db", BenchKey.open(tmp_path / "k"),
            LedgerHeader("bench-07", simulated=True, epoch=2), SystemClock(),
            app_version="1", policy_hash="0" * 64, begins=begins,
        )
    ) as ledger:  # fmt: skip
        assert str(Tags(ledger, "SIM", blocks).next()) == "SIM-000103"
        assert str(Tags(ledger, "SIM").next()) == "SIM-000007"


def test_few_tags_left_are_said_before_they_are_used_up(tmp_path: Path) -> None:
    numbers = Given(range(500, 511))
    with workplace(tmp_path, numbers=numbers) as bench:
        for number in range(1, 11):
            staged(bench, number)
            said = [p for p in bench.views[-1].problems if p.code is ProblemCode.TAGS_LOW]
            assert bool(said) == (number > 9), number
        assert said[0].detail == "1 are left"
        numbers.given.append(range(900, 920))
        staged(bench, 11)
        assert bench.views[-1].problems == ()
