"""What was recorded arrives, once and in order, whatever is cut on the way."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bench.custody.entries import SealedEvent
from bench.inventory.centre import NOTHING_ASKED, Answer, Asks
from bench.inventory.sync.kept import Kept
from bench.inventory.sync.sending import Outcome
from bench.inventory.sync.state import beside, open_state
from bench.inventory.training_centre.cable import Cable
from bench.problems import ProblemCode, ProblemError
from tests.peers.centre.centre_room import CentreRoom
from tests.peers.sync.long_records import lengthen
from tests.peers.sync.sync_room import (
    BenchRoom,
    ShiftedClock,
    away,
    is_whole,
    new_bench,
)


def test_what_was_recorded_arrives_once_and_in_order(bench: BenchRoom) -> None:
    sent = bench.sync()
    assert (sent.outcome, sent.standing.sent, sent.standing.waiting) == (Outcome.IN_STEP, 120, 0)
    is_whole(bench)
    assert bench.sync().standing.sent == 0
    bench.record_events(5)
    assert bench.sync().standing.sent == 5
    is_whole(bench)


def test_a_receipt_of_each_exchange_is_kept(bench: BenchRoom) -> None:
    bench.sync()
    bench.record_events(5)
    bench.sync()
    with open_state(beside(bench.record)) as file:
        receipts, mark = Kept(file).receipts(), Kept(file).watermark(bench.header)
    assert [receipt.seq for receipt in receipts] == [120, 125]
    assert mark is not None
    with closing(bench.ledger()) as ledger:
        assert receipts[-1].hash == mark.hash == ledger.tail().hash
    assert mark.store == "test centre"


def test_a_watermark_that_was_deleted_costs_nothing(bench: BenchRoom) -> None:
    bench.sync()
    bench.record_events(3)
    for each in bench.folder.glob("*.centre*"):
        each.unlink()
    assert bench.sync().standing.sent == 3
    is_whole(bench)


def test_a_damaged_watermark_is_set_aside_and_costs_nothing(bench: BenchRoom) -> None:
    bench.sync()
    for each in bench.folder.glob("*.centre-*"):
        each.unlink()
    beside(bench.record).write_bytes(b"no database at all" * 500)
    with bench.session() as has:
        assert has.set_aside is not None
    assert bench.sync().outcome is Outcome.IN_STEP
    is_whole(bench)


def test_two_exchanges_of_one_record_do_not_go_at_once(bench: BenchRoom) -> None:
    with bench.session(), pytest.raises(ProblemError) as refused:
        bench.sync()
    assert refused.value.problem.code is ProblemCode.SYNC_RUNNING


def test_a_clock_a_day_off_is_said_and_changes_nothing(bench: BenchRoom) -> None:
    bench.clock = ShiftedClock(timedelta(days=1))
    with bench.session() as has:
        while has.standing.waiting or has.standing.seen is None:
            has.courier.go()
        (warning,) = has.courier.warnings.values()
    assert warning.code is ProblemCode.CLOCKS_APART
    assert "86400 s ahead" in warning.detail
    is_whole(bench)


def test_a_lost_reply_is_no_second_event(bench: BenchRoom) -> None:
    with Cable(bench.centre.server.port, after=20_000) as cable:
        bench.port = cable.port
        bench.rush()
        assert cable.cuts == 1
    is_whole(bench)


def test_a_server_restarted_in_the_middle_goes_on_where_it_was(
    centre: CentreRoom, tmp_path: Path
) -> None:
    bench = new_bench(centre, tmp_path, events=1)
    lengthen(bench.record, bench.name, 1500)
    with bench.session() as has:
        has.courier.go()
        has.courier.go()
        assert 0 < (has.standing.waiting or 0) < 1500
        centre.server.stop(at_once=True)
        has.courier.go()
        assert type(has.courier.step).__name__ == "Pause"
        centre.server.start()
    bench.rush()
    is_whole(bench)


def test_a_server_that_is_stopped_is_away_and_nothing_is_lost(bench: BenchRoom) -> None:
    server = bench.centre.server
    server.stop()
    try:
        said = away(bench, ProblemCode.CENTRE_UNREACHABLE)
    finally:
        server.start()
    assert "nothing answers there" in said
    assert bench.sync().outcome is Outcome.IN_STEP
    is_whole(bench)


class Killing:
    """A door whose session the server ends, each time it is used and before it is."""

    def __init__(self, bench: BenchRoom, times: int) -> None:
        self._bench, self._door, self._times = bench, bench.door(), times

    def exchange(
        self,
        epoch: int,
        from_seq: int,
        events: Sequence[SealedEvent] = (),
        asks: Asks = NOTHING_ASKED,
    ) -> Answer:
        answer = self._door.exchange(epoch, from_seq, events, asks)
        if self._times:
            self._times -= 1
            with self._bench.centre.admin() as admin:
                admin.execute(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                    " WHERE usename = %s",
                    (self._bench.name,),
                )
        return answer

    def close(self) -> None:
        self._door.close()


def test_sessions_that_the_server_ends_are_begun_again(bench: BenchRoom) -> None:
    with bench.session(lambda _: Killing(bench, 2)) as has:
        seen = set()
        for _ in range(8):
            has.courier.go()
            has.courier.resume()
            seen |= {type(has.courier.step).__name__}
    assert seen == {"Send", "Look", "Done"}
    is_whole(bench)
