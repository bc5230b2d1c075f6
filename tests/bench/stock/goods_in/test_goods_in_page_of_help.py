"""The page of help on goods-in has the keys as the desk offers them."""

from __future__ import annotations

from pathlib import Path

from bench.events.desks import Workspace
from bench.stock.goods_in.settling import WAYS
from tests.bench.stock.counter import counter

PAGE = Path("resources/help/goods-in.md").read_text("utf-8")


def test_the_tasks_have_the_keys_that_the_page_says(tmp_path: Path) -> None:
    with counter(tmp_path) as desk:
        desk.go(Workspace.GOODS_IN)
        for key, choice in enumerate(desk.desk.choices[:5], start=1):
            assert f"| `{key}` | {choice.text}" in PAGE


def test_each_way_of_settling_is_on_the_page_in_the_order_of_the_keys() -> None:
    for ways in WAYS.values():
        assert " · ".join(way.text for way in ways if not way.asks) in PAGE
