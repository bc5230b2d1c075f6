"""A step that marries a SIM, as a profile says it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.enrolment.profiles.vocabulary import MarrySim
from bench.enrolment.profiles.words import told
from bench.staging.plan import plan_of
from tests.bench.enrolment.profiles.profile_texts import BY_CODE, changed, faults, loaded

STEP = '[[step]]\nname = "SIM"\nmarry_sim = true\n\n'
WITH_SIM = changed(BY_CODE, "[[step]]", f"{STEP}[[step]]")


def test_it_waits_for_a_scan_and_for_nothing_of_the_handset(tmp_path: Path) -> None:
    profile = loaded(tmp_path, WITH_SIM)
    assert profile.steps[0].action == MarrySim()
    first = plan_of(profile).steps[0]
    assert (first.marries, first.over_adb, first.is_asked, first.asks) == (True, False, True, "")
    assert any("SIM scanned" in line for line in told(profile))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("marry_sim = true", "marry_sim = false"),
        ("marry_sim = true", 'marry_sim = "yes"'),
        ("marry_sim = true", "marry_sim = true\nis = 1"),
        ('[[step]]\nname = "SIM"', '[[gate]]\nname = "SIM"'),
    ],
)
def test_what_it_cannot_be_is_told_with_its_line(tmp_path: Path, old: str, new: str) -> None:
    assert faults(tmp_path, changed(WITH_SIM, old, new))
    assert not faults(tmp_path, WITH_SIM)


def test_a_sim_by_itself_proves_nothing_of_a_handset(tmp_path: Path) -> None:
    alone = f'[profile]\nschema = 2\nname = "SIM only"\n\n{STEP}'
    (fault,) = faults(tmp_path, alone)
    assert "proves nothing" in fault.remedy
