"""No method goes without the step that it consists of, and a gate that proves it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.enrolment.profiles.profile_texts import faults

OF_SCHEMA = '[profile]\nschema = 2\nname = "X"\nmethod = "{}"\n'
STEP, GATE = '[[step]]\nname = "s"\n{}\n', '[[gate]]\nname = "g"\n{}\n'
LISTED, OF_SERVICE, LOOK = 'listed = "{}"', 'code = "service"\nof = "X"', 'confirm = "Is it so?"'
ENCRYPTED = 'verify = "ro.crypto.state"\nis = "encrypted"'
BY_TWO = f"{LOOK}\npersons = 2"


@pytest.mark.parametrize(
    ("method", "step", "gate", "key", "says"),
    [
        ("knox", LOOK, 'managed = "enrolled"', "method", "knox needs a [[step]] with listed"),
        ("zero-touch", LOOK, BY_TWO, "method", "zero-touch needs a [[step]] with listed"),
        ("staging-token", LOOK, BY_TWO, "method", "staging-token needs a [[step]] with code"),
        ("adb", ENCRYPTED, BY_TWO, "method", "adb needs a [[step]] with device_owner"),
        ("adb", 'device_owner = "a.b/.C"', ENCRYPTED, "[[gate]]", "adb needs a gate with owner"),
        ("adb", 'device_owner = "a.b/.C"', 'owner = "x.y/.Z"', "owner", "device_owner names"),
        ("staging-token", OF_SERVICE, 'managed = "compliant"', "[[gate]]", 'managed = "staged"'),
        ("staging-token", OF_SERVICE, 'managed = "enrolled"', "[[gate]]", 'managed = "staged"'),
        ("qr", f'{OF_SERVICE}\n[[step]]\nname="m"\nmanaged = "enrolled"', ENCRYPTED, "[[gate]]",
         "qr needs a gate with managed"),
        ("none", LOOK, LOOK, "[[step]]", "it proves nothing by itself"),
        ("none", 'command = "go-home"', LOOK, "[[step]]", "it proves nothing by itself"),
    ],
)  # fmt: skip
def test_no_method_goes_without_its_own_step_and_a_proof_that_it_went_well(
    tmp_path: Path, method: str, step: str, gate: str, key: str, says: str
) -> None:
    text = OF_SCHEMA.format(method) + STEP.format(step) + GATE.format(gate)
    (found,) = faults(tmp_path, text)
    assert found.key == key
    assert says in found.remedy


@pytest.mark.parametrize(
    ("method", "step", "gate"),
    [
        ("knox", LISTED.format("knox"), 'managed = "compliant"'),
        ("zero-touch", LISTED.format("zero-touch"), BY_TWO),
        ("staging-token", OF_SERVICE, 'managed = "staged"'),
        ("staging-token", OF_SERVICE, BY_TWO),
        ("adb", 'device_owner = "a.b/.C"', 'owner = "a.b/a.b.C"'),
        ("adb", 'device_owner = "a.b/.C"', 'managed = "enrolled"'),
        ("adb", 'device_owner = "a.b/.C"', BY_TWO),
        ("none", ENCRYPTED, LOOK),
        ("none", LOOK, ENCRYPTED),
        ("none", BY_TWO, LOOK),
    ],
)
def test_a_method_with_its_own_step_and_a_proof_is_good(
    tmp_path: Path, method: str, step: str, gate: str
) -> None:
    text = OF_SCHEMA.format(method) + STEP.format(step) + GATE.format(gate)
    assert faults(tmp_path, text) == ()


def test_a_method_without_step_and_gate_is_told_of_both_at_once(tmp_path: Path) -> None:
    (found,) = faults(tmp_path, OF_SCHEMA.format("knox") + STEP.format(LOOK))
    assert found.remedy == (
        "knox needs a [[step]] with listed and a [[gate]]: nothing would prove the enrolment"
    )
