"""What a person does at a desk, as facts for the bench."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bench.events.desks import (
    Answered,
    DeskOpened,
    FileChosen,
    JobCancelled,
    SignatureDrawn,
    Workspace,
)
from bench.events.person import HiddenText

if TYPE_CHECKING:
    from bench.events.run import Fact  # loads every room of the facts; the window posts a few


class Deciding:
    """Posts facts; `say` is a line for the person where the bench does not run."""

    def __init__(self, post: Callable[[Fact], bool], say: Callable[[str], None]) -> None:
        self._post, self._say = post, say

    def open(self, workspace: Workspace) -> None:
        """Go to a workspace, or to its beginning."""
        self._posted(DeskOpened(workspace))

    def choose(self, question: int, choice: str, text: str = "") -> None:
        """Answer with a choice, with a text, or with both."""
        self._posted(Answered(question, choice, text))

    def name(self, question: int, path: str) -> None:
        """Answer with a file or folder."""
        self._posted(FileChosen(question, path))

    def sign(self, question: int, strokes: str) -> None:
        """Answer with a signature."""
        self._posted(SignatureDrawn(question, HiddenText(strokes)))

    def cancel(self) -> None:
        """Stop the work behind the desk."""
        self._posted(JobCancelled())

    def _posted(self, fact: Fact) -> None:
        if not self._post(fact):
            self._say("The bench is not running: nothing was changed.")
