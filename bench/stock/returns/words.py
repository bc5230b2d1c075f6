"""The closed lists of this room; a name stands in the record, its text on a key."""

from __future__ import annotations

from dataclasses import dataclass

from bench.events.desks import Choice


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that is asked of a handset that comes back; `name` is its member in the event."""

    name: str
    prompt: str
    choices: tuple[Choice, ...]

    def has(self, choice: str) -> bool:
        """Whether that is one of its answers."""
        return any(each.name == choice for each in self.choices)


SCENARIOS = (
    Choice("re-issue", "To be issued again here"),
    Choice("release", "To leave the organisation"),
    Choice("unknown-history", "Its history is not known"),
    Choice("malware", "It may have been attacked"),
)
"""The four of the UK NCSC's "Factory reset and reprovisioning: Android devices" (2018)."""
DISTRUSTED = frozenset({"unknown-history", "malware"})
"""What goes to quarantine at once: a factory reset does not prove such a handset clean."""
QUESTIONS = (
    Question("scenario", "Why did it come back?", SCENARIOS),
    Question(
        "sim",
        "Is its SIM out?",
        (
            Choice("removed", "Taken out now"),
            Choice("none", "There was none"),
            Choice("left-in", "It is still inside"),
        ),
    ),
    Question(
        "card",
        "Is its memory card out? A reset does not wipe it.",
        (
            Choice("removed", "Taken out now"),
            Choice("none", "There was none"),
            Choice("left-in", "It is still inside"),
        ),
    ),
    Question(
        "condition",
        "How does it look?",
        (
            Choice("ok", "Good"),
            Choice("worn", "Worn, it works"),
            Choice("damaged", "Damaged"),
            Choice("dead", "It does not come on"),
        ),
    ),
)
OTHER = "other"
PROBLEMS = (
    Choice("malware", "It may have been attacked"),
    Choice("tampered", "Its seal or its box was opened"),
    Choice("identity", "Label, box and handset do not agree"),
    Choice("damaged", "It is damaged"),
    Choice("faulty", "It does not work as it should"),
    Choice("data", "A SIM, a card or data is still on it"),
    Choice(OTHER, "Something else", asks="What is it?"),
)
LOSSES = (Choice("lost", "It is lost"), Choice("stolen", "It was stolen"))
RELEASES = (
    Choice("clean", "It was looked at and is clean"),
    Choice("wiped", "It was reset there; it shows its first screen"),
    Choice("repaired", "It was repaired"),
    Choice("mistaken", "It should not have been set aside"),
    Choice(OTHER, "Something else", asks="Why may it be released?"),
)
WIPES = (
    Choice("factory-reset", "Reset on the handset; it shows its first screen"),
    Choice("remote-wipe", "Wiped by management; it shows its first screen"),
    Choice("reflashed", "Its firmware was written anew"),
)
DISPOSALS = (
    Choice("shredded", "Shredded"),
    Choice("recycled", "Recycled by a licensed firm"),
    Choice("destroyed-here", "Destroyed here"),
    Choice("sold", "Left the organisation after wiping"),
)
