"""`central take-in`: takes in a drop that was carried here, and lays receipts into it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.command_line.central.setting_up import authority_folder
from bench.identity.plain import plain
from bench.inventory.central import authority_files
from bench.inventory.central.certificates import Authority, utc_now
from bench.inventory.central.connecting import administrator
from bench.inventory.drop.gate import StoreGate
from bench.inventory.drop.seal import Seal, Trust
from bench.inventory.drop.taking_in import Counter, Gate, Taken
from bench.problems import Problem, ProblemCode, ProblemError

_SEALER = "take-in"
_DAYS = 400
"""How long a receipt is believed: a drop that lay somewhere for a year is still one."""


@dataclass(frozen=True, slots=True)
class TakeIn:
    """Which drop, into which store, and the folder of who signs its certificates."""

    drop: Path
    database: str = field(repr=False)
    authority: Path | None = None
    as_json: bool = False


def take_in(asked: TakeIn) -> int:
    """Take it in; return 0, or 1 where a file was refused. `ProblemError` where nothing could be.

    What was taken in before the store or the disk failed is taken in; do it again for the rest.
    """
    authority = authority_files.read(authority_folder(asked.authority))
    refused = 0
    with administrator(asked.database) as connection, _readable(asked.drop):
        for taken in _counter(authority, StoreGate(connection)).take_in(asked.drop):
            refused += bool(taken.refused)
            _tell(taken, as_json=asked.as_json)
    return int(bool(refused))


def _counter(authority: Authority, gate: Gate) -> Counter:
    """Make one that seals receipts with a key of its own, which is gone with it."""
    server = authority.server([_SEALER], utc_now(), days=_DAYS)
    seal = Seal.of(server.certificate, server.key, _SEALER)
    return Counter(gate, Trust.of(authority.identity.certificate, _SEALER), seal, utc_now)


def _tell(taken: Taken, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(asdict(taken)) + "\n")
        return
    came = f"{taken.events} events, {taken.stored} of them new"
    sys.stdout.write(f"{taken.file}: {f'REFUSED: {taken.refused}' if taken.refused else came}\n")


@contextmanager
def _readable(drop: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        detail = error.strerror or type(error).__name__
        raise ProblemError(
            Problem(ProblemCode.CENTRE_UNUSABLE, plain(f"drop {drop}"), detail)
        ) from error
