"""A cable between a bench and the centre that can be cut, on loopback.

It breaks once, at the worst moment: the centre has taken a batch in and answers, and the answer is
not let through. Whoever sent the batch cannot know that it arrived. On a thread of its own.
"""

from __future__ import annotations

import selectors
import socket
import threading
from contextlib import closing, suppress
from typing import Self

_CHUNK = 65_536
_PATIENCE = 5.0
"""Seconds to reach the centre, or until whoever is sent something takes it."""


class Cable:
    """A TCP port of its own that leads to `port`, both on 127.0.0.1.

    It is cut when an answer comes after more than `after` bytes were sent since the one before:
    such an answer is to a batch of events. `after` 0 never cuts.
    """

    def __init__(self, port: int, *, after: int = 0) -> None:
        self._to = port
        self._after = after
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(0)
        self._bell, self._ring = socket.socketpair()
        self._thread = threading.Thread(target=self._work, name="cable", daemon=True)
        self.port = int(self._listening.getsockname()[1])
        self.cuts = 0
        """How often it was cut."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ring.send(b"\0")
        self._thread.join()
        self._ring.close()

    def _work(self) -> None:
        lines: set[_Line] = set()
        with closing(self._listening), closing(self._bell), selectors.DefaultSelector() as wakes:
            wakes.register(self._listening, selectors.EVENT_READ)
            wakes.register(self._bell, selectors.EVENT_READ)
            while self._look(wakes, lines):
                pass
        for line in lines:
            line.close()

    def _look(self, wakes: selectors.BaseSelector, lines: set[_Line]) -> bool:
        """Do what is due; return whether the cable is still to be there."""
        for key, _ in wakes.select():
            if key.fileobj is self._bell:
                return False
            if key.fileobj is self._listening:
                self._plug_in(wakes, lines)
            else:
                self._pass_on(wakes, lines, key)
        return True

    def _plug_in(self, wakes: selectors.BaseSelector, lines: set[_Line]) -> None:
        try:
            near, _ = self._listening.accept()
        except OSError:
            return  # whoever called has hung up
        try:
            far = socket.create_connection(("127.0.0.1", self._to), _PATIENCE)
        except OSError:
            near.close()
            return
        near.settimeout(_PATIENCE)
        far.settimeout(_PATIENCE)
        line = _Line(near, far)
        lines.add(line)
        wakes.register(near, selectors.EVENT_READ, line)
        wakes.register(far, selectors.EVENT_READ, line)

    def _pass_on(
        self, wakes: selectors.BaseSelector, lines: set[_Line], key: selectors.SelectorKey
    ) -> None:
        line: _Line = key.data
        if line not in lines:
            return
        is_answer = key.fileobj is line.far
        if is_answer and 0 < self._after < line.unanswered and not self.cuts:
            self.cuts += 1
        elif line.pass_on(is_answer=is_answer):
            return
        wakes.unregister(line.near)
        wakes.unregister(line.far)
        lines.remove(line)
        line.close()


class _Line:
    """One connection: `near` is the bench's end, `far` the centre's."""

    def __init__(self, near: socket.socket, far: socket.socket) -> None:
        self.near = near
        self.far = far
        self.unanswered = 0

    def pass_on(self, *, is_answer: bool) -> bool:
        """Carry what came to the other end; return whether the line still stands."""
        source, to = (self.far, self.near) if is_answer else (self.near, self.far)
        with suppress(OSError):
            if content := source.recv(_CHUNK):
                to.sendall(content)
                self.unanswered = 0 if is_answer else self.unanswered + len(content)
                return True
        return False

    def close(self) -> None:
        self.near.close()
        self.far.close()
