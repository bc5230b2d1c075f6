"""A handset comes back: four keys, its SIM, and quarantine for what nobody trusts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from bench.custody.entries import DeviceRef, Entry
from bench.events.desks import Workspace
from bench.events.orders import CustodyKind, Json
from bench.events.views import ScanTone
from bench.identity.identifiers import Imei
from bench.stock.handing import queries as holders
from bench.stock.returns import queries
from bench.stock.returns.words import QUESTIONS, SCENARIOS
from bench.stock.sims.queries import sim
from tests.bench.stock.counter import Counter, counter, made_up_imei
from tests.bench.stock.handing.on_the_road import BADGE, staged

ICCID = "89440000000000000012"
PERSON = "person:r-0011223344556677"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path) as made:
        yield made


def handed_over(desk: Counter, *numbers: int) -> list[DeviceRef]:
    handsets = staged(desk, *numbers)
    for each in handsets:
        sim: dict[str, Json] = {"iccid": f"{ICCID[:-1]}{each.uid[-1]}"}
        desk.append(
            Entry(CustodyKind.SIM_MARRIED, each, data={"sim": sim}),
            Entry(CustodyKind.HANDED_OVER, each, data={"accepted": "badge"}, to=PERSON),
        )
    return handsets


def come_back(desk: Counter, imei: Imei, *answers: str) -> None:
    desk.go(Workspace.DISPATCH, "return")
    desk.scan(imei)
    for answer in answers:
        desk.choose(answer)


def data(desk: Counter, kind: CustodyKind) -> Mapping[str, Json]:
    (body,) = desk.bodies(kind)
    found = body["data"]
    assert isinstance(found, dict)
    return found


def test_a_return_is_a_scan_and_four_keys_and_gives_its_sim_and_holder_free(
    desk: Counter,
) -> None:
    (handset,) = handed_over(desk, 1)
    come_back(desk, handset.imeis[0], "re-issue", "removed", "none", "ok")
    assert data(desk, CustodyKind.RETURNED) == {
        "scenario": "re-issue", "sim": "removed", "card": "none", "condition": "ok",
    }  # fmt: skip
    (returned,) = desk.bodies(CustodyKind.RETURNED)
    assert (returned["from"], returned["to"]) == (PERSON, "bench-07/stock")
    assert data(desk, CustodyKind.SIM_TAKEN)["why"] == "returned"
    book = desk.book.connection
    assert sim(book, f"{ICCID[:-1]}1").uid == ""
    assert holders.holder_of(book, handset.uid) == ""
    assert holders.spells(book, handset.uid)[0].until > 0
    assert desk.bodies(CustodyKind.QUARANTINED) == []


def test_nothing_is_written_before_the_last_answer(desk: Counter) -> None:
    (handset,) = handed_over(desk, 1)
    come_back(desk, handset.imeis[0], "re-issue", "removed", "none")
    assert (desk.desk.done, desk.desk.total) == (3, 4)
    assert desk.bodies(CustodyKind.RETURNED, CustodyKind.SIM_TAKEN) == []


@pytest.mark.parametrize("scenario", ["malware", "unknown-history"])
def test_what_nobody_trusts_goes_to_quarantine_with_its_return(
    desk: Counter, scenario: str
) -> None:
    (handset,) = handed_over(desk, 1)
    come_back(desk, handset.imeis[0], scenario, "left-in", "left-in", "worn")
    assert "quarantine" in desk.answer.answer
    assert "Take out" in desk.answer.answer
    (aside,) = queries.in_quarantine(desk.book.connection, 9)
    assert aside.problem == scenario
    assert desk.bodies(CustodyKind.SIM_TAKEN) == []


def test_the_scenarios_are_the_four_and_every_question_has_its_keys(desk: Counter) -> None:
    assert len(SCENARIOS) == 4
    (handset,) = handed_over(desk, 1)
    come_back(desk, handset.imeis[0])
    for question in QUESTIONS:
        assert desk.desk.prompt == question.prompt
        desk.choose(question.choices[-1].name)


def test_what_never_left_and_what_nobody_knows_does_not_come_back(desk: Counter) -> None:
    staged(desk, 1)
    desk.go(Workspace.DISPATCH, "return")
    for number in (1, 9):
        desk.scan(made_up_imei(number))
        assert desk.answer.tone is ScanTone.BAD
    assert desk.bodies(CustodyKind.RETURNED) == []


def test_a_holder_reports_a_loss_by_their_badge_and_the_sim_is_lost_too(desk: Counter) -> None:
    one, other = staged(desk, 1, 2)
    desk.append(Entry(CustodyKind.SIM_MARRIED, one, data={"sim": {"iccid": ICCID}}))
    desk.go(Workspace.DISPATCH, "hand-over")
    for scan in (BADGE, one.asset_tag, other.asset_tag, BADGE):
        desk.scan(scan)
    desk.go(Workspace.CUSTODY, "lost")
    desk.scan(BADGE)
    desk.choose(one.uid)
    desk.choose("stolen")
    assert data(desk, CustodyKind.QUARANTINED)["problem"] == "stolen"
    assert sim(desk.book.connection, ICCID).state == "lost"
    desk.scan(BADGE)
    desk.choose("lost")
    assert len(desk.bodies(CustodyKind.QUARANTINED)) == 2


def test_a_code_that_lies_about_is_no_holder_s_badge(desk: Counter) -> None:
    desk.go(Workspace.CUSTODY, "lost")
    for text in ("5901234123457", "SLOT-A1"):
        desk.scan(text)
        assert desk.answer.tone is ScanTone.BAD, text
        assert "badge" in desk.answer.answer


def test_what_was_lost_and_comes_back_waits_in_quarantine(desk: Counter) -> None:
    (handset,) = handed_over(desk, 1)
    desk.go(Workspace.CUSTODY, "lost")
    desk.scan(handset.asset_tag)
    desk.choose("lost")
    desk.go(Workspace.CUSTODY, "aside", "release")
    desk.scan(handset.asset_tag)
    assert "take it back first" in desk.answer.answer
    come_back(desk, handset.imeis[0])
    assert "until two release it" in desk.answer.answer
    *_, found = desk.bodies(CustodyKind.QUARANTINED)
    assert (found["from"], found["to"]) == ("lost", "bench-07/quarantine")
