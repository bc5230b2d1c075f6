"""What a handset is called once it is enrolled, and which tokens enrol it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bench.events.management import TokenKind
from hardware.simulator.intune.enrolling import EnrolmentRefusedError, device_name, redeem
from hardware.simulator.intune.profiles import IntuneProfile, Profiles, ProfileWifi
from hardware.simulator.intune.tenant import Tenant

AT = datetime(2026, 6, 22, 16, 20, tzinfo=UTC)


def profile(template: str = "", kind: TokenKind = TokenKind.DEFAULT) -> IntuneProfile:
    mode = "corporateOwnedFullyManaged"
    return Profiles("account").make("A32", mode, kind, ProfileWifi(), template, AT)


def test_a_staged_handset_is_called_as_the_convention_says() -> None:
    name = device_name(profile(kind=TokenKind.STAGING), "R58N00001XY", "", AT)
    assert name == "Staging_R58N00001XY_AndroidForWork_06/22/2026_4.20 PM"


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("", "jo@training.example_AndroidForWork_06/22/2026_4.20 PM"),
        ("A32-{{SERIAL}}", "A32-R58N00001XY"),
        ("{{SERIALLAST4DIGITS}}", "01XY"),
        ("{{UPNPREFIX}}/{{USERNAME}}", "jo/jo@training.example"),
        ("{{DEVICETYPE}} {{ENROLLMENTDATETIME}}", "AndroidForWork 20260622162000"),
        ("x" * 70, "x" * 63),
        ("{{NOTHING}}", "{{NOTHING}}"),
    ],
)
def test_a_template_is_filled_in(template: str, name: str) -> None:
    assert device_name(profile(template), "R58N00001XY", "jo@training.example", AT) == name


def test_a_template_can_ask_for_digits_by_chance() -> None:
    name = device_name(profile("{{rand:12}}"), "R58N00001XY", "", AT)
    assert (len(name), name.isdigit()) == (12, True)


def test_a_token_enrols_until_it_ends() -> None:
    profiles = Profiles("account")
    made = profiles.make(
        "A32", "corporateOwnedWorkProfile", TokenKind.STAGING, ProfileWifi(), "", AT
    )
    token = profiles.create_token(made, timedelta(days=1), AT).value
    assert redeem(profiles, token, AT + timedelta(hours=23)).name == "A32"
    with pytest.raises(EnrolmentRefusedError, match="expired"):
        redeem(profiles, token, AT + timedelta(days=1))
    with pytest.raises(EnrolmentRefusedError, match="no enrolment profile has this token"):
        redeem(profiles, token[::-1] + "X", AT)


def test_no_repr_shows_a_token_or_a_password() -> None:
    tenant = Tenant()
    token = tenant.make_profile("A32", wifi_ssid="bench", wifi_password="canary")
    shown = repr(list(tenant.profiles))
    assert token not in shown
    assert "canary" not in shown
    with pytest.raises(EnrolmentRefusedError) as refusal:
        tenant.enrol(token + "X", serial="R58N00001XY", imeis=(), model="SM-A325F")
    assert token not in str(refusal.value)


@pytest.mark.parametrize(("name", "mode"), [("A32", "corporateOwnedFullyManaged"), ("new", "byod")])
def test_a_profile_has_a_name_of_its_own_and_a_mode_that_there_is(name: str, mode: str) -> None:
    tenant = Tenant()
    tenant.make_profile("A32")
    with pytest.raises(ValueError, match="no profile"):
        tenant.make_profile(name, mode)


def test_a_token_of_any_length_can_be_made() -> None:
    tenant = Tenant()
    tenant.make_profile("A32", days=100_000)
    profile = tenant.profiles.named("A32")
    assert profile.token is not None
    assert profile.token.expires.year > 2100
