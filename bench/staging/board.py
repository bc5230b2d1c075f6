"""The runs on the bench: one a slot at most, found by slot, run, IMEI or asset tag. Values only."""

from __future__ import annotations

from collections.abc import Iterator

from bench.events.device import HandsetIdentity
from bench.identity.identifiers import AssetTag, Imei, SlotCode
from bench.staging.run import StagingRun, State


class Board:
    """Which run is in which slot; knows which slots changed since they were last shown."""

    def __init__(self) -> None:
        self._runs: dict[SlotCode, StagingRun] = {}
        self._changed: set[SlotCode] = set()

    def __iter__(self) -> Iterator[StagingRun]:
        return iter(tuple(self._runs.values()))

    def at(self, slot: SlotCode) -> StagingRun | None:
        """Return the run in that slot."""
        return self._runs.get(slot)

    def with_id(self, run: str) -> StagingRun | None:
        """Return the run of that id."""
        return next((found for found in self if found.run == run), None)

    def reporting(self, imei: Imei) -> StagingRun | None:
        """Return the run whose handset or box reports that IMEI; one in a slot goes first."""
        runs = self._runs.values()
        found = [
            run for run in runs
            if (run.identity and imei in run.identity.imeis) or run.boxed == imei
        ]  # fmt: skip
        return max(found, key=lambda run: run.present, default=None)

    def foreseeing(self, imei: Imei) -> StagingRun | None:
        """Return the run whose handset said that IMEI before Android is set up."""
        return next((run for run in self if run.foreseen and run.foreseen.imei == imei), None)

    def tagged(self, tag: AssetTag) -> StagingRun | None:
        """Return the run of that asset tag."""
        return next((run for run in self if run.asset_tag == tag and run.is_claimed), None)

    def waiting_for(self, identity: HandsetIdentity, besides: StagingRun) -> StagingRun | None:
        """Return the run whose handset is away and that this one is."""
        return next(
            (run for run in self
             if run.run != besides.run and not run.present and run.is_about(identity)),
            None,
        )  # fmt: skip

    def rivals(self, identity: HandsetIdentity, besides: StagingRun) -> tuple[StagingRun, ...]:
        """Return the runs whose handset is here and reports one of the same IMEIs."""
        return tuple(
            run for run in self
            if run.run != besides.run and run.present and run.shares_imei(identity)
        )  # fmt: skip

    def put(self, run: StagingRun) -> None:
        """Put the run in its slot; one that is gone leaves the slot empty."""
        for slot in [slot for slot, other in self._runs.items() if other.run == run.run]:
            del self._runs[slot]
            self._changed.add(slot)
        if run.is_open:
            self._runs[run.slot] = run
        self._changed.add(run.slot)

    def touch(self, slot: SlotCode) -> None:
        """Have the slot shown again: something about it that is no state has changed."""
        self._changed.add(slot)

    def changed(self) -> tuple[SlotCode, ...]:
        """Return the slots that changed since the last call."""
        changed = tuple(sorted(self._changed))
        self._changed.clear()
        return changed

    def count(self, *states: State) -> int:
        """Count the runs in those states."""
        return sum(run.state in states for run in self._runs.values())
