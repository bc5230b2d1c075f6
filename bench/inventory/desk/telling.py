"""Posts to the station what the exchange says of itself. On the bench's loop only."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from bench.events.run import Fact
from bench.inventory.desk.standing import Standing
from bench.inventory.sync.lines import Cleared, Stands, Troubled
from bench.ports import Post
from bench.problems import Problem


class Telling:
    """Tells how the bench stands at once, and then not again for `pause` seconds."""

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._standing = Standing()
        self._due: asyncio.TimerHandle | None = None

    def take(self, said: Stands | Troubled | Cleared, post: Post) -> None:
        """Take what the exchange says, and tell what of it is new."""
        match said:
            case Stands(view):
                _all(self._standing.stands(view), post)
                self._show(post)
            case Troubled(problem):
                _all(self._standing.troubled(problem), post)
            case Cleared(code):
                _all(self._standing.cleared(code), post)

    def broke_off(self, problem: Problem | None, post: Post) -> None:
        """Take that it is gone; `problem` is that this happens time and again."""
        _all(self._standing.broke_off(problem), post)
        self._show(post)

    def stop(self) -> None:
        """Tell nothing more."""
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _show(self, post: Post) -> None:
        if self._due is None and (news := self._standing.news()):
            post(news)
            loop = asyncio.get_running_loop()
            self._due = loop.call_later(self._pause, self._show_again, post)

    def _show_again(self, post: Post) -> None:
        self._due = None
        self._show(post)


def _all(facts: Iterable[Fact], post: Post) -> None:
    for fact in facts:
        post(fact)
