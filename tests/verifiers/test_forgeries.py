"""Bundles that someone changed: any one byte, or anything at all with the SHA-256 made anew."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

import pytest

from tests.verifiers.forging import forgeries
from tests.verifiers.made import REFUSED, UNCHECKED, Made, without_statement
from tests.verifiers.verifiers import Case, both_verdicts, node_verdicts, python_verdict

SAMPLE, WHOLE, BATCH, PIECES = 600, 100_000, 500, 20
pieces = pytest.mark.parametrize("piece", range(PIECES))


# ── any one byte ────────────────────────────────────────────────────────────────────────────────
def _one_byte_changes(case: Case, step: int, first: int = 0) -> Iterator[Case]:
    for at in range(first, len(case.data), step):
        before, byte, after = case.data[:at], case.data[at], case.data[at + 1 :]
        for other in (bytes([byte ^ 1 << at % 8]), bytes([byte ^ 0x20]), b"", b" " + bytes([byte])):
            yield replace(case, data=before + other + after, done=f"byte {at}")


def _refuse_all(cases: Iterator[Case]) -> None:
    while batch := list(islice(cases, BATCH)):
        for case, (second, _) in zip(batch, node_verdicts(batch), strict=True):
            assert (python_verdict(case)[0], second) == REFUSED, case.done


def test_any_one_byte_that_changes_is_found(made: Made) -> None:
    _refuse_all(_one_byte_changes(made.one, 23))
    _refuse_all(_one_byte_changes(made.stated, 211))
    for more in (b"\n", b" ", b"\x00", b"{}", made.one.data):
        assert both_verdicts(replace(made.one, data=made.one.data + more)) == REFUSED


@pytest.mark.soak
@pieces
def test_each_single_byte_that_changes_is_found(made: Made, piece: int) -> None:
    _refuse_all(_one_byte_changes(made.stated, PIECES, piece))


@pytest.mark.soak
@pieces
def test_each_value_of_each_byte_is_found(made: Made, piece: int) -> None:
    for at in range(piece, len(made.one.data), PIECES):
        byte = made.one.data[at]
        for other in set(range(256)) - {byte}:
            data = made.one.data[:at] + bytes([other]) + made.one.data[at + 1 :]
            assert python_verdict(replace(made.one, data=data))[0] == 1, f"byte {at}: {other}"


# ── anything at all ─────────────────────────────────────────────────────────────────────────────
class _Truth:
    """What really happened, by which a verdict of `valid` is judged."""

    def __init__(self, cases: Sequence[Case]) -> None:
        bundles = [json.loads(case.data) for case in cases]
        self._sections = {
            (said["device"]["uid"], section["origin"], _told(section))
            for said in bundles
            for section in said["origins"]
        }
        self._stated = {
            said["statement"]: _origins(said) for said in bundles if "statement" in said
        }

    def holds(self, data: bytes) -> bool:
        """Whether a bundle leaves nothing out of what it has, and adds nothing."""
        said = json.loads(data)
        origins = _origins(said)
        return (
            all(
                (said["device"]["uid"], section["origin"], _told(section)) in self._sections
                for section in said["origins"]
            )
            and all(of.replace("/e2", "/e1") in origins for of in origins)
            and ("statement" not in said or self._stated.get(said["statement"]) == origins)
        )


def _told(section: dict[str, list[dict[str, str]]]) -> tuple[tuple[str, str], ...]:
    return tuple((event["body"], event["sig"]) for event in section["events"])


def _origins(said: dict[str, list[dict[str, str]]]) -> list[str]:
    return [section["origin"] for section in said["origins"]]


def _judge(made: Made, seed: int, count: int) -> None:
    cases = (made.one, made.all, made.stated, made.other)
    truth, forged, refused = _Truth(cases), forgeries(cases, seed, count), 0
    while batch := list(islice(forged, BATCH)):
        for case, (second, words) in zip(batch, node_verdicts(batch), strict=True):
            code, reason = python_verdict(case)
            if (code, second) == (0, 1) and reason.endswith(UNCHECKED):
                judged = without_statement(case)
                ((second, words),) = node_verdicts([judged])  # noqa: PLW2901 - the statement aside
            else:
                judged = case
            assert code == second, f"{case.done}: {reason} / {words}"
            assert code != 0 or truth.holds(judged.data), case.done
            refused += code != 0
    assert refused > count / 2


def test_no_forged_bundle_is_ever_called_valid_and_both_verifiers_agree(made: Made) -> None:
    _judge(made, seed=3, count=SAMPLE)


@pytest.mark.soak
@pieces
def test_none_of_a_hundred_thousand_forged_bundles_is_valid(made: Made, piece: int) -> None:
    _judge(made, seed=20261102 + piece, count=WHOLE // PIECES)
