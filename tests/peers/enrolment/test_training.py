"""The scripted technician at a bench whose slots have every way into management."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bench.custody.ledger import Ledger
from bench.custody.verification import verify_file
from bench.enrolment.intune.intune import Intune
from bench.enrolment.secrets.held import HeldSecrets
from bench.events.views import BenchView, Category, SlotView
from bench.identity.identifiers import SlotCode
from bench.ports import Bitmap, Equipment
from bench.problems import Problem, ProblemCode
from bench.staging.crew import Services
from hardware.simulator.mishaps import LEFT_HELD, Mishap
from hardware.simulator.timing import Timing
from hardware.simulator.training import Exercise, training_equipment
from hardware.simulator.training_ground import Ground
from hardware.simulator.wizard.surroundings import SetUpTimes
from tests.peers.enrolment.enrolment_bench import BLINK, Listed, training_profile
from tests.peers.workbench import numbered_layout, training_bench

WAYS = ("qr", "adb", "knox", "staging-token")
_LIMIT = 60.0


@dataclass
class Day:
    """A day of training: what was shown of each slot at last, and what was printed."""

    shown: dict[SlotCode, SlotView] = field(default_factory=dict)
    labels: list[Bitmap] = field(default_factory=list)

    def see(self, view: BenchView) -> None:
        self.shown |= {each.slot: each for each in view.slots}

    def count(self, category: Category) -> int:
        return sum(each.category is category for each in self.shown.values())

    def holds(self) -> list[str]:
        return sorted(v.word for v in self.shown.values() if v.category is Category.HELD)


async def train(folder: Path, handsets: int, mishaps: tuple[Mishap, ...], seed: int) -> Day:
    """Let the technician work at that many handsets, a method each in turn."""
    day = Day()
    layout = numbered_layout(-(-handsets // 4), 4)
    ports = dict(list(layout.ports.items())[:handsets])
    methods = {slot: WAYS[at % 4] for at, slot in enumerate(ports.values())}
    ground = Ground(times=SetUpTimes(blink=0.1, restart=BLINK * 2))
    exercise = Exercise(
        ports, mishaps=mishaps, seed=seed, timing=Timing(answer_s=0.02), methods=methods,
        ground=ground,
    )  # fmt: skip
    known = [imeis[0] for _, imeis, _ in exercise.identities()]
    ground.hand_in("knox", "".join(f"{imei}\r\n" for imei in known).encode())

    def equipment() -> AbstractAsyncContextManager[Equipment]:
        return training_equipment(exercise, day.labels)

    @asynccontextmanager
    async def services(equipment: Equipment) -> AsyncIterator[Services]:
        assert equipment.management is not None
        secrets = HeldSecrets({"bench-wifi": ground.password.text})
        async with Intune(equipment.management, interval=0.1) as intune:
            yield Services(secrets, intune, Listed(ground), pause=0.1)

    profiles = {str(slot): training_profile(method) for slot, method in methods.items()}
    ledgers: list[Ledger] = []
    bench = training_bench(folder, layout, equipment, ledgers.append)
    bench = replace(bench, placed=profiles, services=services)
    async with asyncio.timeout(_LIMIT):
        await bench.run(day.see, lambda _: None)
    return day


def held(*codes: ProblemCode) -> list[str]:
    return sorted(Problem(code).advice.word for code in codes)


def play(folder: Path, handsets: int, *mishaps: Mishap, seed: int = 1) -> Day:
    day = asyncio.run(train(folder, handsets, mishaps, seed))
    assert verify_file(folder / "ledger.db").verifies
    return day


def test_every_way_into_management_is_staged(tmp_path: Path) -> None:
    day = play(tmp_path, 8)
    assert (day.count(Category.DONE), day.holds(), len(day.labels)) == (8, [], 8)


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(1, id="by code"),
        pytest.param(4, id="by staging token", marks=pytest.mark.soak),
        pytest.param(6, id="by portal", marks=pytest.mark.soak),
    ],
)
def test_exactly_the_restarted_and_the_swapped_are_held(tmp_path: Path, seed: int) -> None:
    day = play(tmp_path, 16, *LEFT_HELD, seed=seed)
    assert day.holds() == held(ProblemCode.ENROLMENT_RESTARTED, ProblemCode.IMEI_MISMATCH)
    assert (day.count(Category.DONE), day.count(Category.VOID)) == (14, 0)
    assert len(day.labels) == 14


def test_older_mishaps_happen_beside_the_new_ones(tmp_path: Path) -> None:
    day = play(tmp_path, 12, *LEFT_HELD, Mishap.WRONG_BOX, Mishap.TWICE, Mishap.PRINTER_PAPER)
    assert day.holds() == held(ProblemCode.ENROLMENT_RESTARTED, ProblemCode.IMEI_MISMATCH)
    assert day.count(Category.DONE) == 10
