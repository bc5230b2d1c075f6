"""What the settings ask for, as a plan; what cannot be done is refused when it is read."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bench.problems import ProblemError
from bench.settings import CustodySettings, SettingsError
from bench.upkeep.plan import BackupPlan, DocketPlan, Plan, WitnessSite

if TYPE_CHECKING:
    from bench.custody.proof.timestamp import Authority


def plan_of(custody: CustodySettings, fonts: Path) -> Plan:
    """Return what is to be done for the record; `SettingsError` names the key that is wrong."""
    every = timedelta(hours=custody.backup_hours)
    return Plan(
        witnesses=tuple(_witness(url, key) for url, key in custody.witnesses.items()),
        authority=_authority(custody),
        backups=BackupPlan(Path(custody.backups), every) if custody.backups else None,
        docket=DocketPlan(Path(custody.dockets), fonts) if custody.dockets else None,
    )


def _witness(url: str, key: str) -> WitnessSite:
    try:
        return WitnessSite.parse(url, key)
    except ValueError as error:
        raise SettingsError(f"custody.witnesses: {url}: {error}") from error


def _authority(custody: CustodySettings) -> Authority | None:
    if not custody.timestamps:
        return None
    from bench.upkeep.stamping import read_authority  # noqa: PLC0415 - where it is set up

    try:
        return read_authority(custody.timestamps, Path(custody.timestamp_roots))
    except ProblemError as error:
        raise SettingsError(f"custody.timestamp_roots: {error.problem.detail}") from error
