"""What a person can do, each with its key: the one table, also drawn as the cheat-sheet.

Keys that print a character act only where no text is being written, because a scanner that types
may send them too; the window takes those itself. What a person vouches for has a key that no
printed text makes a scanner send: it ends a code with Enter, and where it is set to send control
characters, it sends Control and a letter; it sends no Control and Enter together.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Act(StrEnum):
    """Everything that can be asked of the window."""

    GOODS_IN = "goods-in"
    BENCH = "bench"
    DISPATCH = "dispatch"
    CUSTODY = "custody"
    ROLL_OUT = "roll-out"
    EXPLAIN = "explain"
    HELP = "help"
    ATTENTION = "attention"
    NEXT = "next"
    RUN = "run"
    TALLY = "tally"
    SCAN = "scan"
    CONFIRM = "confirm"
    CODE = "code"
    CHOOSE = "choose"
    HOLD = "hold"
    VOID = "void"
    COPY = "copy"
    POWER = "power"
    FIND = "find"
    LOCK = "lock"
    CHECK = "check"
    CENTRE = "centre"
    PAPER = "paper"
    PROFILE = "profile"
    KEYS = "keys"
    BACK = "back"
    LARGER = "larger"
    SMALLER = "smaller"
    USUAL = "usual"
    QUIT = "quit"


class Action(NamedTuple):
    """An act, its keys in Qt's spelling (the first is shown), and what it does in a few words.

    `hint` is what the window's last line says of it at the slots, `at_desk` what it says at a desk;
    "" leaves it out.
    """

    act: Act
    keys: tuple[str, ...]
    text: str
    hint: str = ""
    at_desk: str = ""

    @property
    def typed(self) -> bool:
        """Whether the key prints a character."""
        return len(self.keys[0]) == 1


ACTIONS: tuple[Action, ...] = (
    Action(Act.GOODS_IN, ("Ctrl+1",), "Go to goods-in: orders, deliveries, SIMs"),
    Action(Act.BENCH, ("Ctrl+2",), "Go to the slots"),
    Action(Act.DISPATCH, ("Ctrl+3",), "Go to dispatch: packing, consignments, hand-over"),
    Action(Act.CUSTODY, ("Ctrl+4",), "Go to custody: find, reconcile, hand a shift over"),
    Action(Act.ROLL_OUT, ("Ctrl+5",), "Go to the roll-out: target, stage rate, forecast"),
    Action(Act.EXPLAIN, ("F1",), "Explain what is wrong with the chosen slot"),
    Action(
        Act.HELP,
        ("Shift+F1",),
        "Show the page of help that fits the chosen slot or the desk, and all others",
        at_desk="help",
    ),
    Action(Act.ATTENTION, ("F2",), "Go to the attention list", "attention"),
    Action(Act.NEXT, ("F3",), "Choose the next slot that needs hands", "next"),
    Action(Act.RUN, ("F4",), "Go to the run of the chosen slot", "run"),
    Action(Act.TALLY, ("F5",), "Go to the tally; Enter shows only those slots", "tally"),
    Action(Act.SCAN, ("F6",), "Go to the scan bar to type a code", "type a code", "type a code"),
    Action(
        Act.CONFIRM,
        ("Ctrl+Return", "Ctrl+Enter"),
        "Confirm what the chosen run asks you to look at",
    ),
    Action(Act.CODE, ("F11",), "Show the code of the chosen slot as large as the screen"),
    Action(Act.CHOOSE, ("F10",), "Choose the profile for the handset in the chosen slot"),
    Action(Act.HOLD, ("F8",), "Hold the chosen run, or resume it", "hold / resume"),
    Action(Act.VOID, ("Ctrl+Del",), "Void the chosen run; asks for the reason"),
    Action(Act.COPY, ("Ctrl+P",), "Print a copy of the label"),
    Action(Act.POWER, ("F7",), "Switch the chosen slot's port off and on, where its hub can"),
    Action(Act.FIND, ("/",), "Find a slot by anything it shows", "find"),
    Action(Act.LOCK, ("Ctrl+L",), "Lock the bench: sign out whoever is signed in"),
    Action(Act.CHECK, ("F9",), "Check this station: what is right, and what to do"),
    Action(Act.CENTRE, ("Shift+F9",), "Look at what waits for the central store, and send it now"),
    Action(Act.PAPER, ("Ctrl+B",), "Make the paper that sets scanners up and tries them"),
    # F12 too: under X11 a field that is written in takes Ctrl+E for the end of its line
    Action(Act.PROFILE, ("Ctrl+E", "F12"), "Look at profiles and edit them"),
    Action(Act.KEYS, ("?",), "Show these keys", "keys", "keys"),
    Action(
        Act.BACK,
        ("Esc",),
        "Close what is open; at a desk, stop what goes on, then go back to its beginning",
        at_desk="back",
    ),
    Action(Act.LARGER, ("Ctrl++", "Ctrl+="), "Larger"),
    Action(Act.SMALLER, ("Ctrl+-",), "Smaller"),
    Action(Act.USUAL, ("Ctrl+0",), "Usual size"),
    Action(Act.QUIT, ("Ctrl+Q",), "Close the window"),
)

AT_SLOTS = frozenset({
    Act.ATTENTION, Act.NEXT, Act.RUN, Act.TALLY, Act.CONFIRM, Act.CODE, Act.CHOOSE, Act.HOLD,
    Act.VOID, Act.COPY, Act.POWER, Act.FIND,
})  # fmt: skip
"""Acts about slots: at a desk they are out of sight, and only what is in sight is decided on."""

ALWAYS: tuple[tuple[str, str], ...] = (
    ("Scan", "Anything, whatever has the focus"),
    ("Arrows", "Move between slots as they lie on the bench"),
    ("Enter", "Go to the run of the chosen slot, or do what is marked"),
    ("Tab", "Next part of the window"),
    ("1 … 9, 0", "At a desk, the answer that has this digit; Alt and the digit while writing"),
    ("Ctrl+O", "At a desk, look for the file or folder that is asked for"),
)
"""Keys that belong to no action, for the cheat-sheet."""

REPEATING = (Act.NEXT, Act.LARGER, Act.SMALLER)
"""What a key that is held down goes on doing; all else happens once for each press."""


_ANSWER = "1 … 9 answer"


def hints(*, at_desk: bool) -> tuple[str, ...]:
    """Return the keys used most, each with a word, for the window's last line."""
    said = ((a.keys[0], a.at_desk if at_desk else a.hint) for a in ACTIONS)
    return (*((_ANSWER,) if at_desk else ()), *(f"{key} {word}" for key, word in said if word))


def key_of(act: Act) -> str:
    """Return the key shown for an act."""
    return next(action.keys[0] for action in ACTIONS if action.act is act)


def act_of(character: str) -> Act | None:
    """Return the act that a typed character asks for where no text is being written."""
    return next((a.act for a in ACTIONS if a.typed and a.keys[0] == character), None)
