"""From a frame on a scanner's line to whoever handles it, beside a bare reader on such a line.

The two take turns, frame by frame, so that whatever else the computer does meets both. In a process
of its own; prints seconds as JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bench.events.run import Fact
from hardware.scanners.serial import SerialScanner
from hardware.simulator.scanner import SimulatedScanner

_CODE = "]C0004400000000018"
_LIMIT = 5.0
_SETTLE = 0.1


class Handler:
    """Whoever is told of a scan: notes when, and lets the next one be sent."""

    def __init__(self) -> None:
        self.at = 0.0
        self.told = asyncio.Event()

    def post(self, _fact: Fact) -> None:
        """Take a fact, as the station does."""
        self.hear()

    def hear(self) -> None:
        """Note the time."""
        self.at = time.perf_counter()
        self.told.set()


class BareReader:
    """The floor: `add_reader`, one read, and whether the frame has ended."""

    def __init__(self, device: str, handler: Handler) -> None:
        self._handler = handler
        self._descriptor = os.open(device, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
        asyncio.get_running_loop().add_reader(self._descriptor, self._read)

    def close(self) -> None:
        """Read no more."""
        asyncio.get_running_loop().remove_reader(self._descriptor)
        os.close(self._descriptor)

    def _read(self) -> None:
        if os.read(self._descriptor, 4096).endswith(b"\r"):
            self._handler.hear()


async def measure(folder: Path, frames: int) -> dict[str, list[float]]:
    """Send so many frames down either line, in turns."""
    product, bare = (SimulatedScanner(folder / name) for name in ("scanner", "bare"))
    by_product, by_bare = Handler(), Handler()
    reading = asyncio.create_task(SerialScanner(product.device).follow(by_product.post))
    reader = BareReader(bare.device, by_bare)
    await asyncio.sleep(_SETTLE)
    took: dict[str, list[float]] = {"product": [], "bare": []}
    for _ in range(frames):
        took["product"].append(await _sent(product.scan, by_product))
        took["bare"].append(await _sent(bare.scan, by_bare))
    reading.cancel()
    with suppress(asyncio.CancelledError):
        await reading
    reader.close()
    product.unplug()
    bare.unplug()
    return took


async def _sent(scan: Callable[[str], None], handler: Handler) -> float:
    handler.told.clear()
    began = time.perf_counter()
    scan(_CODE)
    async with asyncio.timeout(_LIMIT):
        await handler.told.wait()
    return handler.at - began


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.scan_frames")
    parser.add_argument("--frames", type=int, default=2000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="frames-") as folder:
        took = asyncio.run(measure(Path(folder), asked.frames))
    sys.stdout.write(json.dumps(took) + "\n")


if __name__ == "__main__":
    main()
