from __future__ import annotations

import io

from bench.command_line.verdict import _Teller


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_is_told_now_and_then_how_far_it_is_on_one_line() -> None:
    out = Terminal()
    teller = _Teller(out)
    for events in (500, 19_999, 20_100, 25_060, 50_120):
        teller(events)
    teller.close()
    assert out.getvalue() == "\r20100 events …\r50120 events …\n"


def test_whatever_is_no_terminal_is_told_nothing() -> None:
    out = io.StringIO()
    teller = _Teller(out)
    teller(1_000_000)
    teller.close()
    assert out.getvalue() == ""
