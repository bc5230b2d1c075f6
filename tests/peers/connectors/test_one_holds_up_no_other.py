"""One device that an inventory cannot bear, one that is no more, one whose bench is behind."""

from __future__ import annotations

import pytest

from bench.inventory.connectors.preview import preview
from bench.inventory.connectors.sifting import IN_A_ROW
from bench.inventory.connectors.standing import standings
from bench.problems import ProblemCode, ProblemError
from tests.peers.centre.centre_room import CentreRoom
from tests.peers.connectors.connectors_room import Centre, another, fed
from tests.peers.connectors.shelf import Shelf

UNREACHABLE, REFUSED = ProblemCode.CONNECTOR_UNREACHABLE, ProblemCode.CONNECTOR_REFUSED


@pytest.mark.parametrize(
    ("where", "at_once", "code", "number"),
    [
        ("look_up", 1, UNREACHABLE, 20), ("look_up", 1, REFUSED, 40), ("apply", 1, UNREACHABLE, 1),
        ("apply", 100, UNREACHABLE, 20), ("apply", 100, ProblemCode.CONNECTOR_GARBLED, 1),
    ],
)  # fmt: skip
def test_one_that_cannot_be_borne_is_said_and_all_others_are_fed(
    centre: Centre, where: str, at_once: int, code: ProblemCode, number: int
) -> None:
    devices = centre.has_each(range(1, 41))
    shelf = Shelf([f"AST-{number:06d}"], where, at_once, code)
    centre.begun(shelf)
    done = fed(centre, shelf)
    assert (done.done, done.failed, done.left) == (39, 1, "")
    row = centre.row(devices[number - 1], "shelf")
    assert (row["state"], row["last_word"]) == ("failed", "it took too long")


@pytest.mark.parametrize("where", ["look_up", "apply"])
def test_an_inventory_that_is_away_is_tried_little_and_left_alone(
    centre: Centre, where: str
) -> None:
    tags = [f"AST-{number:06d}" for number in range(1, 41)]
    centre.has_each(range(1, 41))
    shelf = Shelf(tags, where, 100)
    centre.begun(shelf)
    assert "does not answer" in fed(centre, shelf).left
    assert shelf.asked <= 2 * (1 + IN_A_ROW[UNREACHABLE])
    with centre.admin() as admin:
        (standing,) = standings(admin)
    assert (standing.waiting + standing.failed, standing.last_word != "") == (40, True)


def test_several_at_the_head_that_cannot_be_borne_are_not_what_all_others_wait_for(
    centre: Centre,
) -> None:
    centre.has_each(range(1, 21))
    shelf = Shelf([f"AST-{number:06d}" for number in range(1, 8)])
    centre.begun(shelf)
    for _ in range(3):
        fed(centre, shelf)
        with centre.admin() as admin:
            admin.execute("UPDATE custody.connector SET next_try = now()")
    assert len(shelf.has) == 13


def test_a_preview_shows_one_that_cannot_be_borne_and_ends_where_none_is(centre: Centre) -> None:
    centre.has_each(range(1, 11))
    seen = preview(centre.connect, Shelf(["AST-000004"]), lambda _: None)
    assert seen.counts == {"create": 9, "look at": 1}
    with pytest.raises(ProblemError) as raised:
        preview(centre.connect, Shelf([f"AST-{n:06d}" for n in range(1, 11)]), lambda _: None)
    assert raised.value.problem.code is UNREACHABLE


# ── what is no more ─────────────────────────────────────────────────────────────────────────────
def test_what_the_record_no_longer_has_by_that_name_waits_no_longer(centre: Centre) -> None:
    shelf = Shelf(["AST-000001"], "apply", code=ProblemCode.CONNECTOR_GARBLED)
    centre.begun(shelf)
    centre.has(1)
    centre.has(2)
    assert fed(centre, shelf).failed == 1
    with centre.admin() as admin:
        admin.execute("UPDATE custody.device SET key = 'imei:004400009999999' WHERE uid = 'u1'")
        admin.execute("UPDATE custody.device SET key = 'imei:004400009999998' WHERE uid = 'u2'")
    shelf.bad.clear()
    assert fed(centre, shelf).done == 2
    with centre.admin() as admin:
        (standing,) = standings(admin)
    assert (standing.done, standing.failed, standing.wants_looking) == (2, 0, False)


def test_one_that_lost_its_asset_tag_waits_for_another(centre: Centre) -> None:
    shelf = Shelf()
    centre.begun(shelf)
    centre.has(1)
    fed(centre, shelf)
    centre.has(1, phase="wiped", asset_tag=None)
    assert fed(centre, shelf).done == 0
    centre.has(1, phase="wiped", asset_tag="AST-000009")
    assert fed(centre, shelf).done == 1


def test_while_the_record_is_read_anew_nothing_that_is_done_is_forgotten(centre: Centre) -> None:
    shelf = Shelf()
    centre.begun(shelf)
    device = centre.has(1)
    fed(centre, shelf)
    with centre.admin() as admin:
        admin.execute("DELETE FROM custody.device")
    centre.is_at(1, events=9, projected=0)
    fed(centre, shelf)
    assert centre.row(device, "shelf")["state"] == "done"


# ── what is behind ──────────────────────────────────────────────────────────────────────────────
def test_nothing_of_a_bench_that_is_behind_is_told_as_the_present(centre: Centre) -> None:
    shelf = Shelf()
    centre.begun(shelf)
    centre.has(1)
    centre.has(2)
    other = centre.bench("bench-2")
    centre.knows(other, 2)
    centre.is_at(1, events=9, projected=9)
    centre.is_at(other, events=9, projected=8)
    done = fed(centre, shelf)
    assert (sorted(shelf.has), done.done) == (["AST-000001"], 1)
    assert done.left == "1 wait until what benches said of them is looked through"
    centre.is_at(other, events=9, projected=9)
    done = fed(centre, shelf)
    assert (done.done, done.left) == (1, "")


def test_what_came_just_now_holds_nothing_back_and_much_of_it_does(room: CentreRoom) -> None:
    centre, shelf = another(room, "behind"), Shelf()
    centre.begun(shelf)
    centre.has(1)
    centre.is_at(1, events=20, projected=8)
    centre.came(1, 9)
    assert fed(centre, shelf).done == 1
    centre.has(1, phase="sealed")
    centre.is_at(1, events=2000, projected=8)
    assert fed(centre, shelf).done == 0
    centre.is_at(1, events=2000, projected=1500)
    centre.came(1, 1501)
    assert fed(centre, shelf).done == 1
