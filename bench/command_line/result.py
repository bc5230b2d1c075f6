"""What a demo did, as an object and in words."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line import training_centre
from bench.command_line.training_centre import SceneResult
from bench.events.orders import Json

if TYPE_CHECKING:
    from bench.command_line.demonstration import Evidence


@dataclass(frozen=True)
class DemoResult:
    """What a demo did; `seconds` of wall clock, from the first plug to the last scan.

    `centre` is what became of the record at a centre of training, as an object.
    `left_held` are those of the held ones that no technician alone can mend, `holds` what each
    held one is held for, in words that begin with its slot.
    """

    handsets: int
    staged: int
    held: int
    left_held: int
    voided: int
    events: int
    labels: int
    seconds: float
    chain_valid: bool
    holds: tuple[str, ...] = ()
    centre: Mapping[str, Json] | None = None


def tell(
    result: DemoResult,
    out: Path,
    evidence: Evidence | None,
    scene: SceneResult | None = None,
    *,
    as_json: bool,
) -> None:
    """Say what a demo did, as one JSON object or in words."""
    if as_json:
        sys.stdout.write(json.dumps(asdict(result)) + "\n")
        return
    chain = "valid" if result.chain_valid else "NOT VALID"
    sys.stdout.write(
        f"{result.staged} of {result.handsets} staged, {result.held} held, {result.voided} void, "
        f"{result.labels} labels, {result.events} events, chain {chain}, "
        f"{result.seconds:.1f} s\n"
    )
    sys.stdout.writelines(f"Held: {why}\n" for why in result.holds)
    sys.stdout.write(f"Kept in {out}\n")
    if evidence is not None:
        sys.stdout.write(_of_evidence(evidence))
    if scene is not None:
        training_centre.tell(scene)


def _of_evidence(evidence: Evidence) -> str:
    folder = evidence.folder
    return (
        "Then one person corrected an event, a second signed it off, and the first was erased.\n"
        f"Handset {evidence.handset}, with its proof, is in {folder}; check it without this "
        f"program:\n  python resources/verifier/verify_bundle.py --policy {folder}/policy "
        f"{folder}/bundle.json\n"
    )
