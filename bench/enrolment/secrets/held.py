"""Secrets that are held in memory only: those of a training bench, which are none."""

from __future__ import annotations

from collections.abc import Mapping

from bench.problems import Problem, ProblemCode, ProblemError


class HeldSecrets:
    """Implements `Secrets`."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def secret(self, name: str) -> str:
        """Return one; `ProblemError` SECRET_MISSING."""
        if name not in self._values:
            raise ProblemError(Problem(ProblemCode.SECRET_MISSING, name))
        return self._values[name]
