"""Reconciling thirty thousand devices with the record: how long, and in how much memory.

The simulated service runs in a process of its own, as the real one does; the record's side is made
up as it is read. Memory is what Python itself has allocated at most (tracemalloc, in a run that is
not timed) and by how much the process grew (VmHWM), for a tenth of the devices and for all: where
it is flat, both are alike.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.enrolment.intune.comparison import Comparison
from bench.enrolment.intune.intune import Intune
from bench.enrolment.intune.reconcile import compare, table
from bench.enrolment.intune.verdicts import Expected
from bench.identity.identifiers import Imei
from bench.ports import ManagementAddress
from tests.benchmarks.figures import Figure

_DEVICES = 30_000
_MIB = 1024.0


def reconcile(times: int) -> Iterator[Figure]:
    """Compare a record and a service of thirty thousand handsets."""
    all_, tenth = ([_run(count) for _ in range(times)] for count in (_DEVICES, _DEVICES // 10))
    yield Figure(
        f"reconcile {_DEVICES} devices", "s", [run["seconds"] for run in all_],
        [run["pages"] for run in all_], "reading the pages", notes={"runs": all_},
    )  # fmt: skip
    few = f"{_DEVICES // 10} devices"
    traced, grown = ("peak_mib", "grown_mib")
    yield Figure(
        "memory it takes, as Python counts it", "MiB", [run[traced] for run in all_],
        [run[traced] for run in tenth], few, ratio=1.25,
    )  # fmt: skip
    yield Figure(
        "memory it takes, resident", "MiB", [run[grown] for run in all_],
        [run[grown] for run in tenth], few,
    )  # fmt: skip


def _run(count: int) -> dict[str, Any]:
    words = [sys.executable, "-m", "tests.benchmarks.reconcile", "measure", str(count)]
    told = subprocess.run(words, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(told.stdout)
    return found


# ── in a process of its own ─────────────────────────────────────────────────────────────────────
def _measure(count: int) -> None:
    words = [sys.executable, "-m", "tests.benchmarks.reconcile", "serve", str(count)]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as serving:
        assert serving.stdout is not None
        told = json.loads(serving.stdout.readline())
        told["certificates"] = Path(told["certificates"])
        address = ManagementAddress(**told)
        asyncio.run(_compared(address, 0, 0))  # loads the libraries
        before = _resident()
        found = asyncio.run(_compared(address, count, None))
        found["grown_mib"] = _resident() - before
        tracemalloc.start()
        asyncio.run(_compared(address, count, None))
        found["peak_mib"] = tracemalloc.get_traced_memory()[1] / _MIB / _MIB
        serving.communicate("\n")
    sys.stdout.write(json.dumps(found) + "\n")


async def _compared(address: ManagementAddress, count: int, most: int | None) -> dict[str, Any]:
    async with Intune(address) as intune:
        await intune.tokens.token()
        if most == 0:
            return {}
        began = time.perf_counter()
        with Comparison() as comparison:
            marks: list[float] = []
            expected = (_expected(number) for number in range(count))
            await compare(
                intune.graph, expected, lambda *_: marks.append(time.perf_counter()), comparison
            )
            read = time.perf_counter()
            rows = await asyncio.to_thread(lambda: sum(1 for _ in table(comparison.findings())))
            done = time.perf_counter()
    return {"seconds": done - began, "pages": read - began, "rows": rows, "told": len(marks)}


def _expected(number: int) -> Expected:
    """Every second is of the fleet there, as the simulator numbers it; the others are missing."""
    imei = Imei.with_check_digit(f"00440009{number:06d}") if number % 2 else None
    return Expected(f"u{number}", f"R58M{number:06d}X", (imei,) if imei else (), "A32 v3")


def _resident() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / _MIB


async def _serve(count: int) -> None:
    from hardware.simulator.intune import SimulatedIntune  # noqa: PLC0415 - only here

    async with SimulatedIntune() as service:
        service.add_fleet(count)
        told = asdict(service.address)
        sys.stdout.write(json.dumps(told | {"certificates": str(told["certificates"])}) + "\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)


if __name__ == "__main__":
    what, how_many = sys.argv[1:]
    if what == "serve":
        asyncio.run(_serve(int(how_many)))
    else:
        _measure(int(how_many))
