"""Under umockdev: hubs of several kinds, the real uhubctl, and the product that asks it.

Prints one line of JSON with what was offered and what came of each try.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable
from contextlib import AsyncExitStack, suppress

from bench.identity.identifiers import UsbPath
from bench.problems import ProblemError
from hardware.hub_power.uhubctl import UhubctlPower
from tests.peers.hub_power.emulated_hub import ALL_PORTS, EmulatedHub
from tests.peers.testbed import Testbed


async def outcome(work: Awaitable[None]) -> str:
    """What a person is told: nothing when it went well."""
    try:
        await work
    except ProblemError as error:
        return error.problem.code
    return ""


async def cancelled_while_off(power: UhubctlPower, hub: EmulatedHub, path: str) -> str:
    """Give a cycle up while the port is without power."""
    cycle = asyncio.create_task(power.cycle(UsbPath.parse(path)))
    while not hub.log:
        await asyncio.sleep(0.02)
    cycle.cancel()
    with suppress(asyncio.CancelledError):
        await cycle
    return "cancelled" if cycle.cancelled() else "done"


async def main() -> None:
    """Try everything at once: each port is off for two seconds."""
    power = UhubctlPower(deadline=40)
    with Testbed() as testbed:
        hubs = {
            "usb2": EmulatedHub(testbed, "1-1", 2, container=b"A" * 16),
            "usb3": EmulatedHub(testbed, "2-1", 2, container=b"A" * 16),
            "below": EmulatedHub(testbed, "1-1.4", 3, ports=2, switching=ALL_PORTS),
            "stuck": EmulatedHub(testbed, "1-2", 4, ports=2),
            "given up": EmulatedHub(testbed, "1-3", 5, ports=2),
        }
        hubs["stuck"].stuck = True
        async with AsyncExitStack() as stack:
            for hub in hubs.values():
                await stack.enter_async_context(hub)
            offered = sorted(map(str, await power.switchable()))
            tries = {
                path: outcome(power.cycle(UsbPath.parse(path)))
                for path in ("1-1.2", "1-2.1", "1-1.4", "1-1.4.1", "1-9.1")
            }
            tries["1-3.2"] = cancelled_while_off(power, hubs["given up"], "1-3.2")
            came = dict(zip(tries, await asyncio.gather(*tries.values()), strict=True))
            logs = {name: hub.log for name, hub in hubs.items()}
            on = all(all(hub.powered) for hub in hubs.values())
    said = {"offered": offered, "came": came, "logs": logs, "all_on": on}
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    asyncio.run(main())
