"""Snipe-IT over real HTTP, fed from a real store."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.inventory.connectors.filed import SnipeIt
from bench.inventory.connectors.snipe_it.connector import SnipeItConnector
from tests.peers.centre.centre_room import CentreRoom
from tests.peers.connectors.connectors_room import (
    Centre,
    another,
    connectors_room,
    fed,
    fed_by,
    stocked,
)
from tests.peers.connectors.snipe_it_stand_in import SnipeItStandIn, snipe_it

_NUMBER = itertools.count(1)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreRoom]:
    with connectors_room(Path(tmp_path_factory.mktemp("centre"))) as opened:
        yield opened


@pytest.fixture
def centre(room: CentreRoom) -> Centre:
    return another(room, f"fed_{next(_NUMBER)}")


@pytest.fixture
def there() -> Iterator[SnipeItStandIn]:
    with snipe_it() as standing_in:
        yield standing_in


@pytest.fixture
def settings(there: SnipeItStandIn) -> SnipeIt:
    return stocked(there)


@pytest.fixture
def connector(settings: SnipeIt, centre: Centre) -> SnipeItConnector:
    made = fed_by(settings)
    centre.begun(made)
    return made


def test_a_staged_handset_is_there_with_its_tag_serial_imei_and_status(
    centre: Centre, there: SnipeItStandIn, connector: SnipeItConnector
) -> None:
    centre.has(1)
    assert fed(centre, connector).done == 1
    (asset,) = there.stock.living()
    assert asset["asset_tag"] == "AST-000001"
    assert asset["serial"] == "R0000001"
    assert there.stock.labels[asset["status_id"]]["name"] == "Staging: staged"
    assert "004400000000001" in asset.values()
