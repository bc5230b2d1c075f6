"""Bundles as a forger would hand them over: changed, respelled and sealed anew, seeded."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from tests.verifiers.forgeries import FORGERIES, spelled
from tests.verifiers.verifiers import Case

Json: TypeAlias = Any


def sealed(said: Json) -> bytes:
    """Write a bundle with the SHA-256 that a forger computes anew."""
    if isinstance(said, dict):
        rest = {name: value for name, value in said.items() if name != "sha256"}
        said = {**rest, "sha256": hashlib.sha256(spelled(rest)).hexdigest()}
    return spelled(said)


def forgeries(cases: Sequence[Case], seed: int, count: int) -> Iterator[Case]:
    """Yield that many changed cases; some are changed back to what they were, or harmlessly."""
    rng = random.Random(seed)
    others = [json.loads(case.data) for case in cases]
    for _ in range(count):
        case = rng.choice(cases)
        yield rng.choice((_bytes_changed, _forged, _forged, _forged, _policy_changed))(
            rng, case, cases, others
        )


def _bytes_changed(rng: random.Random, case: Case, *_others: object) -> Case:
    data = bytearray(case.data)
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        at = rng.randrange(len(data))
        match rng.randrange(5):
            case 0:
                data[at] ^= 1 << rng.randrange(8)
            case 1:
                data[at] = rng.randrange(256)
            case 2:
                del data[at : at + rng.choice((1, 2, 40, 4000))]
            case 3:
                data[at:at] = rng.randbytes(rng.choice((1, 2, 9)))
            case _:
                other = rng.randrange(len(data))
                data[at:at] = data[other : other + rng.choice((1, 10, 300))]
    return Case(case.policy, bytes(data), "bytes changed")


def _forged(rng: random.Random, case: Case, _cases: Sequence[Case], others: Sequence[Json]) -> Case:
    said = json.loads(case.data)
    done = []
    for _ in range(rng.choice((1, 1, 2, 3))):
        forgery = rng.choice(FORGERIES)
        try:
            forgery(rng, said, others)
        except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
            continue
        done.append(forgery.__name__)
    write = spelled if rng.random() < 0.05 else sealed
    return Case(case.policy, write(said), ", ".join(done))


def _policy_changed(
    rng: random.Random, case: Case, cases: Sequence[Case], _: Sequence[Json]
) -> Case:
    if rng.random() < 0.3:
        return Case(rng.choice(cases).policy, case.data, "another policy")
    policy = bytearray(case.policy)
    at = rng.randrange(len(policy))
    match rng.randrange(4):
        case 0:
            policy[at] = rng.randrange(256)
        case 1:
            del policy[at : at + rng.choice((1, 5, 60))]
        case 2:
            policy[at:at] = rng.choice((b"\n", b" ", b"#", b"\t", b"all", b"2", b"\xff"))
        case _:
            lines = bytes(policy).splitlines(keepends=True)
            rng.shuffle(lines)
            policy = bytearray(b"".join(lines[: rng.randrange(len(lines) + 1)]))
    return Case(bytes(policy), case.data, "policy changed")
