"""What may lie over the window: one sheet at a time, loaded when it is first needed.

A sheet that holds unsaved work stays below the next one, and comes back when that is closed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from PySide6.QtWidgets import QWidget

from app.parts import Card

if TYPE_CHECKING:
    from app.central.corner import CentreCorner
    from app.checkup import Checkup
    from app.enrolment_code import Lookout
    from app.profile_shelf import ProfileShelf
    from app.theme import Theme
    from bench.events.views import ProfileView, SlotView
    from bench.identity.identifiers import SlotCode


@runtime_checkable
class Worked(Protocol):
    """A sheet on which work can be lost."""

    def is_unsaved(self) -> bool:
        """Whether work would be lost with it now."""
        ...

    def may_close(self) -> bool:
        """Return whether it may go; where it may not yet, it has said why."""
        ...


class Overlay:
    """Opens sheets over one widget."""

    def __init__(self, under: QWidget, *, simulated: bool = False) -> None:
        self._under, self._simulated = under, simulated
        self._below: list[Card] = []
        self.sheet: Card | None = None

    def show_keys(self) -> None:
        """Show every key."""
        from app import sheet  # noqa: PLC0415 - nothing of it is seen at the start

        self._open(sheet.keys(self._under))

    def show_text(self, heading: str, told: str) -> None:
        """Show a longer text."""
        from app import sheet  # noqa: PLC0415 - as above

        self._open(sheet.text(self._under, heading, told))

    def show_note(self, heading: str, told: str) -> None:
        """Show a few sentences."""
        from app import sheet  # noqa: PLC0415 - as above

        self._open(sheet.note(self._under, heading, told))

    def show_help(self, method: str, page: str = "") -> None:
        """Show the pages of help, first that page, else the one about a method of enrolment."""
        from app.help.help_sheet import HelpSheet  # noqa: PLC0415 - as above

        self._open(HelpSheet(self._under, method, page))

    def show_profiles(
        self,
        view: SlotView,
        profiles: Sequence[ProfileView],
        choose: Callable[[SlotCode, str], None],
    ) -> None:
        """Have a profile chosen for a slot."""
        from app.profile_chooser.chooser import chooser  # noqa: PLC0415 - as above

        self._open(chooser(self._under, view, profiles, choose))

    def show_code(self, view: SlotView, lookout: Lookout, ended: Callable[[], None]) -> None:
        """Show a slot's code as large as the screen, or no longer if it is; `ended` closes it."""
        from app.enrolment_code import FullScreenCode  # noqa: PLC0415 - as above

        if isinstance(self.sheet, FullScreenCode):
            ended()
            return
        opened = FullScreenCode(self._under, view, lookout, simulated=self._simulated)
        opened.ended.connect(ended)
        self._open(opened)

    def show_centre(self, corner: CentreCorner) -> None:
        """Show how the bench stands with the centre; where that is shown already, it stays."""
        if corner.panel and corner.panel is self.sheet:
            self.sheet.setFocus()
        else:
            self._open(corner.open(self._under))

    def show_files(self, found: Callable[[str], None], *, folder: bool) -> None:
        """Have a file or a folder looked for; `found` is told its name, "" where there is none."""
        from app.desks.file_sheet import file_sheet  # noqa: PLC0415 - as above

        self._open(file_sheet(self._under, found, folder=folder))

    def show_slots(self, views: Sequence[SlotView]) -> None:
        """Let a sheet that shows a slot know what is new of it."""
        if self.sheet and (show := getattr(self.sheet, "show_slots", None)):
            show(views)

    def show_editor(self, shelf: ProfileShelf, theme: Theme) -> None:
        """Have profiles edited; one that is being edited stays as it is."""
        from app.profile_editor.editor_sheet import EditorSheet  # noqa: PLC0415 - as above

        if isinstance(self.sheet, EditorSheet):
            self.sheet.setFocus()
        elif self._below:
            self.close()
        else:
            self._open(EditorSheet(self._under, shelf, theme))

    def show_check(self, checkup: Checkup, theme: Theme) -> None:
        """Check the station, anew if it was being checked."""
        from app.station_check import CheckSheet  # noqa: PLC0415 - as above

        opened = CheckSheet(self._under, checkup, theme)
        opened.check.rules_wanted.connect(self.show_text)
        self._open(opened)

    def show_theme(self, theme: Theme) -> None:
        """Change to another theme; most sheets have no colours of their own."""
        for sheet in (*self._below, self.sheet):
            if sheet and (show := getattr(sheet, "show_theme", None)):
                show(theme)

    def fit(self) -> None:
        """Follow the application's font; most sheets do so by themselves."""
        for sheet in (*self._below, self.sheet):
            if sheet and (fit := getattr(sheet, "fit", None)):
                fit()

    def may_close(self) -> bool:
        """Return whether nothing would be lost with the sheets; what would be lies on top then."""
        for sheet in self._below:
            if not _may_close(sheet):
                self._raise(sheet)
                return False
        return self.sheet is None or _may_close(self.sheet)

    def close(self) -> bool:
        """Close what is open; False if something stays, which then has the focus."""
        if self.sheet and not _may_close(self.sheet):
            return False
        if self.sheet:
            self.sheet.close()
        self.sheet = self._below.pop() if self._below else None
        if self.sheet:
            self.sheet.show()
            self.sheet.setFocus()
        return self.sheet is None

    def _raise(self, sheet: Card) -> None:
        """Put on top what lies below, so that what it says can be read."""
        self._below.remove(sheet)
        self._open(sheet)
        sheet.show()
        sheet.raise_()
        sheet.setFocus()

    def _open(self, opened: Card) -> None:
        """Put a sheet in the place of the one that is open, or over it if work would be lost."""
        before, self.sheet = self.sheet, opened
        if isinstance(before, Worked) and before.is_unsaved():
            before.hide()
            self._below.append(before)
        elif before:
            before.close()


def _may_close(sheet: Card) -> bool:
    return not isinstance(sheet, Worked) or sheet.may_close()
