"""A drop that is tried: how it is begun, and what lies in it."""

from __future__ import annotations

import csv
from pathlib import Path

from bench.inventory.connectors.drop.connector import DropConnector
from bench.inventory.connectors.drop.places import Place
from bench.inventory.connectors.pace import Pace
from bench.inventory.connectors.rate import Bucket
from tests.peers.connectors.connectors_room import Centre


def a_drop(place: Place, *, bom: bool = False, snapshots: bool = False) -> DropConnector:
    pace = Pace("drop", Bucket(100_000))
    return DropConnector(place, pace, bom=bom, snapshots=snapshots, is_here=True)


def begun(centre: Centre, place: Place, **how: bool) -> DropConnector:
    made = a_drop(place, **how)
    centre.begun(made)
    return made


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as opened:
        return list(csv.DictReader(opened))


def one_file(folder: Path, kind: str = "changes-") -> Path:
    (found,) = (each for each in folder.glob(f"{kind}*.csv"))
    return found
