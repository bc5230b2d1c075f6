"""Which numbers of its blocks a bench is sent."""

from __future__ import annotations

import pytest

from bench.inventory.releases.making import cutting
from bench.inventory.releases.making.cutting import Allotted
from bench.inventory.releases.parts.tags import MOST, TagBlock

BLOCK = Allotted("AST", 1, 10)


def sent(block: Allotted, *strays: int) -> list[tuple[int, int]]:
    found = cutting.sent([block], {("AST", each) for each in strays} | {("OTH", 2)})
    return [(each.first, each.last) for each in found]


@pytest.mark.parametrize(
    ("block", "strays", "pieces"),
    [
        (BLOCK, (), [(1, 10)]),
        (BLOCK, (1, 10, 11), [(2, 9)]),
        (BLOCK, (4, 5), [(1, 3), (6, 10)]),
        (BLOCK, (*range(1, 11),), []),
        (Allotted("AST", 1, 10, before=6), (), [(7, 10)]),
        (Allotted("AST", 1, 10, before=6), (4, 8), [(7, 7), (9, 10)]),
        (Allotted("AST", 1, 10, before=10), (), []),
        (Allotted("AST", 1, 10, used=6), (), [(1, 10)]),
        (Allotted("AST", 1, 10, used=6), (4,), [(5, 10)]),
        (Allotted("AST", 1, 10, used=3), (4,), [(5, 10)]),
    ],
)
def test_what_may_stand_on_a_label_is_not_sent(
    block: Allotted, strays: tuple[int, ...], pieces: list[tuple[int, int]]
) -> None:
    assert sent(block, *strays) == pieces


def test_wild_tags_make_no_release_too_large() -> None:
    wide = Allotted("AST", 1, 100_000)
    found = sent(wide, *range(2, 100_000, 2))
    assert len(found) == cutting.MOST_PIECES
    assert found[-1] == (99_999, 100_000)
    many = (Allotted("AST", n, n) for n in range(1, MOST + 10))
    assert cutting.sent(many, ())[-1] == TagBlock("AST", MOST + 9, MOST + 9)
    assert len(cutting.sent((Allotted("AST", n, n) for n in range(1, MOST + 10)), ())) == MOST
