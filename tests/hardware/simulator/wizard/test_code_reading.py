"""What a set-up wizard makes of the text in a code, read as strictly as Android reads it."""

from __future__ import annotations

from typing import Any

import pytest

from hardware.simulator.wizard.provisioning import (
    LONGEST,
    CodeRefusedError,
    WantedNetwork,
    read_code,
    read_custom_json,
)
from tests.hardware.simulator.wizard.codes import INTUNE, PREFIX, TOKEN_KEY, code


def refusal(text: str) -> str:
    with pytest.raises(CodeRefusedError) as refused:
        read_code(text)
    assert "canary" not in refused.value.screen
    return refused.value.screen


def test_intunes_code_with_a_network_is_read() -> None:
    read = read_code(code(LOCALE="en_GB", TIME_ZONE="Europe/London"))
    assert read.admin == INTUNE["DEVICE_ADMIN_COMPONENT_NAME"]
    assert read.checksum == INTUNE["DEVICE_ADMIN_SIGNATURE_CHECKSUM"]
    assert (read.token, read.locale, read.time_zone) == ("canary-token", "en_GB", "Europe/London")
    assert read.network == WantedNetwork("bench", "WPA", "canary-password")
    assert not read.keeps_system_apps
    assert read_code(code(LEAVE_ALL_SYSTEM_APPS_ENABLED=True)).keeps_system_apps


def test_what_was_read_shows_no_secret() -> None:
    assert "canary" not in repr(read_code(code()))


def test_a_code_without_network_asks_for_one() -> None:
    wifi = ("WIFI_SSID", "WIFI_SECURITY_TYPE", "WIFI_PASSWORD")
    assert read_code(code(without=wifi)).network is None


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '"x"', "nonsense", "{" * 20_000, '{"a": NaN}', "{'a': 1}", "\ud800"],
)
def test_what_is_no_json_object_cannot_be_read(text: str) -> None:
    assert refusal(text).startswith("Can't read this code")


def test_a_key_that_is_there_twice_cannot_be_read() -> None:
    twice = code()[:-1] + f', "{PREFIX}LOCALE": "en_GB", "{PREFIX}LOCALE": "de_DE"}}'
    assert refusal(twice) == "Can't read this code: it is no JSON"


def test_more_than_the_largest_code_holds_cannot_be_read() -> None:
    room = LONGEST - len(code(WIFI_CA_CERTIFICATE=""))
    assert read_code(code(WIFI_CA_CERTIFICATE="A" * room))
    assert refusal(code(WIFI_CA_CERTIFICATE="A" * (room + 1))) == "Can't read this code"


@pytest.mark.parametrize("checksum", [
    "23962f4b43b9857638ea66f4d419518eae2824919ada4b94707bd59003c45e58",
    "I5YvS0O5hXY46mb01BlRjq4oJJGs2kuUcHvVkAPEXl",
    "I5YvS0O5hXY46mb01BlRjq4oJJGs2kuUcHvVkAPE+lg",
    "",
])  # fmt: skip
def test_a_checksum_in_hex_or_cut_is_a_checksum_error(checksum: str) -> None:
    said = refusal(code(DEVICE_ADMIN_SIGNATURE_CHECKSUM=checksum))
    assert said == "Can't set up device: checksum error"


def test_one_checksum_is_needed_and_not_two() -> None:
    package: dict[str, Any] = {
        "DEVICE_ADMIN_PACKAGE_CHECKSUM": INTUNE["DEVICE_ADMIN_SIGNATURE_CHECKSUM"]
    }
    assert read_code(code(without=("DEVICE_ADMIN_SIGNATURE_CHECKSUM",), **package)).checksum
    assert "checksum error" in refusal(code(**package))
    assert "checksum error" in refusal(code(without=("DEVICE_ADMIN_SIGNATURE_CHECKSUM",)))
    nothing = ("DEVICE_ADMIN_SIGNATURE_CHECKSUM", "DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION")
    assert read_code(code(without=nothing)).checksum == ""


def test_padding_of_a_checksum_is_no_matter() -> None:
    checksum = INTUNE["DEVICE_ADMIN_SIGNATURE_CHECKSUM"]
    assert read_code(code(DEVICE_ADMIN_SIGNATURE_CHECKSUM=checksum + "=")).checksum == checksum


@pytest.mark.parametrize(("key", "value"), [
    ("WIFI_HIDDEN", "true"),
    ("LEAVE_ALL_SYSTEM_APPS_ENABLED", 1),
    ("WIFI_PROXY_PORT", "8080"),
    ("WIFI_PROXY_PORT", True),
    ("LOCALE", None),
    ("ADMIN_EXTRAS_BUNDLE", "text"),
    ("DEVICE_ADMIN_MINIMUM_VERSION_CODE", 1.5),
])  # fmt: skip
def test_each_key_takes_its_own_type_only(key: str, value: Any) -> None:
    assert refusal(code(**{key: value})) == f"Can't set up device: {key} is of the wrong type"


def test_a_bundle_holds_strings_only() -> None:
    assert "wrong type" in refusal(code(ADMIN_EXTRAS_BUNDLE={TOKEN_KEY: 5}))


@pytest.mark.parametrize("key", ["SKIP_USER_SETUP", "SERIAL_NUMBER", "wifi_ssid", "TOKEN"])
def test_what_android_would_ignore_in_silence_is_said(key: str) -> None:
    extra: dict[str, Any] = {key: "x"}
    assert refusal(code(**extra)) == "Can't set up device: a key is unknown"


def test_a_key_without_its_prefix_is_unknown() -> None:
    bare = code()[:-1] + ', "LOCALE": "en_GB"}'
    assert refusal(bare) == "Can't set up device: a key is unknown"


@pytest.mark.parametrize("component", ["", "org.example", "org.example/", "/.Receiver", "a b/.R"])
def test_an_admin_is_a_receiver_in_a_package(component: str) -> None:
    said = refusal(code(DEVICE_ADMIN_COMPONENT_NAME=component))
    assert said == "Can't set up device: no admin app is named"


@pytest.mark.parametrize("keys", [
    {"WIFI_SSID": ""},
    {"WIFI_SECURITY_TYPE": "WPA3"},
    {"WIFI_SECURITY_TYPE": "wpa"},
])  # fmt: skip
def test_a_network_has_a_name_and_a_security_that_android_knows(keys: dict[str, Any]) -> None:
    assert "Wi-Fi network" in refusal(code(**keys))


@pytest.mark.parametrize("keys", [
    {"LOCALE": "en-GB"}, {"LOCALE": ""}, {"TIME_ZONE": "Nowhere/Land"}, {"TIME_ZONE": ""},
    {"TIME_ZONE": "../../etc/passwd"},
])  # fmt: skip
def test_a_locale_or_time_zone_that_is_none_is_said(keys: dict[str, Any]) -> None:
    assert refusal(code(**keys)) == f"Can't set up device: {next(iter(keys))} is none"


def test_an_app_is_loaded_from_the_web() -> None:
    said = refusal(code(DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION="file:///data/app.apk"))
    assert "no address" in said


def test_a_portal_hands_over_the_inner_object_alone() -> None:
    assert read_custom_json(f'{{"{TOKEN_KEY}": "canary-token"}}') == "canary-token"
    with pytest.raises(CodeRefusedError):
        read_custom_json(f'{{"{TOKEN_KEY}": 1}}')
    with pytest.raises(CodeRefusedError):
        read_custom_json("canary")
