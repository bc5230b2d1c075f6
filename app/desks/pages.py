"""What workspaces show beyond a question and its lines: the seam at which their pages come in.

A workspace that has a page is a room of its own under `app` with a widget that keeps to `OwnPage`,
and a line in `_page_of`; the roll-out's is `app.rollout.page.RollOutPage`, made as
`RollOutPage(theme)`. Each is loaded and made when a desk has something for it for the first time.
It stands below the desk's question, takes all the height that is left, and is told whatever
`DeskView.page` holds then, whose type is the workspace's own. Keys that print a character it leaves
to the window (`event.ignore()`): there they answer the desk.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, cast

from PySide6.QtWidgets import QWidget

from app.theme import Theme
from bench.events.desks import Workspace


class OwnPage(Protocol):
    """A page that a workspace has for itself: a widget that can do these."""

    def show_page(self, page: object) -> None:
        """Show what the desk says now; never None, and often what is shown already."""
        ...

    def show_theme(self, theme: Theme) -> None:
        """Change to another theme."""
        ...

    def fit(self) -> None:
        """Follow the application's font."""
        ...


class Pages:
    """The pages that were needed so far; `place` puts a new one where it is shown."""

    def __init__(self, theme: Theme, place: Callable[[QWidget], None]) -> None:
        self._theme, self._place = theme, place
        self._made: dict[Workspace, OwnPage] = {}

    def show(self, workspace: Workspace, page: object | None) -> bool:
        """Show the page of a workspace, all others no longer; return whether there is one."""
        for other, made in self._made.items():
            _widget(made).setVisible(page is not None and other is workspace)
        if page is None:
            return False
        shown = self._made.get(workspace) or self._make(workspace)
        if shown:
            shown.show_page(page)
        return shown is not None

    def show_theme(self, theme: Theme) -> None:
        """Change to another theme."""
        self._theme = theme
        for made in self._made.values():
            made.show_theme(theme)

    def fit(self) -> None:
        """Follow the application's font."""
        for made in self._made.values():
            made.fit()

    def _make(self, workspace: Workspace) -> OwnPage | None:
        made = _page_of(workspace, self._theme)
        if made:
            self._made[workspace] = made
            self._place(_widget(made))
            _widget(made).show()
        return made


def _page_of(workspace: Workspace, theme: Theme) -> OwnPage | None:
    if workspace is Workspace.ROLL_OUT:
        from app.rollout.page import RollOutPage  # noqa: PLC0415 - plots, for whoever looks

        return RollOutPage(theme)
    return None


def _widget(page: OwnPage) -> QWidget:
    return cast(QWidget, page)
