"""Both sides of the exchange understand each other, and nothing else."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from bench.events.central import CentreState, CentreView, Sighting
from bench.identity.identifiers import Imei
from bench.inventory.sync import lines
from bench.inventory.sync.lines import (
    Answered,
    Ask,
    Cleared,
    Freeze,
    LineError,
    LookNow,
    ReleaseTaken,
    Stands,
    Troubled,
    Unanswered,
    Wake,
    read_said,
    read_wanted,
    said_line,
    wanted_line,
)
from bench.problems import Problem, ProblemCode

AT = datetime(2026, 11, 24, 1, 2, 3, 456_000, UTC)
IMEI = Imei.with_check_digit("00440000000001")
AWAY = Problem(ProblemCode.CENTRE_UNREACHABLE, "localhost", "no answer")
SAID = [
    Stands(CentreView(CentreState.AWAY, 12, AT, None, AT, "no answer")),
    Stands(CentreView(CentreState.IN_STEP)),
    Stands(CentreView(CentreState.WAITING, None, store="the centre", receipt=7)),
    Answered(3, (Sighting(IMEI, "bench-02", "staged", AT),)),
    Answered(4, ()),
    Unanswered(5, AWAY),
    Troubled(AWAY),
    Cleared(ProblemCode.CENTRE_UNREACHABLE),
    Freeze(1, "the central store has 20000 events, 15000 are here"),
    ReleaseTaken(7),
]
WANTED = [Wake(), LookNow(), Ask(3, (IMEI,)), Ask(4, ())]


@pytest.mark.parametrize("said", SAID, ids=lambda said: type(said).__name__)
def test_what_the_exchange_says_is_heard_as_it_was_meant(said: lines.Said) -> None:
    line = said_line(said)
    assert line.endswith("\n")
    assert line.count("\n") == 1
    assert read_said(line) == said


@pytest.mark.parametrize("wanted", WANTED, ids=lambda wanted: type(wanted).__name__)
def test_what_the_bench_wants_is_heard_as_it_was_meant(wanted: lines.Wanted) -> None:
    line = wanted_line(wanted)
    assert line.count("\n") == 1
    assert read_wanted(line) == wanted


def view(**wrong: object) -> str:
    right: dict[str, object] = {
        "state": "away", "waiting": 0, "since": None, "seen": None, "release": None, "detail": "",
        "store": "", "receipt": None,
    }  # fmt: skip
    return json.dumps({"centre": {**right, **wrong}})


def test_a_view_that_says_nothing_wrong_is_read() -> None:
    assert read_said(view()) == Stands(CentreView(CentreState.AWAY))


SPELLED = {
    Stands(CentreView(CentreState.SENDING, 2, AT)): (
        '{"centre":{"state":"sending","waiting":2,"since":"2026-11-24T01:02:03.456Z",'
        '"seen":null,"release":null,"detail":"","store":"","receipt":null}}'
    ),
    Unanswered(5, AWAY): (
        '{"answer":5,"trouble":{"code":"centre-unreachable","where":"localhost",'
        '"detail":"no answer"}}'
    ),
    Cleared(ProblemCode.CENTRE_BUSY): '{"cleared":"centre-busy"}',
    ReleaseTaken(7): '{"release":7}',
}


@pytest.mark.parametrize("said", SPELLED, ids=lambda said: type(said).__name__)
def test_the_lines_are_spelled_as_agreed(said: lines.Said) -> None:
    assert said_line(said) == SPELLED[said] + "\n"


@pytest.mark.parametrize(
    "line",
    [
        "", "{", "[]", "3", "{}", '{"ask":["1"],"id":1}', '{"ask":[1],"id":1}',
        '{"ask":"x","id":1}', '{"ask":[],"id":true}',
        '{"ask":[],"id":"1"}', '{"wake":false}', "[" * 100_000,
        '{"wake":true' + " " * 1_000_000 + "}",
        '{"ask":[' + ",".join(['"004400000000018"'] * 101) + '],"id":1}',
    ],
)  # fmt: skip
def test_a_line_that_wants_nothing_known_is_refused(line: str) -> None:
    with pytest.raises(LineError):
        read_wanted(line)


@pytest.mark.parametrize(
    "line",
    [
        "", "nonsense", "{}", '{"centre":{}}', '{"centre":null}', '{"cleared":"no-such"}',
        *(view(**wrong) for wrong in (
            {"state": "odd"}, {"waiting": "0"}, {"waiting": True}, {"since": "2026-11-24"},
            {"since": "0001-01-01T00:00:00+14:00"}, {"store": 3}, {"receipt": False}, {"detail": 1},
        )),
        '{"release":true}', '{"answer":true,"sightings":[]}',
        '{"freeze":{"epoch":true,"reason":"x"}}',
        '{"problem":{"code":"centre-busy","where":1,"detail":""}}', '{"release":"7"}',
        '{"answer":1,"sightings":[{"imei":"1","bench":"b","phase":"p","at":"2026-11-24T00:00:00Z"}]}',
        '{"answer":1}', '{"freeze":{"reason":"x"}}',
    ],
)  # fmt: skip
def test_a_line_that_says_nothing_known_is_refused(line: str) -> None:
    with pytest.raises(LineError):
        read_said(line)
