"""Thirty thousand devices fed and compared; the suite does it with a few hundred."""

from __future__ import annotations

import tracemalloc

import pytest

from bench.inventory.connectors.reconciling import reconcile
from tests.peers.centre.centre_room import CentreRoom
from tests.peers.connectors.connectors_room import (
    Centre,
    emptied,
    fed,
    fed_by,
    stocked,
)
from tests.peers.connectors.snipe_it_stand_in import snipe_it

FLAT = 40_000_000
"""Bytes that feeding may take at most, whatever there is; a batch and a page are in memory."""


def _fill(centre: Centre, many: int) -> None:
    centre.has(1)
    with centre.admin() as admin:
        admin.execute(
            "INSERT INTO custody.device (key, bench_no, uid, imei, serial, model, asset_tag, phase,"
            " custody, last_at, benches, in_conflict)"
            " SELECT 'imei:' || its, 1, 'u' || its, its, 'R' || its, 'SM-A325F', 'AST-' || its,"
            " 'staged', 'staged', '2026-11-24', 1, false"
            " FROM (SELECT '00440000' || lpad(n::text, 7, '0') AS its"
            " FROM generate_series(2, %s) AS n) made",
            (many,),
        )


@pytest.mark.parametrize("many", [120, pytest.param(30_000, marks=pytest.mark.soak)])
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
