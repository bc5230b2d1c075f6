"""A demo with its window, every log line kept, and a bug met with a secret in hand.

Writes the secrets of the exercise, a line each, into `secrets` in the folder that is named second;
beside it `uncovered.png`, the window as whoever stands before it sees it.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAccessible, QAccessibleInterface, QShowEvent
from PySide6.QtWidgets import QApplication, QWidget

import main
from app.application import run_window
from app.enrolment_code import CodeView
from app.pictures import Pictures
from bench.command_line.arguments import METHODS, Demo
from bench.command_line.training_day import TrainingDay
from bench.enrolment.intune.exchange import Exchange
from bench.enrolment.intune.tokens import SignInPrompt, Tokens
from bench.ports import ManagementAddress
from hardware.simulator.intune import SimulatedIntune
from hardware.simulator.intune.access import Tokens as Issued
from hardware.simulator.intune.device_codes import DeviceCode, DeviceCodes

_LOG = logging.getLogger(__name__)
_SHORTLY = 20
"""Milliseconds between two looks whether the window shows a code yet."""
_LINE = 5
"""Which line of the application's key is looked for: one in the middle of its Base64."""


class Told:
    """The secrets of the exercise; each is written down once."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: set[str] = set()

    def tell(self, *secrets: str) -> None:
        for secret in secrets:
            if secret and secret not in self._known:
                self._known.add(secret)
                with self._file.open("a", encoding="utf-8") as file:
                    file.write(secret + "\n")


def run(out: Path, beside: Path) -> int:
    """Run the demo into `out`."""
    logging.basicConfig(filename=out / "everything.log", level=logging.DEBUG)
    demo = Demo(
        8, headless=False, seed=1, faults=(), methods=METHODS, out=out, alone=True, json=False
    )
    simulator = main._simulator(demo, 0.15)
    told = Told(beside / "secrets")
    told.tell(simulator.secrets["bench-wifi"])
    _tell_all(told.tell)
    _look_and_meet_a_bug(out, beside)
    day = TrainingDay(demo.handsets, out, simulator, main._program, demo.methods)
    code = run_window(day, screenshots=out, finish="close", linger=0.0, reports=out / "reports")
    day.keep_labels()
    day.lay_out_evidence()
    asyncio.run(_sign_in_by_code())
    return code


# ── its secrets ─────────────────────────────────────────────────────────────────────────────────
def _tell_all(tell: Callable[..., None]) -> None:
    make, place = SimulatedIntune.make_profile, SimulatedIntune._at
    access, refresh, give = Issued.give_access, Issued.give_refresh, DeviceCodes.give

    def made(self: SimulatedIntune, *args: Any, **kwargs: Any) -> str:
        tell(token := make(self, *args, **kwargs))
        return token

    def placed(self: SimulatedIntune, *args: Any) -> ManagementAddress:
        address = place(self, *args)
        tell(address.key.splitlines()[_LINE])
        return address

    def let_in(self: Issued, *args: Any) -> str:
        tell(token := access(self, *args))
        return token

    def let_in_again(self: Issued, *args: Any) -> str:
        tell(token := refresh(self, *args))
        return token

    def given(self: DeviceCodes, *args: Any) -> DeviceCode:
        tell((code := give(self, *args)).device_code)
        return code

    SimulatedIntune.make_profile = made  # type: ignore[method-assign,assignment]
    SimulatedIntune._at = placed  # type: ignore[method-assign,assignment]
    Issued.give_access = let_in  # type: ignore[method-assign,assignment]
    Issued.give_refresh = let_in_again  # type: ignore[method-assign,assignment]
    DeviceCodes.give = given  # type: ignore[method-assign,assignment]


async def _sign_in_by_code() -> None:
    """Let a person sign in as well: a demo's bench does so by its key."""
    async with SimulatedIntune(interval=timedelta(seconds=1)) as intune:
        exchange = Exchange(intune.address.certificates)
        tokens = Tokens(replace(intune.address, key=""), exchange)

        def approve(prompt: SignInPrompt) -> None:
            _LOG.info("asked: %r", prompt)
            intune.approve_device_code(prompt.code)

        intune.granted.update({"DeviceManagementManagedDevices.Read.All"})
        await tokens.sign_in(approve)
        await tokens.token()
        await exchange.close()


# ── what shows them ─────────────────────────────────────────────────────────────────────────────
def _look_and_meet_a_bug(out: Path, beside: Path) -> None:
    """Begin to look as soon as the window has room for a code."""
    show = CodeView.showEvent

    def begun(self: CodeView, event: QShowEvent) -> None:
        CodeView.showEvent = show  # type: ignore[method-assign]
        show(self, event)
        self.window().resize(1360, 1000)
        _look(self.window(), out, beside)

    CodeView.showEvent = begun  # type: ignore[method-assign]


def _look(window: QWidget, out: Path, beside: Path) -> None:
    """Once a code is shown, keep a picture of it and write down what everything says; then fail.

    The bug has the whole payload in its words.
    """
    shown = [view for view in window.findChildren(CodeView) if _shows(view)]
    if not shown:
        QTimer.singleShot(_SHORTLY, lambda: _look(window, out, beside))
        return
    window.grab().save(str(beside / "uncovered.png"))
    Pictures(out / "while-shown", window).end()
    said = {text for widget in QApplication.allWidgets() for text in _said(widget) if text}
    (out / "said.txt").write_text("\n".join(sorted(said)), "utf-8")
    raise RuntimeError(f"a bug about {shown[0]._code}, {_payload(shown[0])}")


def _payload(view: CodeView) -> str:
    assert view._code is not None
    return view._code.text.text


def _shows(view: CodeView) -> bool:
    return view.isVisible() and bool(view._rows())


def _said(thing: QObject) -> Iterator[str]:
    """Yield every text that a part of the window has, for eyes or for a screen reader."""
    for name in ("text", "plainText", "toolTip", "statusTip", "whatsThis", "windowTitle"):
        yield str(thing.property(name) or "")
    if interface := QAccessible.queryAccessibleInterface(thing):
        yield from _read_out(interface)


def _read_out(interface: QAccessibleInterface) -> Iterator[str]:
    for kind in QAccessible.Text:
        if kind is not QAccessible.Text.UserText:
            yield interface.text(kind)
    for at in range(interface.childCount()):
        child = interface.child(at)
        if child is not None and child.object() is None:  # cells of tables have no widget
            yield from _read_out(child)


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), Path(sys.argv[2])))
