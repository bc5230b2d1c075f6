"""Thirty thousand devices fed and compared; the suite does it with a few hundred."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.inventory.connectors.reconciling import reconcile
from tests.peers.centre.centre_room import CentreRoom
from tests.peers.connectors.connectors_room import (
    Centre,
    connectors_room,
    emptied,
    fed,
    fed_by,
    stocked,
)
from tests.peers.connectors.snipe_it_stand_in import snipe_it

FLAT = 40_000_000
"""Bytes that feeding may take at most, whatever there is; a batch and a page are in memory."""


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreRoom]:
    with connectors_room(Path(tmp_path_factory.mktemp("centre"))) as opened:
        yield opened


def _fill(centre: Centre, many: int) -> None:
    centre.has(1)
    with centre.admin() as admin:
        admin.execute(
            "INSERT INTO custody.device (key, bench_no, uid, imei, serial, model, asset_tag, phase,"
            " custody, last_at, benches, in_conflict)"
            " SELECT 'imei:00440000' || lpad(n::text, 7, '0'), 1, 'u' || n, '00440000' || lpad(n::text, 7, '0'), 'R' || n, 'SM-A325F',"
            " 'AST-' || lpad(n::text, 6, '0'), 'staged', 'staged', '2026-11-24', 1, false"
            " FROM generate_series(2, %s) AS n",
            (many,),
        )


@pytest.mark.parametrize("many", [400, pytest.param(30_000, marks=pytest.mark.soak)])
@pytest.mark.timeout(3600)
def test_each_is_there_once_and_the_report_says_so(room: CentreRoom, many: int) -> None:
    centre = emptied(room)
    _fill(centre, many)
    with snipe_it() as there:
        there.wire.keeps = False
        connector = fed_by(stocked(there))
        centre.begun(connector)
        assert fed(centre, connector).done == many
        assert len({each["asset_tag"] for each in there.stock.living()}) == many
        tracemalloc.start()
        assert list(reconcile(centre.connect, connector)) == []
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < FLAT
