"""One scanner as the bench knows it: its scans and its troubles, posted under one name."""

from __future__ import annotations

from collections.abc import Iterable

from bench.events.device import ProblemCleared, ProblemRaised
from bench.events.person import TextScanned
from bench.ports import Post
from bench.problems import Problem, ProblemCode
from hardware.scanners.framing import Frame, Loss


class Source:
    """Posts for the scanner `name`; one trouble of its connection stands at a time."""

    def __init__(self, name: str, post: Post) -> None:
        self.name = name
        self._post = post
        self._trouble: ProblemCode | None = None
        self._is_garbled = False

    def hear(self, frames: Iterable[Frame]) -> None:
        """Post scans; a frame that was lost is a problem until a scan comes whole."""
        for frame in frames:
            match frame:
                case Loss(why):
                    self._is_garbled = True
                    problem = Problem(ProblemCode.SCANNER_GARBLED, self.name, why)
                    self._post(ProblemRaised(problem))
                case text:
                    self._understood()
                    self._post(TextScanned(text, self.name))

    def complain(self, code: ProblemCode, detail: str = "") -> None:
        """Raise a trouble, in place of the one that stands."""
        if code is self._trouble:
            return
        self.calm()
        self._trouble = code
        self._post(ProblemRaised(Problem(code, self.name, detail)))

    def calm(self) -> None:
        """Clear the trouble that stands, if one does."""
        if self._trouble:
            self._post(ProblemCleared(self._trouble, self.name))
            self._trouble = None

    def forget(self) -> None:
        """Clear whatever stands: nothing more will come of this source."""
        self.calm()
        self._understood()

    def _understood(self) -> None:
        if self._is_garbled:
            self._is_garbled = False
            self._post(ProblemCleared(ProblemCode.SCANNER_GARBLED, self.name))
