"""Runs as they are found again after the program stopped, under the profile they had or another."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.events.device import SaidBy
from bench.problems import ProblemCode
from bench.staging.folding import restored
from bench.staging.run import StagingRun, State
from tests.bench.staging.bench_talk import PLAN, in_state, kept, labelling, staging

OTHER = replace(PLAN, fingerprint="0" * 64)


@pytest.mark.parametrize(
    "run",
    [
        replace(staging(), step=1),
        labelling(),
        in_state(State.AWAITING_LABEL),
        labelling().held(ProblemCode.HELD_BY_HAND),
    ],
    ids=lambda run: str(run.state),
)
def test_a_run_that_went_on_under_another_profile_begins_anew(run: StagingRun) -> None:
    found = restored(kept(run), OTHER)
    assert found.hold is not None
    assert (found.hold.code, found.hold.was) == (ProblemCode.INTERRUPTED, State.STAGING)
    assert found.step == 0
    same = restored(kept(run), PLAN)
    assert same.step == run.step


@pytest.mark.parametrize("code", [ProblemCode.DUPLICATE_IMEI, ProblemCode.ENROLMENT_RESTARTED])
def test_what_a_supervisor_decides_stays_theirs_under_another_profile(code: ProblemCode) -> None:
    run = replace(staging(), step=1).held(code, "as it was found")
    found = restored(kept(run), OTHER)
    assert found.hold is not None
    assert (found.hold.code, found.hold.detail) == (code, "as it was found")
    assert (found.state, found.hold.was, found.step) == (State.HELD, State.STAGING, 0)


@pytest.mark.parametrize("by", SaidBy)
def test_by_what_a_handset_said_who_it_is_is_kept(by: SaidBy) -> None:
    run = staging()
    assert run.identity is not None
    said = replace(run, identity=replace(run.identity, said_by=by))
    found = restored(kept(said), PLAN).identity
    assert found is not None
    assert (found.said_by, found.is_partial) == (by, by is not SaidBy.ADB)
