"""`stock orders`, `stock delivery`, `stock discrepancies`: what was bought, and what came of it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bench.command_line.errands.stock.words import as_json, of_record
from bench.command_line.errands.words import Commands, does

if TYPE_CHECKING:
    from bench.command_line.program import Program


def add(commands: Commands) -> None:
    """Add the commands of this room."""
    orders = commands.add_parser("orders", help="handsets ordered, announced, counted in")
    of_record(orders)
    as_json(orders)
    does(orders, _orders)
    delivery = commands.add_parser(
        "delivery", help="what of a delivery is counted, carton by carton"
    )
    of_record(delivery)
    delivery.add_argument("name", metavar="NAME", help="an order, a despatch, a pallet or a carton")
    as_json(delivery)
    does(delivery, _delivery)
    odd = commands.add_parser("discrepancies", help="what was short, over or otherwise odd")
    of_record(odd)
    odd.add_argument("--open", action="store_true", help="only what is awaited or set aside")
    as_json(odd)
    does(odd, _discrepancies)


def _orders(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.stock.goods_in import show_orders  # noqa: PLC0415 - where it is done

    return show_orders(asked.record, as_json=asked.json)


def _delivery(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.stock.goods_in import show_delivery  # noqa: PLC0415 - where it is done

    return show_delivery(asked.record, asked.name, as_json=asked.json)


def _discrepancies(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.stock.goods_in import show_discrepancies  # noqa: PLC0415 - as above

    return show_discrepancies(asked.record, only_open=asked.open, as_json=asked.json)
