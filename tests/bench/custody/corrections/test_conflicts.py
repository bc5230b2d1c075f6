"""A handset that two benches have: two persons say which of them has it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.custody.chain import parse
from bench.custody.corrections import conflicts
from bench.custody.corrections.kinds import Why
from bench.custody.entries import Entry
from bench.custody.ledger import Ledger
from bench.custody.phases import Phase
from bench.custody.verification import verify_file
from bench.events.orders import CustodyKind
from bench.identity.identifiers import IdentifierError
from bench.problems import ProblemCode, ProblemError
from tests.bench.custody.epochs.set_aside import FIRST, SECOND
from tests.bench.custody.people.enrolled import ask
from tests.bench.custody.record import device, imei, open_ledger, scanned


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger(tmp_path)
    opened.append([scanned(1)])
    yield opened
    assert opened.projections_match()
    opened.close()
    assert verify_file(opened.path).verifies


def resolve(ledger: Ledger, keeper: str) -> Entry:
    return ask(
        ledger, lambda each: conflicts.resolve(each, imei(1), keeper, why=Why.ELSEWHERE, note="n")
    )


def phase(ledger: Ledger) -> Phase:
    found = ledger.device_by_imei(imei(1))
    assert found
    return found.phase


def test_the_keeper_s_handset_leaves_quarantine(ledger: Ledger) -> None:
    ledger.append([Entry(CustodyKind.QUARANTINED, device(1))])
    ledger.append([resolve(ledger, ledger.header.bench)], by=FIRST, second=SECOND)
    assert phase(ledger) is Phase.IN_STOCK
    resolved, signed = map(parse, (event.body for event in ledger.events(ledger.tail().seq - 2, 2)))
    known = ledger.device_by_imei(imei(1))
    assert known
    assert resolved["data"] == {
        "imei": imei(1).digits, "keeper": ledger.header.bench, "why": Why.ELSEWHERE.value,
        "serial": known.serial.text,
    } | ({"asset_tag": str(known.asset_tag)} if known.asset_tag else {})  # fmt: skip
    assert signed["type"] == CustodyKind.SIGNED_OFF


def test_a_keeper_that_had_it_in_hand_goes_on_where_it_was(ledger: Ledger) -> None:
    ledger.append([resolve(ledger, ledger.header.bench)], by=FIRST, second=SECOND)
    assert phase(ledger) is Phase.AT_BENCH


def test_what_lies_at_the_other_bench_is_set_aside(ledger: Ledger) -> None:
    ledger.append([resolve(ledger, "bench-09")], by=FIRST, second=SECOND)
    assert phase(ledger) is Phase.QUARANTINED


def test_nobody_resolves_alone(ledger: Ledger) -> None:
    with pytest.raises(ProblemError) as refused:
        ledger.append([resolve(ledger, "bench-09")], by=FIRST)
    assert refused.value.problem.code is ProblemCode.NEEDS_SECOND_PERSON


def test_a_handset_never_met_here_is_not_decided_on_here(ledger: Ledger) -> None:
    with pytest.raises(ProblemError) as refused:
        ask(ledger, lambda each: conflicts.resolve(each, imei(2), "bench-09", why=Why.OTHER))
    assert refused.value.problem.code is ProblemCode.HANDSET_UNKNOWN


@pytest.mark.parametrize("name", ["", "bench 9", "=cmd"])
def test_a_keeper_is_a_bench_by_name(ledger: Ledger, name: str) -> None:
    with pytest.raises(IdentifierError):
        resolve(ledger, name)
