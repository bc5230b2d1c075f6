"""A person's sign-in, kept among the secrets of the bench."""

from __future__ import annotations

from bench.enrolment.intune.troubles import trouble
from bench.enrolment.secrets.store import SecretError, SecretStore
from bench.problems import ProblemCode, ProblemError

NAME = "intune-sign-in"
"""Under what name; whoever forgets it is signed out."""


class KeptSignIn:
    """Implements `Cache`; it blocks while the computer seals or opens, as on msal's thread."""

    def __init__(self, store: SecretStore) -> None:
        self._store = store

    def load(self) -> str:
        """Return what is kept, "" where nothing is."""
        try:
            return self._store.secret(NAME)
        except ProblemError as error:
            if error.problem.code is not ProblemCode.SECRET_MISSING:
                raise
            return ""

    def save(self, text: str) -> None:
        """Keep it, sealed as well as this computer can."""
        try:
            self._store.keep(NAME, text)
        except SecretError as error:
            reason = str(error)
        else:
            return
        raise trouble(ProblemCode.SECRET_UNUSABLE, reason)
