"""One store for all that is tried with inventories; each test begins with an empty one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.inventory.connectors.filed import SnipeIt
from bench.inventory.connectors.snipe_it.connector import SnipeItConnector
from tests.peers.centre.centre_room import CentreRoom
from tests.peers.connectors.connectors_room import (
    Centre,
    FakeTime,
    connectors_room,
    emptied,
    fed_by,
    stocked,
)
from tests.peers.connectors.snipe_it_stand_in import TOKEN, SnipeItStandIn, snipe_it


@pytest.fixture(scope="session")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreRoom]:
    with connectors_room(Path(tmp_path_factory.mktemp("centre"))) as opened:
        yield opened


@pytest.fixture
def centre(room: CentreRoom) -> Centre:
    return emptied(room)


# ── a Snipe-IT ──────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def time() -> FakeTime | None:
    """The clock of the stand-in and of whoever feeds it; None for each its own."""
    return None


@pytest.fixture
def there(time: FakeTime | None) -> Iterator[SnipeItStandIn]:
    with snipe_it(**({"clock": time} if time else {})) as standing_in:
        yield standing_in


@pytest.fixture
def settings(there: SnipeItStandIn) -> SnipeIt:
    return stocked(there)


@pytest.fixture
def connector(settings: SnipeIt, centre: Centre, time: FakeTime | None) -> SnipeItConnector:
    made = fed_by(settings, time)
    centre.begun(made)
    return made


@pytest.fixture
def file(tmp_path: Path, settings: SnipeIt) -> Path:
    status = ", ".join(f'{phase} = "{label}"' for phase, label in settings.status.items())
    token = tmp_path / "token"
    token.write_text(f"{TOKEN}\n")
    token.chmod(0o600)
    path = tmp_path / "connectors.toml"
    path.write_text(
        f'[snipe-it]\nurl = "{settings.url}"\ntoken = "{token}"\nper-minute = 100000\n'
        f'imei-column = "{settings.imei_column}"\nstatus = {{ {status} }}\n'
        'check-out = { handed-over = "location:3" }\n'
    )
    return path
