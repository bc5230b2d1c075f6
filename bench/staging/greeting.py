"""What people at the bench are called and told, and how it is shown who is there."""

from __future__ import annotations

from bench.custody.people.sign_in import SignIn
from bench.events.access import AccessView
from bench.events.views import ScanTone, ScanView
from bench.staging.badges import SHOWN
from bench.staging.enrolled import Face
from bench.staging.second_person import DeskWaiting, Waiting
from bench.staging.showing import Show


class Greeting:
    """Remembers the faces that have shown a badge, and what became of the last badge or PIN."""

    def __init__(self, show: Show) -> None:
        self._show = show
        self._faces: dict[str, Face] = {}
        self.told = ""

    def meet(self, face: Face) -> None:
        """Remember somebody."""
        self._faces[face.id] = face

    def face(self, person: str) -> Face | None:
        """Return whoever of that pseudonym has shown a badge."""
        return self._faces.get(person)

    def called(self, person: str) -> str:
        """Return how somebody is called on the screen."""
        face = self._faces.get(person)
        return face.called if face else person

    def welcome(self, person: str, what: str, source: str = "bench") -> None:
        """Say something good to somebody, in answer to a badge of that scanner or to a PIN."""
        self._answer(f"{self.called(person)}: {what}", source, ScanTone.GOOD)

    def refuse(self, told: str) -> None:
        """Say why a badge or PIN was not taken; it stands until the next."""
        self.told = told
        self._answer(told, "bench", ScanTone.BAD)

    def show(
        self, session: SignIn, waiting: Waiting | DeskWaiting | None, asked: str, *, checking: bool
    ) -> None:
        """Show who is here; `asked` is whose PIN is waited for."""
        face = self._faces.get(session.actor.id) if session.actor else None
        view = AccessView(
            who=face.called if face else "",
            role=face.role.value if face else "",
            asks=self.called(asked) if asked else "",
            purpose=waiting.purpose if waiting else "",
            told=self.told,
            checking=checking,
            needed=session.policy.proof_needed,
        )
        self._show.access(view)

    def _answer(self, told: str, source: str, tone: ScanTone) -> None:
        text = "" if source == "bench" else SHOWN
        self._show.answer(ScanView(text, source, tone, told))
