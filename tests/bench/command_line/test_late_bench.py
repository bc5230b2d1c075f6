"""A bench is put together where it runs; what its settings get wrong is a problem, named."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bench.command_line.late_bench import LateBench
from bench.command_line.program import Program
from bench.enrolment.profiles.profile import EnrolmentProfile
from bench.ports import Equipment
from bench.problems import ProblemCode, ProblemError
from bench.staging.slots import HubLayout

RESOURCES = Path(__file__).parents[3] / "resources"


@asynccontextmanager
async def _never(_: Sequence[EnrolmentProfile]) -> AsyncIterator[Equipment]:
    pytest.fail("the equipment was set up")
    yield


@pytest.mark.parametrize(
    ("template", "says"),
    [
        (RESOURCES / "labels" / "slot-57x32.toml", "a card for a slot"),
        (RESOURCES / "labels" / "nowhere.toml", "nowhere.toml"),
        (RESOURCES / "profiles" / "device-check.toml", "device-check.toml"),
    ],
)
def test_a_template_that_is_no_handsets_label_is_said_before_anything_is_done(
    tmp_path: Path, template: Path, says: str
) -> None:
    bench = LateBench(
        name="bench-07",
        simulated=True,
        layout=HubLayout(1, 1),
        tag_prefix="SIM",
        profile=RESOURCES / "profiles" / "device-check.toml",
        template=template,
        ledger=tmp_path / "ledger.db",
        equipment=_never,
        program=lambda: Program(RESOURCES, lambda: ""),
    )
    with pytest.raises(ProblemError) as raised:
        asyncio.run(bench.run(lambda _: None, lambda _: None))
    problem = raised.value.problem
    assert (problem.code, problem.where) == (ProblemCode.SETTINGS_UNUSABLE, "printer.label")
    assert says in problem.detail


NAMED = """[profile]
schema = 2
name = "named label"
version = 1
method = "none"
label = "{label}"

[[step]]
name = "Verified boot is green"
verify = "ro.boot.verifiedbootstate"
is = "green"
limit = 20
"""


@pytest.mark.parametrize(
    ("label", "says"), [("nowhere", "nowhere.toml"), ("slot-57x32", "a card for a slot")]
)
def test_a_label_that_a_profile_names_wrongly_is_said_with_the_profile(
    tmp_path: Path, label: str, says: str
) -> None:
    placed = tmp_path / "own.toml"
    placed.write_text(NAMED.format(label=label))
    bench = LateBench(
        name="bench-07",
        simulated=True,
        layout=HubLayout(1, 1),
        tag_prefix="SIM",
        profile=RESOURCES / "profiles" / "device-check.toml",
        template=RESOURCES / "labels" / "asset-50x25.toml",
        ledger=tmp_path / "ledger.db",
        equipment=_never,
        program=lambda: Program(RESOURCES, lambda: ""),
        placed={"A1": placed},
    )
    with pytest.raises(ProblemError) as raised:
        asyncio.run(bench.run(lambda _: None, lambda _: None))
    problem = raised.value.problem
    assert (problem.code, problem.where) == (ProblemCode.PROFILE_UNUSABLE, "own.toml")
    assert problem.detail.startswith("profile.label: ")
    assert says in problem.detail
