"""A simulated serial scanner: a pseudo terminal whose far end is opened by its path."""

from __future__ import annotations

import asyncio
import os
import tty
from pathlib import Path


class SimulatedScanner:
    """A scanner at `device`, a path that this puts up and that stays the same over a replug.

    Call `unplug` when done. Bytes written before anyone has opened the device are lost, as with a
    real one.
    """

    def __init__(self, device: Path) -> None:
        self.device = str(device)
        self._ends: tuple[int, int] | None = None
        self.replug()

    def scan(self, text: str) -> None:
        """Send a code and CR, at once; codes of up to about 4,000 bytes."""
        self.send(text.encode() + b"\r")

    async def scan_in_pieces(self, text: str, piece: int) -> None:
        """Send a code and CR, `piece` bytes at a time, as a slow or busy line delivers them."""
        frame = text.encode() + b"\r"
        for start in range(0, len(frame), piece):
            self.send(frame[start : start + piece])
            await asyncio.sleep(0.001)

    def send(self, data: bytes) -> None:
        """Send bytes as they are; raises `BrokenPipeError` while unplugged."""
        if self._ends is None:
            raise BrokenPipeError(f"{self.device} is unplugged.")
        os.write(self._ends[0], data)

    def unplug(self) -> None:
        """Pull the cable: whoever reads is told, and the path is gone."""
        if self._ends is None:
            return
        Path(self.device).unlink()
        for end in self._ends:
            os.close(end)
        self._ends = None

    def replug(self) -> None:
        """Put the cable back; the path leads to the new terminal."""
        if self._ends is not None:
            return
        master, slave = os.openpty()
        tty.setraw(slave)
        os.set_blocking(master, False)
        if Path(self.device).is_symlink():  # left by a program that was killed
            Path(self.device).unlink()
        Path(self.device).symlink_to(os.ttyname(slave))
        self._ends = (master, slave)
