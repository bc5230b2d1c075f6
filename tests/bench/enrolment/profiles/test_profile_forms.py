"""What a profile may say is what its code takes."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import available_timezones

import pytest

from bench.enrolment.payload import build
from bench.enrolment.profiles.forms import TIME_ZONE
from bench.enrolment.secrets.held import HeldSecrets
from tests.bench.enrolment.profiles.profile_texts import BY_CODE, changed, loaded


@pytest.mark.parametrize("zone", ["Europe/London", "America/Port-au-Prince", "Etc/GMT-14", "UTC"])
def test_a_time_zone_that_a_profile_may_name_is_one_that_its_code_takes(
    tmp_path: Path, zone: str
) -> None:
    profile = loaded(tmp_path, changed(BY_CODE, "Europe/London", zone))
    build(profile, HeldSecrets({"bench-wifi": "made-up-word", "intune-token": "made-up"}))


def test_every_zone_of_a_place_may_be_named() -> None:
    places = {zone for zone in available_timezones() if "/" in zone}
    assert [zone for zone in sorted(places) if not TIME_ZONE.fits(zone)] == []
