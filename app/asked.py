"""What a key asks for that lies over the window, or the reason why there is none.

Made with the workplace, behind the first paint; each thing is loaded when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from app.actions import Act
from app.central.corner import CentreCorner
from app.checkup import Checkup
from app.desks.places import Places
from app.overlay import Overlay
from app.profile_shelf import ProfileShelf
from app.theme import Theme
from bench.events.views import Category

if TYPE_CHECKING:
    from bench.identity.identifiers import SlotCode

_A_CHOICE = 2
_CLOSE_FIRST = "Close what lies over the slots first: only what is in sight is decided on."


class Asked:
    """Answers the keys that open something; `say` is a line for the person."""

    def __init__(
        self,
        overlay: Overlay,
        places: Places,
        theme: Callable[[], Theme],
        say: Callable[[str], None],
        checkup: Checkup | None,
        shelf: ProfileShelf | None,
        corner: CentreCorner,
    ) -> None:
        self._overlay, self._places, self._place = overlay, places, places.slots
        self._theme, self._say = theme, say
        self.checkup, self.shelf = checkup, shelf
        self.corner = corner
        corner.asked.connect(self._centre)
        places.file_wanted.connect(self._look_for_file)

    def acts(self) -> dict[Act, Callable[[], object]]:
        """Return what is done for each key."""
        panel = self._place.run_panel
        decisions: dict[Act, Callable[[], object]] = {
            Act.CONFIRM: panel.confirm,
            Act.HOLD: panel.hold_or_resume,
            Act.VOID: panel.ask_reason,
            Act.COPY: panel.copy_label,
            Act.POWER: panel.cycle_power,
        }
        in_sight = {act: partial(self._in_sight, decide) for act, decide in decisions.items()}
        return in_sight | self._places.acts() | self._openings()

    def _openings(self) -> dict[Act, Callable[[], object]]:
        return {
            Act.ATTENTION: self._place.attention.enter,
            Act.NEXT: self._place.choose_next,
            Act.RUN: self._place.run_panel.enter,
            Act.TALLY: self._place.tally.enter,
            Act.FIND: self._place.search.enter,
            Act.EXPLAIN: self._explain,
            Act.HELP: self._help,
            Act.CHOOSE: self._choose,
            Act.CODE: self._code,
            Act.CHECK: self._check,
            Act.CENTRE: self._centre,
            Act.PAPER: self._paper,
            Act.PROFILE: self._profile,
            Act.KEYS: self._overlay.show_keys,
        }

    def _look_for_file(self, folder: bool) -> None:  # noqa: FBT001 - a signal's
        self._overlay.show_files(self._found_file, folder=folder)

    def _found_file(self, path: str) -> None:
        if self._overlay.close():
            self._places.enter()
        if path:
            self._places.name_path(path)

    def _explain(self) -> None:
        if note := self._place.worst():
            self._overlay.show_note(note.head, note.body)
        else:
            self._say("Nothing is wrong.")

    def _help(self) -> None:
        from app.help.desks import page_of  # noqa: PLC0415 - where it is asked for

        desk = self._places.view
        self._overlay.show_help(self._place.method(), page_of(desk) if desk else "")

    def _in_sight(self, decide: Callable[[], object]) -> None:
        """Decide about the chosen run, unless it is covered."""
        if self._overlay.sheet:
            self._say(_CLOSE_FIRST)
        else:
            decide()

    def _choose(self) -> None:
        view = self._place.chosen()
        if len(self._place.profiles) < _A_CHOICE:
            self._say("This bench has one profile: there is nothing to choose.")
        elif view.category is Category.EMPTY:
            self._say(f"{view.slot} — there is no handset to choose a profile for.")
        else:
            self._overlay.show_profiles(view, self._place.profiles, self._chose)

    def _chose(self, slot: SlotCode, fingerprint: str) -> None:
        is_clear = self._overlay.close()
        self._place.run_panel.choose(slot, fingerprint)
        if is_clear:
            self._place.grid.setFocus()

    def _code(self) -> None:
        view, lookout = self._place.chosen(), self._place.run_panel.code.lookout
        if view.code and lookout:
            self._overlay.show_code(view, lookout, self._code_ended)
        else:
            self._say(f"{view.slot} — there is no code to show now.")

    def _code_ended(self) -> None:
        if self._overlay.close():
            self._place.grid.setFocus()

    def _check(self) -> None:
        if self.checkup:
            self._overlay.show_check(self.checkup, self._theme())
        else:
            self._say("This bench is simulated: there is no station to check.")

    def _centre(self) -> None:
        """Show how the bench stands with the central store, where it has one."""
        if self.corner.chip:
            self._overlay.show_centre(self.corner)
        else:
            self._say("This bench works by itself: no central store is set up.")

    def _paper(self) -> None:
        from app.papers import make_paper  # noqa: PLC0415 - where it is asked for

        make_paper(self.checkup, self._place.window(), self._say)

    def _profile(self) -> None:
        if self.shelf:
            self._overlay.show_editor(self.shelf, self._theme())
        else:
            self._say("This bench has no folder of profiles.")
