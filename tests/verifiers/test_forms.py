"""Bundles and policies that have not their form."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.bench.custody.audit.exported import (
    policy,
)
from tests.verifiers.made import (
    REFUSED,
    UNUSABLE,
    VALID,
    Made,
    changed,
    reason_of,
    with_events,
)
from tests.verifiers.verifiers import both_verdicts


# ── the form ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"v":1', '"v":1.0'),
        ('"v":1', '"v":1,"v":1'),
        ('"v":1', '"v":true'),
        ('"v":1', '"v":2'),
        ('"v":1', ' "v":1'),
        ('"v":1', '"v":9007199254740993'),
        ("taken_out", "taken\\u005fout"),
        ("„grün“", "„gr\\ud800n“"),
        ('"sim":true,', ""),
        ('"sim":true', '"sim":false'),
    ],
)
def test_a_body_that_is_spelled_otherwise_is_refused(made: Made, before: str, after: str) -> None:
    def respell(events: list[Any]) -> None:
        assert before in events[3]["body"]
        events[3]["body"] = events[3]["body"].replace(before, after)

    assert reason_of(with_events(made.one, respell))


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{}", b"[]", b"null", b"1", b'"x"', b"\xff\xfe", b"\xef\xbb\xbf{}", b"{" * 100_000,
        b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 5000 + b"1" + b"}" * 5000, b"1" * 10_000,
        b'{"device":{"uid":"device-1"},"format":"staging-bench/bundle/v1"}', b'{"sha256":1e999}',
        b" " * 17_000_000,
    ],
)  # fmt: skip
def test_what_is_no_bundle_is_refused(made: Made, data: bytes) -> None:
    assert reason_of(replace(made.one, data=data))


def test_another_version_of_the_format_is_refused(made: Made) -> None:
    case = changed(made.one, lambda said: said.update(format="staging-bench/bundle/v2"))
    assert "staging-bench/bundle/v1" in reason_of(case)


def test_a_changed_bundle_under_its_old_sum_is_refused(made: Made) -> None:
    data = made.all.data.replace(b"2026-11-02", b"2026-11-01")
    assert "sha256" in reason_of(replace(made.all, data=data))


def test_base64_with_stray_bits_is_refused(made: Made) -> None:
    def stray(events: list[Any]) -> None:
        sig = events[0]["sig"]
        others = [letter for letter in "ABCDQRSTghijwxyz" if letter != sig[85]]
        same = next(
            o for o in others if base64.b64decode(sig[:85] + o + "==") == base64.b64decode(sig)
        )
        events[0]["sig"] = sig[:85] + same + "=="

    assert reason_of(with_events(made.one, stray))


def test_an_extra_line_in_a_proof_is_refused(made: Made) -> None:
    def extra(events: list[Any]) -> None:
        events[0]["proof"] = events[0]["proof"].replace("\nindex", "\nextra eHg=\nindex")

    assert reason_of(with_events(made.one, extra))


@pytest.mark.parametrize(
    "extra", ["— x AAAA", "— custody.example/bench-07/e1+ AAAA", "", "— x A=="]
)
def test_a_line_that_is_none_is_refused_and_one_of_no_known_key_is_not(
    made: Made, extra: str
) -> None:
    def add(said: dict[str, Any]) -> None:
        said["origins"][0]["checkpoints"][0] += f"{extra}\n"

    verdict = VALID if extra == "— x AAAA" else REFUSED
    assert both_verdicts(changed(made.one, add)) == verdict


@pytest.mark.parametrize(("line", "verdict"), [(-2, VALID), (-3, VALID), (-4, REFUSED)])
def test_a_witness_may_sign_twice_and_a_log_may_not(
    made: Made, line: int, verdict: tuple[int, int]
) -> None:
    def repeat(said: dict[str, Any]) -> None:
        note = said["origins"][0]["checkpoints"][0]
        said["origins"][0]["checkpoints"][0] = f"{note}{note.split(chr(10))[line]}\n"

    assert both_verdicts(changed(made.one, repeat)) == verdict


def test_a_name_that_runs_over_into_a_key_id_is_another_name(made: Made) -> None:
    """Its line is nobody's and does no harm: a name and a key id are compared apart."""
    witness = "witness.example/north"

    def split_elsewhere(said: dict[str, Any]) -> None:
        notes = said["origins"][0]["checkpoints"]
        line = next(line for line in notes[0].split("\n") if witness in line)
        key_id = base64.b64decode(line.split()[-1])[:4]
        name, rest = witness + chr(key_id[0]), base64.b64encode(key_id[1:]).decode()
        assert key_id[0] < 128
        notes[0] += f"— {name} {rest}\n"

    assert both_verdicts(changed(made.one, split_elsewhere)) == VALID


# ── policies ────────────────────────────────────────────────────────────────────────────────────
def _policies() -> Sequence[bytes]:
    good = policy()
    lines = good.splitlines(keepends=True)
    twice = b"".join(lines[:3]) + good
    return (
        b"", b"\n", good[:-1], good.replace(b"quorum both\n", b""), good + b"quorum both\n",
        good.replace(b"quorum both", b"quorum neither"), good.replace(b"all north", b"3 north"),
        good.replace(b"all north", b"0 north"), good.replace(b"all north", b"02 north"),
        good.replace(b"north south", b"north north"), good.replace(b"north south", b"none south"),
        good.replace(b"witness north", b"witness none"), good.replace(b"witness north", b"log"),
        good.replace(b"witness north", b"witness both"), twice, good + b"\x00\n", good + b"\r\n",
        good + b"sigsum x\n", good.replace(b"+A", b"+B"), good.replace(b"+B", b"+A"),
        good + b"group more any north\n", good + b"group none any\n", good + b"log\n",
    )  # fmt: skip


@pytest.mark.parametrize("trusted", _policies())
def test_a_policy_that_is_none_is_no_verdict(made: Made, trusted: bytes) -> None:
    assert both_verdicts(replace(made.one, policy=trusted)) == UNUSABLE
