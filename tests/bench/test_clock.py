from __future__ import annotations

import uuid
from datetime import UTC

from bench.clock import SystemClock
from bench.ports import Clock


def test_the_system_clock_says_when_it_is_and_on_which_boot() -> None:
    clock: Clock = SystemClock()
    first, second = clock.moment(), clock.moment()
    assert first.at.tzinfo is UTC
    assert first.boot == second.boot == str(uuid.UUID(first.boot))
    assert 0 < first.mono <= second.mono
    assert first.max_error >= 0


def test_elapsed_time_never_runs_backwards() -> None:
    clock = SystemClock()
    assert clock.elapsed() <= clock.elapsed()


def test_a_clock_the_kernel_does_not_vouch_for_counts_as_not_synchronised() -> None:
    clock = SystemClock()

    class NoKernel:
        def adjtimex(self, _: object) -> int:
            return -1

    clock._libc = NoKernel()  # type: ignore[assignment]
    moment = clock.moment()
    assert moment.unsynchronised
    assert moment.max_error == 16_000_000
