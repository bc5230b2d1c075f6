"""What a technician does at handsets that come from their box: codes, networks, confirming.

They confirm only what they see to be so. What the camera reads is a secret: it goes from the view
to the camera, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bench.events.person import HiddenText, StepConfirmed
from bench.events.views import Category, SlotView
from bench.identity.identifiers import SlotCode
from bench.ports import Post
from hardware.simulator.wizard.stages import Stage
from hardware.simulator.wizard.wizard import Wizard

_AT_WORK = (Category.WORKING, Category.NEEDS_YOU)


@dataclass(frozen=True, slots=True)
class SettingUp:
    """The wizards of the handsets, by slot, and the network that is picked where one is wanted.

    `by_network` are the slots whose handsets get their profile from a portal: no code is shown for
    them, they have to be on line.
    """

    wizards: Mapping[SlotCode, Wizard] = field(default_factory=dict)
    by_network: frozenset[SlotCode] = frozenset()
    ssid: str = ""
    password: HiddenText = field(default_factory=lambda: HiddenText(""))

    def look(self, view: SlotView) -> tuple[object, ...]:
        """Return what there is to see at a slot that hands may have to react to."""
        seen = view.confirms, view.code is not None
        wizard = self.wizards.get(view.slot)
        return (*seen, wizard.stage, wizard.wants_network, wizard.is_managed) if wizard else seen

    def act(self, view: SlotView, post: Post) -> bool:
        """Do what the handset or the bench waits for; False when that is nothing of this kind."""
        if view.category not in _AT_WORK:
            return False
        wizard = self.wizards.get(view.slot)
        act = self._next(view, wizard) if wizard else None
        if act is not None:
            return act()
        if view.confirms and self._is_so(view, wizard):
            post(StepConfirmed(view.slot, view.step))
            return True
        return False

    def _next(self, view: SlotView, wizard: Wizard) -> Callable[[], bool] | None:
        if wizard.wants_network:
            return lambda: wizard.join(self.ssid, self.password)
        if wizard.stage is not Stage.WELCOME:
            return None
        if code := view.code:
            return lambda: wizard.read_code(code.text)
        if view.slot in self.by_network and view.category is Category.WORKING:
            return lambda: wizard.join(self.ssid, self.password)
        return None

    def _is_so(self, view: SlotView, wizard: Wizard | None) -> bool:
        """Whether what is to be confirmed can be seen: the code was taken, or policies are there.

        Of a handset that is prepared over ADB there is nothing more to be seen.
        """
        if wizard is None:
            return True
        is_taken = wizard.stage not in (Stage.WELCOME, Stage.READING)
        return is_taken if view.code else wizard.is_managed
