"""What a Snipe-IT and the way to it do wrong: nothing twice, nothing lost, no secret said."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest

from bench.inventory.connectors.filed import SnipeIt
from bench.inventory.connectors.snipe_it.connector import SnipeItConnector
from tests.peers.connectors.connectors_room import (
    Centre,
    FakeTime,
    fed,
    fed_by,
)
from tests.peers.connectors.snipe_it_stand_in import TOKEN, SnipeItStandIn
from tests.peers.connectors.snipe_it_stock import NoError


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


# ── replies that are lost ───────────────────────────────────────────────────────────────────────
def test_a_lost_reply_to_a_create_is_no_second_asset(
    centre: Centre, there: SnipeItStandIn, connector: SnipeItConnector
) -> None:
    device = centre.has(1)
    there.wire.fails("cut-after", "POST", "/hardware")
    assert "does not answer" in fed(centre, connector).left
    assert centre.row(device)["state"] == "failed"
    centre.due_now()
    assert fed(centre, connector).done == 1
    assert len(there.stock.living()) == 1
    assert len(there.wire.asked("POST")) == 1


def test_a_lost_reply_to_a_check_out_is_no_second_one(
    centre: Centre, there: SnipeItStandIn, connector: SnipeItConnector
) -> None:
    centre.has(1, phase="handed-over")
    there.wire.fails("cut-after", "POST", "/checkout")
    fed(centre, connector)
    centre.due_now()
    assert fed(centre, connector).done == 1
    assert [each[1] for each in there.stock.log] == ["create", "checkout"]
    assert there.stock.living()[0]["assigned"] == ("location", 3)


def test_a_lost_reply_to_a_change_is_no_second_one(
    centre: Centre, there: SnipeItStandIn, connector: SnipeItConnector
) -> None:
    centre.has(1, phase="at-bench")
    fed(centre, connector)
    centre.has(1, phase="staged")
    there.wire.fails("cut-after", "PATCH", "/hardware")
    fed(centre, connector)
    centre.due_now()
    assert fed(centre, connector).done == 1
    assert [each[1] for each in there.stock.log] == ["create", "update"]
    assert len(there.wire.asked("PATCH")) == 1


def test_a_check_out_that_somebody_made_in_between_counts_only_to_the_same(
    centre: Centre, there: SnipeItStandIn, settings: SnipeIt, time: FakeTime
) -> None:
    class Hasty(SnipeItConnector):
        to = ("location", 3)

        async def apply(self, plans: Any) -> Any:
            for asset in there.stock.by("asset_tag", plans[0].wanted.asset_tag):
                asset["assigned"] = asset["assigned"] or self.to
            return await super().apply(plans)

    base = fed_by(settings, time)
    connector = Hasty(settings, base._line, base.pace, is_here=True)
    centre.begun(connector)
    centre.has_each((1, 2))
    fed(centre, connector)
    for asset in there.stock.living():
        asset["assigned"] = None
    centre.has(1, phase="handed-over")
    assert (fed(centre, connector).done, fed(centre, connector).refused) == (1, 0)
    Hasty.to = ("user", 5)
    device = centre.has(2, phase="handed-over")
    assert fed(centre, connector).refused == 1
    assert "not available" in centre.row(device)["last_word"]


def test_two_entries_that_were_made_at_once_are_left_to_a_person(
    centre: Centre, there: SnipeItStandIn, settings: SnipeIt, time: FakeTime
) -> None:
    class Raced(SnipeItConnector):
        async def apply(self, plans: Any) -> Any:
            label, model = min(there.stock.labels), min(there.stock.models)
            there.stock.asset(asset_tag="AST-000001", status_id=label, model_id=model)
            return await super().apply(plans)

    base = fed_by(settings, time)
    connector = Raced(settings, base._line, base.pace, is_here=True)
    centre.begun(connector)
    there.stock.races = 1
    device = centre.has(1)
    assert fed(centre, connector).refused == 1
    assert "2 entries" in centre.row(device)["last_word"]


def test_a_yes_that_changed_nothing_is_a_failure(
    centre: Centre, there: SnipeItStandIn, settings: SnipeIt, time: FakeTime
) -> None:
    class Lying(SnipeItConnector):
        async def _change(self, *_: Any) -> str:
            return ""

    base = fed_by(settings, time)
    connector = Lying(settings, base._line, base.pace, is_here=True)
    centre.begun(connector)
    device = centre.has(1)
    assert fed(centre, connector).failed == 1
    assert "said yes and did not do it" in centre.row(device)["last_word"]
    assert there.stock.living() == []


# ── answers that are none ───────────────────────────────────────────────────────────────────────
def test_an_error_with_http_200_is_an_error(
    centre: Centre, there: SnipeItStandIn, connector: SnipeItConnector
) -> None:
    device = centre.has(1, model="SM-X000")
    centre.has(2)
    done = fed(centre, connector)
    assert (done.done, done.refused) == (1, 1)
    assert "none of models named SM-X000" in centre.row(device)["last_word"]
    there.stock.models[min(there.stock.models)]["fieldset_id"] = None
    other = centre.has(3)
    assert fed(centre, connector).refused == 1
    assert "not in the fieldset" in centre.row(other)["last_word"]


@pytest.mark.parametrize("kind", ["500", "html", "bad-json", "list"])
def test_an_odd_answer_about_one_holds_up_no_other(
    centre: Centre, there: SnipeItStandIn, connector: SnipeItConnector, kind: str
) -> None:
    device, _ = centre.has(1), centre.has(2)
    there.wire.fails(kind, "POST", "/hardware")
    done = fed(centre, connector)
    assert (done.done, done.failed, done.left) == (1, 1, "")
    assert centre.row(device)["state"] == "failed"
    centre.due_now()
    assert fed(centre, connector).done == 1
    assert len(there.stock.living()) == 2


def test_an_odd_answer_to_every_look_up_ends_the_feeding(
    centre: Centre, there: SnipeItStandIn, connector: SnipeItConnector
) -> None:
    centre.has_each(range(1, 31))
    there.wire.fails("500", "GET", "/hardware", times=1000)
    done = fed(centre, connector)
    assert "what it should not" in done.left
    assert len(there.wire.seen) == 6
    assert fed(centre, connector).left.startswith("it is left alone")


def test_a_failure_that_says_error_is_no_word_that_it_is_not_there(
    centre: Centre, there: SnipeItStandIn, connector: SnipeItConnector
) -> None:
    centre.has(1, imei=None)
    fed(centre, connector)
    (asset,) = there.stock.living()
    asset["asset_tag"] = "RELABELLED"
    there.stock._tag(asset["id"])
    device = centre.has(1, imei=None, phase="handed-over")
    for status, words in ((200, "try again later"), (400, "no"), (404, there.none)):
        there.mumbles = (status, words)
        centre.due_now()
        assert fed(centre, connector).failed == 1
        assert f"{status} {words}" in centre.row(device)["last_word"]
    assert len(there.stock.living()) == 1
    there.mumbles = (0, "")
    centre.due_now()
    assert fed(centre, connector).done == 1
    assert [each["asset_tag"] for each in there.stock.living()] == ["RELABELLED", "AST-000001"]


def test_in_another_language_it_says_in_those_words_that_none_is_there(
    centre: Centre, there: SnipeItStandIn, settings: SnipeIt, time: FakeTime
) -> None:
    there.none = "Asset existiert nicht."
    centre.has(1)
    for words, done in (("", 0), (there.none, 1)):
        connector = fed_by(replace(settings, not_there=words), time)
        centre.begun(connector)
        centre.due_now()
        assert fed(centre, connector).done == done


@pytest.mark.parametrize(
    ("kind", "code"),
    [("401", "does not let"), ("403", "does not let"), ("redirect", "does not let")],
)
def test_whoever_is_not_let_in_stops_and_says_so(
    centre: Centre, there: SnipeItStandIn, connector: SnipeItConnector, kind: str, code: str
) -> None:
    device = centre.has(1)
    there.wire.fails(kind, "GET", "/hardware", times=1000)
    assert code in fed(centre, connector).left
    assert centre.row(device)["state"] == "waiting"
    assert len(there.wire.seen) == 1


@pytest.mark.parametrize("kind", ["404", "405", "422"])
def test_a_refusal_of_one_change_is_told(
    centre: Centre, there: SnipeItStandIn, connector: SnipeItConnector, kind: str
) -> None:
    device = centre.has(1)
    there.wire.fails(kind, "POST", "/hardware")
    assert fed(centre, connector).refused == 1
    assert kind in centre.row(device)["last_word"]


def test_a_wrong_token_is_refused_and_never_said(
    centre: Centre, settings: SnipeIt, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = "canary-0815-wrong-token"
    connector = fed_by(settings, token=wrong)
    centre.begun(connector)
    centre.has(1)
    done = fed(centre, connector)
    assert "401" in done.left
    with centre.admin() as admin:
        kept = admin.execute("SELECT to_jsonb(c)::text FROM custody.connector c").fetchone()
    said = f"{done!r} {connector.about!r} {connector._line._site!r} {vars(connector)!r} {kept}"
    assert "canary" not in said + caplog.text


def test_a_token_that_the_service_says_back_is_masked(
    centre: Centre, there: SnipeItStandIn, connector: SnipeItConnector
) -> None:
    def echo(*_: Any) -> None:
        raise NoError(f"your token {TOKEN} is <b>odd</b>\nreally")

    there.stock.create = echo  # type: ignore[method-assign, assignment]
    device = centre.has(1)
    fed(centre, connector)
    assert centre.row(device)["last_word"] == "your token … is <b>odd</b> really"
