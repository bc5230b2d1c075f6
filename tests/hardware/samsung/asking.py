"""Asking a simulated modem, and the one thing that is checked each time: what was written to it."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from bench.events.modem import ModemIdentity
from bench.identity.identifiers import Imei
from bench.problems import Problem, ProblemError
from hardware.samsung.modem import Patience, read_modem
from hardware.simulator.modem import ModemFaults, SimulatedModem, device_info

ALLOWED = re.compile(rb"(?:AT\r|AT\+DEVCONINFO\r|AT\+REACTIVE=1,0,0\r)*")
"""Spelt out once more, by hand: a test that reads the product's own table proves nothing."""
IMEI = str(Imei.with_check_digit("00440000000001"))
SERIAL = "R58N00001XY"
INFO = device_info(serial=SERIAL, imei=IMEI, phone_number="+447700900123")
QUICK = Patience(appear=2.0, open=5.0, answer=0.05, pause=0.01, tries=2)
UNHURRIED = Patience(appear=5.0, open=5.0, answer=5.0, pause=0.01, tries=3)
_LIMIT = 20.0
_NOBODY = 65534

Value = TypeVar("Value")


@asynccontextmanager
async def plugged(
    folder: Path, faults: ModemFaults | None = None, info: str = INFO
) -> AsyncIterator[SimulatedModem]:
    """A modem at `folder`/ttyACM0; what was written to it was allowed, or the test fails."""
    modem = SimulatedModem(folder / "ttyACM0", info, faults or ModemFaults())
    try:
        async with modem, asyncio.timeout(_LIMIT):
            yield modem
    finally:
        assert ALLOWED.fullmatch(modem.written), bytes(modem.written)


@contextmanager
def nobody() -> Iterator[None]:
    """Without privileges; run by an ordinary person the tests have none in the first place."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(_NOBODY)
    try:
        yield
    finally:
        if was == 0:
            os.seteuid(was)


async def _yes() -> bool:
    return True


async def ask(
    modem: SimulatedModem, patience: Patience = UNHURRIED, *, reactivation: bool = False
) -> ModemIdentity:
    return await read_modem(str(modem.device), patience, reactivation=reactivation, is_still=_yes)


async def refused(answer: Awaitable[Value]) -> Problem:
    with pytest.raises(ProblemError) as refusal:
        await answer
    return refusal.value.problem
