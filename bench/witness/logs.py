"""The logs that a witness knows: the `log` lines of a trust policy (c2sp.org/tlog-policy)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from bench.custody.proof.note import VerifierKey
from bench.custody.proof.policy import PolicyError, TrustPolicy
from bench.problems import Problem, ProblemCode, ProblemError

Logs: TypeAlias = Mapping[str, tuple[VerifierKey, ...]]
"""The keys of each log by its origin."""


def by_origin(policy: TrustPolicy) -> Logs:
    """Return the logs of a policy; a log that changed its key has several."""
    logs: dict[str, tuple[VerifierKey, ...]] = {}
    for key in policy.logs:
        logs[key.name] = (*logs.get(key.name, ()), key)
    return logs


def read_logs(path: Path) -> Logs:
    """Read the logs from a policy file; its witnesses and quorum do not matter here.

    `ProblemError` where it cannot be read or names none.
    """
    try:
        logs = by_origin(TrustPolicy.parse(path.read_bytes()))
    except (OSError, PolicyError) as error:
        raise _unusable(path, str(error)) from error
    if not logs:
        raise _unusable(path, "it names no log")
    return logs


def _unusable(path: Path, detail: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.WITNESS_UNUSABLE, path.name, detail))
