"""Loading an enrolment profile: named steps as data, checked whole before a handset sees it.

The format is TOML; `resources/help/profiles.md` describes it and `resources/profiles/` holds
examples. What is wrong is said with the line, the key and the remedy.
"""

from __future__ import annotations

from pathlib import Path

from bench.enrolment.profiles.faults import Fault
from bench.enrolment.profiles.files import sha256
from bench.enrolment.profiles.profile import EnrolmentProfile
from bench.enrolment.profiles.reading import MOST_BYTES, TOO_LARGE, Reading, read_text
from bench.problems import Problem, ProblemCode, ProblemError


def load_profile(path: Path) -> EnrolmentProfile:
    """Read and check a profile file; raises `ProblemError` PROFILE_UNUSABLE with its first fault.

    It hashes every file that a step uses.
    """
    reading = read_profile(path)
    if reading.profile is None:
        raise unusable(path.name, reading.faults[0])
    return reading.profile


def read_profile(path: Path) -> Reading:
    """Read a profile file: the profile, or all its faults."""
    try:
        text = _text(path)
    except (OSError, ValueError) as error:
        return Reading(None, (Fault(0, "file", _reason(error)),))
    return read_text(text, path.parent, path.name, sha256)


def unusable(name: str, fault: Fault) -> ProblemError:
    """Return a fault of the file `name` as the problem that it is."""
    where = f"{name}, line {fault.line}" if fault.line else name
    return ProblemError(
        Problem(ProblemCode.PROFILE_UNUSABLE, where, f"{fault.key}: {fault.remedy}")
    )


def _text(path: Path) -> str:
    if path.exists() and not path.is_file():
        raise ValueError("it is no file")
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:  # what was cut off may be its last gates
        raise ValueError(TOO_LARGE)
    return content.decode()


def _reason(error: OSError | ValueError) -> str:
    """Say what went wrong without the text of the file, which may hold what it should not."""
    if isinstance(error, UnicodeDecodeError):
        return "it is not written in UTF-8"
    return error.strerror or "it cannot be read" if isinstance(error, OSError) else str(error)
