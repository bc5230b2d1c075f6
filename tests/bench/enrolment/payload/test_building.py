"""What is built from a profile: the payload as Microsoft shows it; a reason for each refusal."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from bench.enrolment.payload import build
from bench.enrolment.profiles.profile import EnrolmentProfile, Wifi, WifiSecurity
from bench.enrolment.profiles.provisioning import PREFIX
from bench.problems import ProblemCode, ProblemError

if TYPE_CHECKING:
    from tests.bench.enrolment.payload.conftest import KeptSecrets

    Made = Callable[..., EnrolmentProfile]

MICROSOFT = (
    '{"android.app.extra.PROVISIONING_DEVICE_ADMIN_COMPONENT_NAME":'
    '"com.google.android.apps.work.clouddpc/.receivers.CloudDeviceAdminReceiver",'
    '"android.app.extra.PROVISIONING_DEVICE_ADMIN_SIGNATURE_CHECKSUM":'
    '"I5YvS0O5hXY46mb01BlRjq4oJJGs2kuUcHvVkAPEXlg",'
    '"android.app.extra.PROVISIONING_DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION":'
    '"https://play.google.com/managed/downloadManagingApp?identifier=setup",'
    '"android.app.extra.PROVISIONING_ADMIN_EXTRAS_BUNDLE":'
    '{"com.google.android.apps.work.clouddpc.EXTRA_ENROLLMENT_TOKEN":"A1b2C3d4E5f6G7h8J9k0"}}'
)
CANARY = "canary"


def refused(profile: EnrolmentProfile, secrets: KeptSecrets, **flags: bool) -> str:
    with pytest.raises(ProblemError) as raised:
        build(profile, secrets, **flags)
    assert raised.value.problem.code is ProblemCode.PAYLOAD_UNUSABLE
    assert raised.value.__context__ is None, "what was being read would be in the crash report"
    return raised.value.problem.detail


def test_intunes_payload_is_byte_for_byte_what_microsoft_shows_minified(
    profile: Made, secrets: KeptSecrets
) -> None:
    assert build(profile(), secrets).text.text == MICROSOFT


def test_the_keys_of_a_whole_payload_stand_in_one_order(
    profile: Made, secrets: KeptSecrets, wpa: Wifi
) -> None:
    extras = {"SUPPORTED_MODES": 1, "LEAVE_ALL_SYSTEM_APPS_ENABLED": True}
    made = profile({"extras": extras}, wifi=wpa, locale="en_GB", time_zone="Europe/London")
    document = json.loads(build(made, secrets).text.text)
    assert [key.removeprefix(PREFIX) for key in document] == [
        "DEVICE_ADMIN_COMPONENT_NAME",
        "DEVICE_ADMIN_SIGNATURE_CHECKSUM",
        "DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION",
        "ADMIN_EXTRAS_BUNDLE",
        "WIFI_SSID",
        "WIFI_SECURITY_TYPE",
        "WIFI_PASSWORD",
        "LOCALE",
        "TIME_ZONE",
        "LEAVE_ALL_SYSTEM_APPS_ENABLED",
        "SUPPORTED_MODES",
    ]
    assert document[f"{PREFIX}WIFI_PASSWORD"] == "canary-password"
    assert document[f"{PREFIX}LEAVE_ALL_SYSTEM_APPS_ENABLED"] is True


def test_a_name_that_is_not_ascii_is_written_so_that_no_reader_guesses_an_encoding(
    profile: Made, secrets: KeptSecrets
) -> None:
    text = build(profile(wifi=Wifi("Bürö £")), secrets).text.text
    assert text.isascii()
    assert json.loads(text)[f"{PREFIX}WIFI_SSID"] == "Bürö £"


def test_a_network_is_quoted_and_hidden_only_where_that_is_asked_for(
    profile: Made, secrets: KeptSecrets
) -> None:
    def network(**flags: Any) -> Any:
        hidden = flags.pop("hidden", False)
        made = profile(wifi=Wifi("bench", hidden=hidden))
        found = json.loads(build(made, secrets, **flags).text.text)
        return found[f"{PREFIX}WIFI_SSID"], found.get(f"{PREFIX}WIFI_HIDDEN")

    assert network() == ("bench", None)
    assert network(quoted_ssid=True) == ('"bench"', None)
    assert network(hidden=True) == ("bench", True)
    longest = profile(wifi=Wifi("b" * 32))
    assert build(longest, secrets, quoted_ssid=True), "its quotes are none of its 32 bytes"


def test_further_extras_of_the_management_app_go_into_its_bundle_beside_the_token(
    profile: Made, secrets: KeptSecrets
) -> None:
    made = profile({"admin_extras": {"org.example.zone": "b", "org.example.area": "a"}})
    bundle = json.loads(build(made, secrets).text.text)[f"{PREFIX}ADMIN_EXTRAS_BUNDLE"]
    assert list(bundle) == ["org.example.area", "org.example.zone", made.payload.token_key]  # type: ignore[union-attr]


def test_a_secret_that_the_bench_has_not_is_named(profile: Made, secrets: KeptSecrets) -> None:
    with pytest.raises(ProblemError) as raised:
        build(profile({"token": "other-token"}), secrets)
    assert raised.value.problem.code is ProblemCode.SECRET_MISSING


def test_no_repr_shows_what_the_code_says(profile: Made, secrets: KeptSecrets, wpa: Wifi) -> None:
    made = build(profile(wifi=wpa), secrets)
    assert CANARY not in repr(made)
    assert "A1b2" not in repr(made)


def test_a_profile_without_a_payload_builds_none(profile: Made, secrets: KeptSecrets) -> None:
    bare = dataclasses.replace(profile(), payload=None)
    assert refused(bare, secrets) == "payload: the profile has no section [payload]"


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({"component": ""}, "DEVICE_ADMIN_COMPONENT_NAME: it is missing, and always needed"),
        ({"component": "com.example.app"}, "DEVICE_ADMIN_COMPONENT_NAME: give it as package/.Rec"),
        ({"component": "a b/.C"}, "DEVICE_ADMIN_COMPONENT_NAME: give it as package/.Receiver"),
        ({"checksum": ""}, "DEVICE_ADMIN_SIGNATURE_CHECKSUM: what is downloaded needs it"),
        ({"checksum": "23962F4B" * 8}, "DEVICE_ADMIN_SIGNATURE_CHECKSUM: it is in hex"),
        ({"checksum": ":".join(["4f"] * 32)}, "DEVICE_ADMIN_SIGNATURE_CHECKSUM: it is in hex"),
        ({"checksum": ":".join(["4f"] * 20)}, "DEVICE_ADMIN_SIGNATURE_CHECKSUM: it is in hex"),
        (
            {"checksum": "I5YvS0O5hXY46mb01BlRjq4oJJGs2kuUcHvVkAPEXlg="},
            "DEVICE_ADMIN_SIGNATURE_CHECKSUM: leave out the = at its end",
        ),
        (
            {"checksum": "I5YvS0O5hXY46mb01BlRjq4oJJGs2kuUcHvVkAPEX+g"},
            "DEVICE_ADMIN_SIGNATURE_CHECKSUM: it is in plain Base64",
        ),
        (
            {"checksum": "qqqqqqqqqqqqqqqqqqqqqqqqqqo"},
            "DEVICE_ADMIN_SIGNATURE_CHECKSUM: it has 20 bytes, SHA-256 has 32",
        ),
        (
            {"checksum": "I5YvS0O5hXY46mb01BlRjq4oJJGs2kuUcHvVkAPEXlh"},  # bits left over
            "DEVICE_ADMIN_SIGNATURE_CHECKSUM: it is no URL-safe Base64",
        ),
        ({"checksum": "£" * 43}, "DEVICE_ADMIN_SIGNATURE_CHECKSUM: it is no URL-safe Base64"),
        ({"download": "ftp://x/y"}, "DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION: give an address"),
        ({"token_key": ""}, "token_key: say under which key"),
        ({"extras": {"SKIP_ENCRYPTION": True}}, "SKIP_ENCRYPTION: a handset is never left unenc"),
        ({"extras": {"LOCAL_TIME": 1}}, "LOCAL_TIME: it is out of date when the code is read"),
        ({"extras": {"WIFI_USER_CERTIFICATE": "x"}}, "WIFI_USER_CERTIFICATE: a user certificate"),
        ({"extras": {"IMEI": "004400000000018"}}, "IMEI: Android hands it to the management app"),
        ({"extras": {"SUPPORTED_MODES": True}}, "SUPPORTED_MODES: give a whole number"),
        ({"extras": {"ALLOW_OFFLINE": "yes"}}, "ALLOW_OFFLINE: give true or false"),
        ({"extras": {"WIFI_PROXY_PORT": "8080"}}, "WIFI_PROXY_PORT: give a whole number"),
        ({"extras": {"WIFI_PROXY_PORT": 8080}}, "WIFI_PROXY_PORT: there is no WIFI_SSID"),
        ({"extras": {"WIFI_SSID": "x"}}, "WIFI_SSID: give it as [wifi] ssid"),
        ({"extras": {"ALOW_OFFLINE": True}}, "ALOW_OFFLINE: Android knows no provisioning key"),
        ({"admin_extras": {"a": "x\x07y"}}, "ADMIN_EXTRAS_BUNDLE: it has a control character"),
    ],
)
def test_what_no_handset_can_use_is_refused_by_key_with_one_reason(
    payload: dict[str, Any], reason: str, profile: Made, secrets: KeptSecrets
) -> None:
    assert refused(profile(payload), secrets).startswith(reason)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"locale": "en-GB"}, "LOCALE: give it as en_GB"),
        ({"locale": "english"}, "LOCALE: give it as en_GB"),
        ({"time_zone": "Europe London"}, "TIME_ZONE: give an Olson name"),
        ({"wifi": Wifi("")}, "WIFI_SSID: a network's name has 1 to 32 bytes"),
        ({"wifi": Wifi("ü" * 17)}, "WIFI_SSID: a network's name has 1 to 32 bytes"),
        ({"wifi": Wifi("a\tb")}, "WIFI_SSID: it has a control character"),
        ({"wifi": Wifi("a\ud800b")}, "WIFI_SSID: it has a control character"),
        ({"wifi": Wifi("b", WifiSecurity.WPA)}, "WIFI_PASSWORD: a network with WPA needs one"),
        ({"wifi": Wifi("b", WifiSecurity.WEP)}, "WIFI_PASSWORD: a network with WEP needs one"),
        ({"wifi": Wifi("b", WifiSecurity.NONE, "bench-wifi")}, "WIFI_PASSWORD: the network is op"),
        ({"wifi": Wifi("b", WifiSecurity.WPA, "short")}, "WIFI_PASSWORD: for WPA it has 8 to 63"),
        ({"wifi": Wifi("b", WifiSecurity.WPA, "long")}, "WIFI_PASSWORD: for WPA it has 8 to 63"),
        ({"wifi": Wifi("b", WifiSecurity.EAP)}, "WIFI_EAP_METHOD: give one of PEAP, TTLS"),
        (
            {"wifi": Wifi("b", WifiSecurity.EAP, eap={"EAP_METHOD": "TLS"})},
            "WIFI_EAP_METHOD: TLS takes a user certificate, and that fits into no code",
        ),
        (
            {"wifi": Wifi("b", WifiSecurity.EAP, eap={"USER_CERTIFICATE": "x"})},
            "WIFI_USER_CERTIFICATE: a user certificate and its key fit into no code",
        ),
        (
            {"wifi": Wifi("b", WifiSecurity.EAP, eap={"PASSWORT": "x"})},
            "WIFI_PASSWORT: [wifi] eap takes only EAP_METHOD",
        ),
        (
            {"wifi": Wifi("b", WifiSecurity.WPA, "bench-wifi", eap={"EAP_METHOD": "PEAP"})},
            "WIFI_SECURITY_TYPE: [wifi] eap is for security EAP only",
        ),
    ],
)
def test_a_network_or_a_place_that_cannot_be_is_refused_by_key(
    changes: dict[str, Any], reason: str, profile: Made, secrets: KeptSecrets
) -> None:
    secrets.kept |= {"short": "canary1", "long": "canary" * 11}
    told = refused(profile(**changes), secrets)
    assert told.startswith(reason)
    assert CANARY not in told


def test_a_wpa_key_in_hex_and_the_longest_passphrase_pass(
    profile: Made, secrets: KeptSecrets
) -> None:
    for password in ("0f" * 32, "x" * 63, "x" * 8):
        secrets.kept["bench-wifi"] = password
        wifi = Wifi("bench", WifiSecurity.WPA, "bench-wifi")
        assert password in build(profile(wifi=wifi), secrets).text.text
