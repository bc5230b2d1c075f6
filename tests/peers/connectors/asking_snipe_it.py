"""What is tried with a Snipe-IT by the commands of the centre."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench.command_line.central import feeding
from bench.inventory.connectors.filed import SnipeIt
from bench.inventory.connectors.reconciling import Finding, reconcile
from tests.peers.connectors.connectors_room import Centre, fed_by
from tests.peers.connectors.snipe_it_stand_in import SnipeItStandIn


def asked_of(centre: Centre, file: Path) -> feeding.Feeding:
    words = centre.room.server.admin.replace("dbname=postgres", f"dbname={centre.database}")
    return feeding.Feeding(words, file, "snipe-it")


def writes(there: SnipeItStandIn) -> list[Any]:
    return [each for each in there.wire.seen if each.method != "GET"]


def found_by(centre: Centre, settings: SnipeIt) -> list[Finding]:
    return list(reconcile(centre.connect, fed_by(settings)))
