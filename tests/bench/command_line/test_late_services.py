"""What steps may ask is made ready when a bench opens, and keeps none from opening."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from bench.command_line.late_services import LateServices
from bench.enrolment.secrets.held import HeldSecrets
from bench.ports import Equipment, Handsets, LabelPrinter, Management, ManagementAddress
from bench.problems import Problem, ProblemCode, ProblemError
from bench.settings import IntuneSettings
from tests.bench.staging.bench_talk import imei
from tests.bench.staging.test_label_desk import ScriptedPrinter

CERTIFIED = IntuneSettings(tenant="t", client="c", certificate="intune-key")


class NoHandsets:
    def open(self, session: int) -> object:
        raise AssertionError(session)


def equipment(management: ManagementAddress | None = None) -> Equipment:
    return Equipment(
        cast("Handsets", NoHandsets()), cast("LabelPrinter", ScriptedPrinter()), (),
        management=management,
    )  # fmt: skip


def opened(
    services: LateServices,
    story: Callable[[Management | None], Awaitable[None]],
    management: ManagementAddress | None = None,
) -> None:
    async def whole() -> None:
        async with services.open(equipment(management)) as found:
            await story(found.management)

    asyncio.run(whole())


def test_a_bench_without_a_service_has_none(tmp_path: Path) -> None:
    async def story(management: Management | None) -> None:
        assert management is None

    opened(LateServices(tmp_path / "ledger.db", secrets=HeldSecrets({})), story)


@pytest.mark.parametrize(
    ("intune", "problem"),
    [
        (CERTIFIED, Problem(ProblemCode.SECRET_MISSING, "intune-key")),
        (IntuneSettings(client="c"), Problem(ProblemCode.SERVICE_UNSET, "Intune")),
        (
            IntuneSettings(tenant="t", client="c", graph="http://graph.example/beta"),
            Problem(
                ProblemCode.SETTINGS_UNUSABLE, "[intune]", "graph: give https://, a host and a path"
            ),
        ),
    ],
)
def test_what_a_service_lacks_is_said_to_who_asks_it_and_opens_the_bench_all_the_same(
    tmp_path: Path, intune: IntuneSettings, problem: Problem
) -> None:
    async def story(management: Management | None) -> None:
        assert management is not None
        assert abs(management.now() - datetime.now(UTC)) < timedelta(minutes=1)
        for ask in (lambda: management.find(None, (imei(1),)), lambda: management.content("x")):
            with pytest.raises(ProblemError) as told:
                await ask()
            assert told.value.problem == problem

    opened(LateServices(tmp_path / "ledger.db", intune=intune, secrets=HeldSecrets({})), story)


def test_what_was_mended_is_asked_with_without_opening_the_bench_anew(tmp_path: Path) -> None:
    held: dict[str, str] = {}

    class Kept:
        def secret(self, name: str) -> str:
            return HeldSecrets(held).secret(name)

    nowhere = IntuneSettings(
        tenant="t", client="c", certificate="intune-key",
        graph="https://127.0.0.1:9/beta", authority="https://127.0.0.1:9/t",
    )  # fmt: skip

    async def story(management: Management | None) -> None:
        assert management is not None
        codes = []
        for _ in range(2):
            with pytest.raises(ProblemError) as told:
                await management.content("x")
            codes.append(told.value.problem.code)
            held["intune-key"] = "made up, and no key"
        assert codes[0] is ProblemCode.SECRET_MISSING
        assert codes[1] is not ProblemCode.SECRET_MISSING

    opened(LateServices(tmp_path / "ledger.db", intune=nowhere, secrets=Kept()), story)
