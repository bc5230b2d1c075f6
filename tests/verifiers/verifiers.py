"""The two verifiers of bundles as tests call them: one loaded, one in a process for many."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
VERIFIER = ROOT / "resources" / "verifier" / "verify_bundle.py"
SECOND = Path(__file__).parent / "verify_bundle.mjs"
FORMAT_PAGE = ROOT / "resources" / "help" / "custody-bundle.md"


@dataclass(frozen=True)
class Case:
    """A policy and a bundle, and what was done to them."""

    policy: bytes
    data: bytes
    done: str = ""


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_bundle", VERIFIER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


verify_bundle = _load()


def python_verdict(case: Case) -> tuple[int, str]:
    """Return exit code and words of the Python verifier; anything it does not expect is raised."""
    try:
        verifier = verify_bundle.Verifier(case.policy)
    except verify_bundle.INVALID as error:
        return 2, str(error)
    try:
        return 0, "\n".join(verifier.verify(case.data))
    except verify_bundle.INVALID as error:
        return 1, f"{type(error).__name__}: {error}"


def node_verdicts(cases: Iterable[Case]) -> list[tuple[int, str]]:
    """Return exit codes and words of the second verifier, in one process."""
    fields = (field for case in cases for field in (case.policy, case.data))
    frames = b"".join(len(field).to_bytes(4, "big") + field for field in fields)
    done = subprocess.run(
        [node(), str(SECOND), "--batch"], input=frames, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    answers = [json.loads(line) for line in done.stdout.decode().split("\n")[:-1]]
    return [(answer["code"], answer["text"]) for answer in answers]


def both_verdicts(case: Case) -> tuple[int, int]:
    """Return the codes of both verifiers for one bundle."""
    ((second, _),) = node_verdicts([case])
    return python_verdict(case)[0], second


def node() -> str:
    """Return the interpreter of the second verifier."""
    found = shutil.which("node")
    if found is None:
        pytest.fail("node is missing: apt install nodejs")
    return found
