"""What can be made to go wrong at a simulated handset, on purpose.

Each fault says itself whether it happens once or for good (`once`); nothing goes wrong unasked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TypeAlias, TypeVar


@dataclass(frozen=True, slots=True, kw_only=True)
class DropPush:
    """The link breaks once a push has brought `after` bytes."""

    after: int
    once: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoSpace:
    """A push fails for want of space once it has brought more than `after` bytes."""

    after: int
    once: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HangShell:
    """A shell whose command line contains `word` never answers."""

    word: str
    once: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FailInstall:
    """An installation is refused: `reason` as Android names it, `INSTALL_FAILED_…`."""

    reason: str
    once: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseSettings:
    """Settings may not be written."""

    once: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DropLink:
    """The link breaks when it is asked for a service more than `after`."""

    after: int
    once: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitCode:
    """A command that fits `pattern` (`pm list *`) does nothing but end with `code` and `err`."""

    pattern: str
    code: int
    err: str = ""
    once: bool

    def fits(self, words: Iterable[str]) -> bool:
        """Whether the command is meant."""
        return fnmatchcase(" ".join(words), self.pattern)


class OwnerTrouble(StrEnum):
    """What `dpm set-device-owner` does instead of making an owner."""

    NOT_ALLOWED = "not allowed"
    """The shell lacks the right to."""
    NOT_KEPT = "not kept"
    """It says that it did, and there is none."""
    SILENT = "silent"
    """It says nothing at all."""
    ENDS_BADLY = "ends badly"
    """It says that it did, and ends with exit code 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseOwner:
    """No owner is made."""

    trouble: OwnerTrouble
    once: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RestartWhileEnrolling:
    """It starts anew in the middle of enrolment, and has no policy afterwards.

    `is_listed`: the management service has it in its list all the same.
    """

    once: bool
    is_listed: bool = True


Fault: TypeAlias = (
    DropPush | NoSpace | HangShell | FailInstall | RefuseSettings | DropLink | ExitCode
    | RestartWhileEnrolling | RefuseOwner
)  # fmt: skip
_F = TypeVar("_F", bound=Fault)


def _always(_fault: object) -> bool:
    return True


class Faults:
    """The faults a handset has now, the oldest first."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._faults = list(faults)

    def add(self, fault: Fault) -> None:
        """Let this go wrong from now on."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Mend everything."""
        self._faults.clear()

    def take(self, kind: type[_F], fits: Callable[[_F], bool] = _always) -> _F | None:
        """Return the first fault of a kind that fits; one that happens once is then used up."""
        for fault in self._faults:
            if isinstance(fault, kind) and fits(fault):
                if fault.once:
                    self._faults.remove(fault)
                return fault
        return None

    def __len__(self) -> int:
        return len(self._faults)
