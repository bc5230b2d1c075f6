"""Signing in, in words: who is at the bench, what is told of it, and what is to be done.

Times are monotonic seconds. A session, once open or closed, is an event of the record.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from bench.custody.entries import Actor, Entry, Proof
from bench.events.orders import CustodyKind, Refuse

NOBODY = Actor("technician")
"""Who acts where nobody has to show who they are."""


@dataclass(frozen=True, slots=True)
class SignInPolicy:
    """What is asked of whoever acts; seconds. Training needs no proof."""

    idle_lock: float = 300.0
    tap_holds: float = 60.0
    pin_wait: float = 30.0
    proof_needed: bool = True


class Stage(StrEnum):
    """How far signing in is."""

    NOBODY = "nobody"
    PIN_ASKED = "pin-asked"
    SIGNED_IN = "signed-in"
    SWITCHING = "switching"


class Why(StrEnum):
    """Why a session closed."""

    LEFT = "left"
    IDLE = "idle"
    SWITCHED = "switched"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who is signed in (`actor`), whose PIN is waited for, when the badge was last tapped."""

    policy: SignInPolicy = SignInPolicy()
    stage: Stage = Stage.NOBODY
    actor: Actor | None = None
    waiting: str = ""
    tapped_at: float = 0.0


# ── facts ───────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class BadgeTapped:
    """The badge of someone who may act was tapped."""

    person: str
    at: float


@dataclass(frozen=True, slots=True)
class PinChecked:
    """A PIN typed for that person was checked; `left` tries remain."""

    person: str
    is_right: bool
    left: int
    at: float


@dataclass(frozen=True, slots=True)
class KeyChecked:
    """That person's security key or card gave a good answer."""

    person: str
    how: Proof
    at: float


@dataclass(frozen=True, slots=True)
class Locked:
    """That person may no longer act: five wrong PINs, or a supervisor's doing."""

    person: str


@dataclass(frozen=True, slots=True)
class Idle:
    """Nobody has touched the bench for so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class SignedOut:
    """Whoever is signed in leaves."""


SignInFact: TypeAlias = BadgeTapped | PinChecked | KeyChecked | Locked | Idle | SignedOut


# ── orders ──────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class AskPin:
    """Ask that person for the PIN."""

    person: str


@dataclass(frozen=True, slots=True)
class OpenSession:
    """Record that someone signed in."""

    actor: Actor

    @property
    def entry(self) -> Entry:
        """What to append, by `actor`."""
        return Entry(CustodyKind.SESSION_OPENED, data={"person": self.actor.id})


@dataclass(frozen=True, slots=True)
class CloseSession:
    """Record that someone is no longer signed in."""

    actor: Actor
    why: Why

    @property
    def entry(self) -> Entry:
        """What to append, by `actor`."""
        return Entry(
            CustodyKind.SESSION_CLOSED, data={"person": self.actor.id, "why": self.why.value}
        )


SignInOrder: TypeAlias = AskPin | OpenSession | CloseSession | Refuse
Step: TypeAlias = tuple[SignIn, tuple[SignInOrder, ...]]
