"""The run of the chosen slot, and what a technician can decide about it, by key and in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout

from app.actions import Act, key_of
from app.parts import Card, Text
from app.staging.code_room import CodeRoom
from app.staging.confirming import Confirming
from app.staging.identities import Identities
from app.staging.key_button import KeyButton
from app.staging.void_question import VoidQuestion
from bench.events.views import Category, SlotView
from bench.identity.identifiers import SlotCode
from bench.identity.plain import plain

if TYPE_CHECKING:
    from app.bridge import Changes
    from bench.events.access import AccessView
    from bench.events.run import Fact  # loads every room of the facts; the window posts a few

_IN_WORK = (Category.NEEDS_YOU, Category.WORKING)
_VOIDABLE = (*_IN_WORK, Category.HELD, Category.DONE)


class RunPanel(Card):
    """Shows one slot; posts what the technician decides. `said` is a line for the person."""

    said = Signal(str)
    left = Signal()
    """The reason was given or withdrawn: the focus may go back."""

    def __init__(self, post: Callable[[Fact], bool], view: SlotView) -> None:
        super().__init__("Run")
        self._post = post
        self._view = view
        self._access: AccessView | None = None
        self._unanswered: tuple[SlotCode, int] | None = None
        self.head = Text(scale=1.5, bold=True, wrap=True)
        self.handset = Text(wrap=True)
        self.profile = Text(muted=True, wrap=True)
        self.condition = Text(muted=True, wrap=True)
        self.steps = Text(muted=True, wrap=True)
        self.kit = Text(wrap=True)
        self.problem = Text(wrap=True)
        self.identities = Identities()
        self.code = CodeRoom()
        self.confirming = Confirming()
        self.hold = KeyButton("Hold", key_of(Act.HOLD), "Resume")
        self.void = KeyButton("Void…", key_of(Act.VOID))
        self.copy = KeyButton("Copy label", key_of(Act.COPY))
        self.power = KeyButton("Power", key_of(Act.POWER))
        self.asking = VoidQuestion()
        self._arrange()
        self.show_view(view)

    @property
    def view(self) -> SlotView:
        """The slot shown."""
        return self._view

    def show_view(self, view: SlotView) -> None:
        """Show a slot."""
        self._view = view
        self.head.setText(f"{view.slot} — {plain(view.word)}")
        tail = f"IMEI …{view.imei_tail}" if view.imei_tail else ""
        self.handset.setText(_joined(plain(view.model), tail, view.asset_tag))
        _say_or_hide(self.profile, plain(view.profile))
        _say_or_hide(self.condition, _joined(*map(plain, (view.remark, *view.condition))))
        at = f"Step {view.step} of {view.steps}" if view.steps else ""
        self.steps.setText(_joined(at, plain(view.step_name), f"{view.share:.0%}" if at else ""))
        kit = ", ".join(map(plain, view.kit)) if view.category is Category.DONE else ""
        _say_or_hide(self.kit, f"Put in: {kit}" if kit else "")
        _say_or_hide(self.problem, str(view.problem) if view.problem else "")
        self.identities.show_values(view.identities)
        self.code.show_code(view.code)
        self.confirming.show_sentence(view.confirms)
        self.hold.setText("Resume" if self._can_resume else "Hold")
        self.hold.setEnabled(self._can_resume or view.category in _IN_WORK)
        self.void.setEnabled(view.category in _VOIDABLE)
        self.copy.setEnabled(bool(view.asset_tag))
        self.power.setVisible(view.can_cycle)

    def enter(self) -> None:
        """Take the focus, at the first thing that can be done."""
        buttons = (self.confirming.button, self.hold, self.void, self.copy, self.power)
        first = next((b for b in buttons if b.isEnabled() and b.isVisibleTo(self)), None)
        if first:
            first.setFocus()
        else:
            self._say("nothing can be done here now")

    @Slot()
    def confirm(self) -> None:
        """Say that what the run asks for is so."""
        from bench.events.person import StepConfirmed  # noqa: PLC0415 - nobody decides at the start

        view = self._view
        if not view.confirms:
            self._say("there is nothing to confirm now")
        elif self.code.is_hidden_or_new:
            self._say("the code was covered: look at it first, then confirm")
        elif self._unanswered == (view.slot, view.step):
            self._say("it was confirmed; the bench has not answered yet")
        elif self._decide(StepConfirmed(view.slot, view.step), "confirmed"):
            self._unanswered = view.slot, view.step

    def hear(self, changes: Changes) -> None:
        """Take what is new of the bench for its answer: what was confirmed may be so once more."""
        waiting = self._unanswered
        is_shown = any(waiting and view.slot == waiting[0] for view in changes.slots)
        if is_shown or changes.scans or changes.access != self._access:
            self._unanswered = None
        self._access = changes.access

    def choose(self, slot: SlotCode, fingerprint: str) -> None:
        """Ask for another profile for the handset in a slot."""
        from bench.events.person import ProfileChosen  # noqa: PLC0415 - as above

        self._decide(ProfileChosen(slot, fingerprint), "this profile was asked for", slot)

    @Slot()
    def hold_or_resume(self) -> None:
        """Hold the run, or let a held one go on."""
        from bench.events.person import RunHeld, RunResumed  # noqa: PLC0415 - as above

        slot = self._view.slot
        if self._can_resume:
            self._decide(RunResumed(slot), "resumed")
        elif self._view.category in _IN_WORK:
            self._decide(RunHeld(slot), "put on hold")
        else:
            self._say("there is nothing to hold or resume")

    @Slot()
    def copy_label(self) -> None:
        """Ask for the label once more."""
        from bench.events.person import CopyRequested  # noqa: PLC0415 - as above

        if self._view.asset_tag:
            self._decide(CopyRequested(self._view.slot), "a copy of the label was asked for")
        else:
            self._say("there is no label yet")

    @Slot()
    def cycle_power(self) -> None:
        """Ask for the port's power to be switched off and on."""
        from bench.events.person import PowerCycleRequested  # noqa: PLC0415 - as above

        if self._view.can_cycle:
            told = "its port is switched off and on"
            self._decide(PowerCycleRequested(self._view.slot), told)
        else:
            self._say("the power of this port cannot be switched")

    @Slot()
    def ask_reason(self) -> None:
        """Ask in place why the run is to be voided."""
        if self._view.category not in _VOIDABLE:
            self._say("there is no run to void")
            return
        self.asking.ask(self._view.slot)

    def withdraw(self) -> None:
        """Close the question without voiding."""
        self.asking.withdraw()

    @property
    def _can_resume(self) -> bool:
        return self._view.category is Category.HELD or (
            self._view.category is Category.DONE and self._view.problem is not None
        )

    @Slot(object, str)
    def _void(self, slot: SlotCode, reason: str) -> None:
        from bench.events.person import RunVoided  # noqa: PLC0415 - as above

        if not reason:
            self._say("a void needs a reason")
            return
        self._decide(RunVoided(slot, reason), f"voided: {reason}", slot)
        self.withdraw()
        self.left.emit()

    def _decide(self, fact: Fact, told: str, slot: SlotCode | None = None) -> bool:
        is_posted = self._post(fact)
        self._say(told if is_posted else "the bench is not running", slot)
        return is_posted

    def _say(self, told: str, slot: SlotCode | None = None) -> None:
        self.said.emit(f"{slot or self._view.slot} — {told}.")

    def _arrange(self) -> None:
        lines = (self.head, self.handset, self.profile, self.condition, self.steps, self.kit,
                 self.problem)  # fmt: skip
        for part in (*lines, self.identities, self.code):
            self.column.addWidget(part)
        self.column.addStretch()
        self.column.addWidget(self.confirming)
        self.column.addWidget(self.asking)
        self.column.addLayout(self._buttons())
        self.confirming.pressed.connect(self.confirm)
        self.confirming.gone.connect(self.left)
        self.asking.answered.connect(self._void)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        acts = {
            self.hold: self.hold_or_resume,
            self.void: self.ask_reason,
            self.copy: self.copy_label,
            self.power: self.cycle_power,
        }
        for button, act in acts.items():
            button.clicked.connect(act)
            row.addWidget(button, 1)
        return row


def _say_or_hide(line: Text, told: str) -> None:
    line.setText(told)
    line.setVisible(bool(told))


def _joined(*parts: str) -> str:
    return "  ·  ".join(part for part in parts if part)
