"""What a person does with consignments, in few words."""

from __future__ import annotations

from collections.abc import Mapping

from bench.events.desks import Workspace
from bench.events.orders import Json
from bench.stock.consignments import queries
from tests.bench.stock.counter import Counter
from tests.bench.stock.packing.boxes_talk import box, tag

DOCKET, NEXT = "BENCH-07-C00001", "BENCH-07-C00002"
SITE = "Example Street"


def begin(desk: Counter, site: str = SITE) -> None:
    desk.go(Workspace.DISPATCH, "consign", "new")
    desk.choose("other", site)


def fill(desk: Counter, *numbers: int) -> None:
    """Box handsets, put them into a new consignment and seal it."""
    box(desk, *numbers)
    begin(desk)
    for number in numbers:
        desk.scan(tag(number))
    desk.choose("close")
    desk.scan("CAGE-1")


def leave(desk: Counter) -> None:
    """Hand it over from the beginning of the desk: then nothing waits for the papers."""
    desk.go(Workspace.DISPATCH, "dispatch", DOCKET)


def hand_over(desk: Counter, name: str = "Example Driver") -> None:
    desk.sign()
    desk.write(name)
    desk.sign()


def inside(desk: Counter, docket: str = DOCKET) -> list[str]:
    return [each.tag for each in queries.inside(desk.book.connection, docket)]


def dict_of(body: Mapping[str, Json], name: str) -> dict[str, Json]:
    found = body[name]
    assert isinstance(found, dict)
    return found


def papers(desk: Counter) -> list[str]:
    return sorted(path.name for path in (desk.means.papers / "manifests").iterdir())
