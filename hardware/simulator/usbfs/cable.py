"""A simulated handset on a USB cable: in sysfs for udev, on a device node for an adb server.

Where the adb server asks `fstat` whether a node is a character device, umockdev 0.17 does not
answer for it. So the node is a link to a pseudo terminal, of which only the unique number counts;
through that number, and `/sys/dev/char`, the server finds the port in sysfs.
"""

from __future__ import annotations

import asyncio
import os
import pty
import socket
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Protocol

from bench.identity.identifiers import UsbPath
from hardware.simulator.adbd import Link
from hardware.simulator.handset import SimulatedHandset
from hardware.simulator.usbfs import sysfs
from hardware.simulator.usbfs.descriptors import Bulk, Described
from hardware.simulator.usbfs.node import OpenNode
from hardware.simulator.usbfs.pipes import Pipes
from hardware.simulator.usbfs.words import Caller

_BUFFER = 4 << 20
_WAITING = 16
_AGAIN_S = 0.1


class Testbed(Protocol):
    """An emulated `/sys` and `/dev`, as umockdev keeps them below `root`."""

    @property
    def root(self) -> Path:
        """What programs under the preload find in `UMOCKDEV_DIR`."""
        ...

    def add(self, description: str) -> None:
        """Put a device into sysfs and send its `add` event."""
        ...

    def unplug(self, place: str) -> None:
        """Send the `remove` event of a device, and take it out of sysfs."""
        ...


class UsbCable:
    """One plugging-in of a handset, as device `number` (1 to 127) of its bus; `pull` is final.

    `node_mode` are the permissions of the node. Close it only when no program has the node open
    any more, or may open it: the preload ends a program whose node stops answering.
    """

    def __init__(
        self,
        testbed: Testbed,
        handset: SimulatedHandset,
        path: UsbPath,
        number: int,
        device: Described | None = None,
        node_mode: int = 0o666,
    ) -> None:
        self.handset, self.path, self.number = handset, path, number
        self._testbed = testbed
        self._device = device or Described()
        self._node_mode = node_mode
        self.bulk: Bulk | None = self._device.adb()
        self.descriptors = self._device.blob()
        self.is_in = False
        self._claimed: Pipes | None = None
        self._links: set[asyncio.Task[None]] = set()
        self._open: set[asyncio.Task[None]] = set()
        self._listener: socket.socket | None = None
        self._listening: asyncio.Task[None] | None = None
        self._terminal = -1
        self._made: list[Path] = []

    def plug(self) -> None:
        """Plug in: udev is told, then the node appears, which an adb server looks for."""
        self.is_in = True
        self._listen()
        self._testbed.add(
            sysfs.description(self.path, self.number, self.handset.serial, self._device)
        )
        self._make_node()

    def pull(self) -> None:
        """Pull out, whatever is being done: the node goes, and every call on it is ENODEV."""
        if not self.is_in:
            return
        self.is_in = False
        for made in self._made:
            made.unlink(missing_ok=True)
        self._testbed.unplug(sysfs.place(self.path))
        if self._claimed is not None:
            self._claimed.cut()

    async def close(self) -> None:
        """Stop answering; pull out before that."""
        self.pull()
        tasks = {*self._open, *self._links, *([self._listening] if self._listening else [])}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        if self._listener is not None:
            self._listener.close()
            self._socket.unlink(missing_ok=True)
            os.close(self._terminal)
            self._listener = None

    # what an open node asks
    def claim(self, news: Callable[[], None]) -> Pipes | None:
        """Begin a link of the handset; None while another program has one."""
        if self._claimed is not None:
            return None
        pipes = self._claimed = Pipes(news)
        link = Link(self.handset, pipes, pipes, pipes.cut)
        self._keep(self._links, link.run())
        return pipes

    def release(self, pipes: Pipes) -> None:
        """End the link."""
        pipes.cut()
        if self._claimed is pipes:
            self._claimed = None

    # the node
    @property
    def _node(self) -> str:
        return sysfs.node(self.path, self.number)

    @property
    def _socket(self) -> Path:
        return self._testbed.root / "ioctl" / "dev" / self._node

    def _listen(self) -> None:
        self._socket.parent.mkdir(parents=True, exist_ok=True)
        listener = self._listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self._socket))
        self._socket.chmod(0o666)  # who may open the node is the node's own affair
        listener.listen(_WAITING)
        listener.settimeout(0)
        self._listening = asyncio.create_task(self._accept(listener))

    def _make_node(self) -> None:
        root = self._testbed.root
        self._terminal, slave = pty.openpty()
        os.fchmod(slave, self._node_mode)
        device, terminal = os.fstat(slave).st_rdev, os.ttyname(slave)
        os.close(slave)
        number = root / "sys" / "dev" / "char" / f"{os.major(device)}:{os.minor(device)}"
        self._link(number, f"../..{sysfs.place(self.path)}")
        self._made.append(root / "dev" / ".node" / self._node.replace("/", "_"))
        self._link(root / "dev" / self._node, terminal)

    def _link(self, at: Path, target: str) -> None:
        at.parent.mkdir(parents=True, exist_ok=True)
        at.symlink_to(target)
        self._made.insert(0, at)

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(listener)
                streams = await asyncio.open_unix_connection(sock=connection, limit=_BUFFER)
            except OSError:  # no descriptor is left, or the program has gone already
                await asyncio.sleep(_AGAIN_S)
            else:
                self._keep(self._open, self._serve(Caller(*streams)))

    async def _serve(self, caller: Caller) -> None:
        node = OpenNode(self, caller)
        try:
            await node.serve()
        finally:
            node.close()
            caller.close()

    def _keep(self, tasks: set[asyncio.Task[None]], work: Coroutine[None, None, None]) -> None:
        """Hold a task while it runs, and tell of what ends it untimely."""
        task = asyncio.create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        task.add_done_callback(_tell)


def _tell(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        trouble = {"message": "a simulated handset failed", "exception": error, "task": task}
        task.get_loop().call_exception_handler(trouble)
