"""What a service gave out: checked, and every byte of it kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from bench.enrolment.payload import build, take
from bench.enrolment.profiles.profile import EnrolmentProfile, Wifi
from bench.enrolment.profiles.provisioning import PREFIX
from bench.problems import ProblemCode, ProblemError

if TYPE_CHECKING:
    from tests.bench.enrolment.payload.conftest import KeptSecrets

    Made = Callable[..., EnrolmentProfile]

GIVEN = (
    '{ "android.app.extra.PROVISIONING_DEVICE_ADMIN_COMPONENT_NAME":\n'
    '  "com.google.android.apps.work.clouddpc/.receivers.CloudDeviceAdminReceiver",\n'
    '  "android.app.extra.PROVISIONING_DEVICE_ADMIN_SIGNATURE_CHECKSUM":\n'
    '  "I5YvS0O5hXY46mb01BlRjq4oJJGs2kuUcHvVkAPEXlg",\n'
    '  "android.app.extra.PROVISIONING_NOT_KNOWN_YET": 1.50,\n'
    '  "android.app.extra.PROVISIONING_ADMIN_EXTRAS_BUNDLE":'
    '{"a\\/b":"canary-token", "n": "1"},\n'
    '  "com.example.DEEP": {"n": [1, true, null]} }\n'
)


@pytest.fixture
def bare(profile: Made) -> EnrolmentProfile:
    """A profile that asks for nothing besides."""
    made = profile()
    return EnrolmentProfile(made.name, 1, scan_back=True, steps=(), fingerprint="0" * 64)


def refused(text: str, profile: EnrolmentProfile, secrets: KeptSecrets) -> str:
    with pytest.raises(ProblemError) as raised:
        take(text, profile, secrets)
    assert raised.value.problem.code is ProblemCode.PAYLOAD_UNUSABLE
    assert raised.value.__context__ is None, "what was being read would be in the crash report"
    assert "canary" not in str(raised.value)
    return raised.value.problem.detail


def test_what_a_service_gave_is_shown_byte_for_byte(
    bare: EnrolmentProfile, secrets: KeptSecrets
) -> None:
    made = take(GIVEN, bare, secrets)
    assert made.text.text == GIVEN
    assert made.warnings == ()


def test_what_the_profile_asks_for_besides_is_put_in_and_the_rest_keeps_every_byte(
    profile: Made, secrets: KeptSecrets, wpa: Wifi
) -> None:
    asks = profile(wifi=wpa, locale="en_GB", time_zone="Europe/London")
    text = take(GIVEN, asks, secrets).text.text
    assert text.startswith(GIVEN.rstrip("} \n"))
    assert text.endswith("}\n")
    document = json.loads(text)
    assert json.loads(GIVEN).items() <= document.items()
    added = {key: value for key, value in document.items() if key not in json.loads(GIVEN)}
    assert added == {
        f"{PREFIX}WIFI_SSID": "bench",
        f"{PREFIX}WIFI_SECURITY_TYPE": "WPA",
        f"{PREFIX}WIFI_PASSWORD": "canary-password",
        f"{PREFIX}LOCALE": "en_GB",
        f"{PREFIX}TIME_ZONE": "Europe/London",
    }


def test_what_a_profile_says_for_a_code_of_its_own_is_not_put_into_a_services(
    profile: Made, secrets: KeptSecrets
) -> None:
    extras = {"LEAVE_ALL_SYSTEM_APPS_ENABLED": True}
    asks = profile({"extras": extras, "admin_extras": {"more": "text"}})
    assert take(GIVEN, asks, secrets).text.text == GIVEN


def test_a_network_in_the_services_text_stays_and_none_of_the_profiles_is_mixed_in(
    profile: Made, secrets: KeptSecrets, wpa: Wifi
) -> None:
    own = GIVEN.rstrip().removesuffix("}") + f', "{PREFIX}WIFI_SSID": "theirs"}}'
    document = json.loads(take(own, profile(wifi=wpa, locale="en_GB"), secrets).text.text)
    assert document[f"{PREFIX}WIFI_SSID"] == "theirs"
    assert f"{PREFIX}WIFI_PASSWORD" not in document
    assert document[f"{PREFIX}LOCALE"] == "en_GB"


def test_a_key_that_the_service_has_set_is_not_put_in_again(
    profile: Made, secrets: KeptSecrets
) -> None:
    own = GIVEN.rstrip().removesuffix("}") + f', "{PREFIX}LOCALE": "cy_GB"}}'
    text = take(own, profile(locale="en_GB"), secrets).text.text
    assert text == own


def test_what_cannot_be_put_in_is_refused_as_where_all_is_built(
    profile: Made, secrets: KeptSecrets
) -> None:
    assert refused(GIVEN, profile(locale="en-GB"), secrets) == "LOCALE: give it as en_GB"


def test_a_text_that_is_no_json_is_shown_as_it_came_with_a_warning(
    bare: EnrolmentProfile, secrets: KeptSecrets
) -> None:
    made = take("enrol:canary-token", bare, secrets)
    assert made.text.text == "enrol:canary-token"
    assert "shown as it came" in made.warnings[0]


def test_nothing_can_be_put_into_a_text_that_is_no_json(
    profile: Made, secrets: KeptSecrets, wpa: Wifi
) -> None:
    told = refused("enrol:canary-token", profile(wifi=wpa), secrets)
    assert told.startswith("text: it is no object of JSON")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "text: it is empty"),
        (" \n", "text: it is empty"),
        ("enrol:canary\n", "text: it has a control character"),
        ("enrol:canary\ud800", "text: it has a control character"),
        ("canary" * 500, "text: its bytes are 47 more than the 2,953"),
        ('{"canary"', "JSON: it breaks at character 10 of 9"),
        ('{"canary": "a\nb"}', "JSON: it breaks at character"),
        ('\ufeff{"canary": 1}', "JSON: it breaks at character 1"),
        ('{"a": 1, "a": "canary"}', "JSON: a key stands in it twice"),
        ('{"a": {"b": 1, "b": "canary"}}', "JSON: a key stands in it twice"),
        ('{"canary": NaN}', "JSON: it has a number that is none"),
        ('{"canary": ' + "9" * 5000 + "}", "JSON: it has a number that is too long"),
        ('{"canary":' * 20_000, "JSON: it has 200,000 characters"),
        ('{"canary":' + "[" * 90_000, "JSON: it is nested too deeply"),
        ("{}", "DEVICE_ADMIN_COMPONENT_NAME: it is missing, and always needed"),
        ('{"com.example.TOKEN": "canary"}', "DEVICE_ADMIN_COMPONENT_NAME: it is missing"),
        ('{"com.example.TOKEN": "canary\\u0000"}', "com.example.TOKEN: it has a control character"),
    ],
)
def test_a_text_that_two_readers_would_take_differently_is_refused(
    text: str, reason: str, bare: EnrolmentProfile, secrets: KeptSecrets
) -> None:
    assert refused(text, bare, secrets).startswith(reason)


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("SKIP_ENCRYPTION", True, "SKIP_ENCRYPTION: a handset is never left unencrypted"),
        ("LOCAL_TIME", 1_700_000_000_000, "LOCAL_TIME: it is out of date"),
        ("WIFI_USER_CERTIFICATE", "canary", "WIFI_USER_CERTIFICATE: a user certificate"),
        ("WIFI_HIDDEN", "true", "WIFI_HIDDEN: its value has to be true or false"),
        ("WIFI_PROXY_PORT", "8080", "WIFI_PROXY_PORT: its value has to be a whole number"),
        ("WIFI_PROXY_PORT", True, "WIFI_PROXY_PORT: its value has to be a whole number"),
        ("WIFI_PROXY_PORT", 8080.0, "WIFI_PROXY_PORT: its value has to be a whole number"),
        ("LOCALE", ["canary"], "LOCALE: its value has to be text in quotes"),
        ("ADMIN_EXTRAS_BUNDLE", "canary", "ADMIN_EXTRAS_BUNDLE: its value has to be an object"),
        ("ADMIN_EXTRAS_BUNDLE", {"a": "b", "n": 1}, "ADMIN_EXTRAS_BUNDLE: its values have to be"),
        ("ADMIN_EXTRAS_BUNDLE", {"a": {"b": "canary"}}, "ADMIN_EXTRAS_BUNDLE: its values"),
        ("ADMIN_EXTRAS_BUNDLE", {"a": None}, "ADMIN_EXTRAS_BUNDLE: its values have to be text"),
        ("DEVICE_ADMIN_SIGNATURE_CHECKSUM", "ab" * 32, "DEVICE_ADMIN_SIGNATURE_CHECKSUM: it is in"),
    ],
)
def test_a_key_that_a_handset_would_not_take_is_refused_in_a_services_text_too(
    key: str, value: Any, reason: str, bare: EnrolmentProfile, secrets: KeptSecrets
) -> None:
    document = json.loads(GIVEN) | {PREFIX + key: value}
    assert refused(json.dumps(document), bare, secrets).startswith(reason)


def test_what_is_put_in_counts_for_the_size(
    profile: Made, bare: EnrolmentProfile, secrets: KeptSecrets, wpa: Wifi
) -> None:
    document = json.loads(build(profile({"admin_extras": {"x": "y" * 2390}}), secrets).text.text)
    text = json.dumps(document)
    take(text, bare, secrets)
    assert refused(text, profile(wifi=wpa), secrets).startswith("ADMIN_EXTRAS_BUNDLE: it takes mos")
