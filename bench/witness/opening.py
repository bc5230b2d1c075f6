"""A witness' key and memory are made together and belong together."""

from __future__ import annotations

from pathlib import Path

from bench.custody.key import BenchKey
from bench.problems import Problem, ProblemCode, ProblemError
from bench.witness.state import WitnessState


def open_key_and_state(key: Path, state: Path) -> tuple[BenchKey, WitnessState]:
    """Open both, or make both; `ProblemError` if unusable or not of one another.

    A key whose memory is gone would cosign any past again: it is refused.
    """
    if key.exists() and not state.exists():
        raise _unusable(state, "the key's memory is gone: start anew, with a new key and name")
    memory = WitnessState.open(state)
    try:
        return _opened(key, memory, state), memory
    except BaseException:
        memory.close()
        raise


def _opened(key: Path, memory: WitnessState, state: Path) -> BenchKey:
    opened = BenchKey.open(key)
    if not memory.belongs_to(opened.public):
        raise _unusable(state, "it is the memory of another key")
    return opened


def _unusable(path: Path, detail: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.WITNESS_UNUSABLE, path.name, detail))
