"""Enrolment profiles and their tokens, as Graph (beta) is published to answer of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bench.events.management import TokenKind
from hardware.simulator.intune import EnrolmentRefusedError, SimulatedIntune
from tests.peers.intune.intune_room import PROFILES, Asker, told

PREFIX = "android.app.extra.PROVISIONING_"
TOKEN_KEY = "com.google.android.apps.work.clouddpc.EXTRA_ENROLLMENT_TOKEN"
PROPERTIES = {
    "accountId": str, "id": str, "displayName": str, "description": str, "enrollmentMode": str,
    "enrollmentTokenType": str, "createdDateTime": str, "lastModifiedDateTime": str,
    "tokenValue": str, "tokenCreationDateTime": str, "tokenExpirationDateTime": str,
    "enrolledDeviceCount": int, "enrollmentTokenUsageCount": int, "qrCodeContent": str,
    "qrCodeImage": type(None), "roleScopeTagIds": list, "configureWifi": bool, "wifiSsid": str,
    "wifiPassword": str, "wifiSecurityType": str, "wifiHidden": bool,
    "isTeamsDeviceProfile": bool, "deviceNameTemplate": str,
}  # fmt: skip
"""Of the resource type androidDeviceOwnerEnrollmentProfile, all that it lists."""


async def only(asker: Asker) -> dict[str, Any]:
    found = (await asker.get(PROFILES)).json["value"]
    assert len(found) == 1
    profile: dict[str, Any] = found[0]
    return profile


def test_a_profile_has_every_published_property_with_its_type() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        token = intune.make_profile("A32", kind=TokenKind.STAGING, days=2)
        profile = await only(asker)
        assert {name: type(value) for name, value in profile.items()} == PROPERTIES
        assert profile["tokenValue"] == token
        assert profile["enrollmentMode"] == "corporateOwnedFullyManaged"
        assert profile["enrollmentTokenType"] == "deviceStaging"
        expires = datetime.fromisoformat(profile["tokenExpirationDateTime"])
        assert abs(expires - datetime.now(UTC) - timedelta(days=2)) < timedelta(minutes=2)
        single = (await asker.get(f"{PROFILES}/{profile['id']}")).json
        context = single.pop("@odata.context")
        assert context.endswith("#deviceManagement/androidDeviceOwnerEnrollmentProfiles/$entity")
        assert single == profile

    told(story)


def test_the_code_says_what_the_documentation_says_and_the_token() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        token = intune.make_profile(
            "A32", wifi_ssid="bench", wifi_password="secret", wifi_hidden=True
        )
        profile = await only(asker)
        assert json.loads(profile["qrCodeContent"]) == {
            f"{PREFIX}DEVICE_ADMIN_COMPONENT_NAME": (
                "com.google.android.apps.work.clouddpc/.receivers.CloudDeviceAdminReceiver"
            ),
            f"{PREFIX}DEVICE_ADMIN_SIGNATURE_CHECKSUM": (
                "I5YvS0O5hXY46mb01BlRjq4oJJGs2kuUcHvVkAPEXlg"
            ),
            f"{PREFIX}DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION": (
                "https://play.google.com/managed/downloadManagingApp?identifier=setup"
            ),
            f"{PREFIX}ADMIN_EXTRAS_BUNDLE": {TOKEN_KEY: token},
            f"{PREFIX}WIFI_SSID": "bench",
            f"{PREFIX}WIFI_SECURITY_TYPE": "WPA",
            f"{PREFIX}WIFI_PASSWORD": "secret",
            f"{PREFIX}WIFI_HIDDEN": True,
        }
        assert (profile["configureWifi"], profile["wifiSecurityType"]) == (True, "wpa")
        exported = json.loads(intune.export_token("A32"))
        assert exported[f"{PREFIX}ADMIN_EXTRAS_BUNDLE"] == {TOKEN_KEY: token}

    told(story)


def test_a_new_token_is_told_by_no_content_and_then_read() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        old = intune.make_profile("A32")
        name = (await only(asker))["id"]
        said = await asker.post(f"{PROFILES}/{name}/createToken", {"tokenValidityInSeconds": 3600})
        assert (said.status, said.raw) == (204, b"")
        assert "Content-Type" not in said.headers
        profile = await only(asker)
        assert profile["tokenValue"] not in {old, None}
        lasts = datetime.fromisoformat(profile["tokenExpirationDateTime"]) - datetime.fromisoformat(
            profile["tokenCreationDateTime"]
        )
        assert lasts == timedelta(hours=1)
        with pytest.raises(EnrolmentRefusedError, match="replaced"):
            intune.enrol(old, serial="R58N00001XY", imeis=(), model="SM-A325F")

    told(story)


def test_a_revoked_token_is_gone_and_the_enrolled_stay() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        token = intune.make_profile("A32")
        intune.enrol(token, serial="R58N00001XY", imeis=(), model="SM-A325F")
        name = (await only(asker))["id"]
        said = await asker.post(f"{PROFILES}('{name}')/revokeToken")
        assert (said.status, said.raw) == (204, b"")
        profile = await only(asker)
        assert (profile["tokenValue"], profile["qrCodeContent"]) == (None, None)
        assert profile["enrolledDeviceCount"] == 1
        assert list(intune.devices) == ["R58N00001XY"]
        with pytest.raises(EnrolmentRefusedError, match="revoked"):
            intune.enrol(token, serial="R58N00002XY", imeis=(), model="SM-A325F")

    told(story)


NO_LENGTHS = (
    b"{", b"{}", b"[]", b'"x"', b'{"tokenValidityInSeconds": 0}',
    b'{"tokenValidityInSeconds": true}',
    b'{"tokenValidityInSeconds": 2147483648}', b'{"tokenValidityInSeconds": "60"}', b"[" * 100_000,
)  # fmt: skip


def test_a_token_of_no_length_is_not_made() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        token = intune.make_profile("A32")
        name = (await only(asker))["id"]
        for body in NO_LENGTHS:
            said = await asker.ask("POST", f"{PROFILES}/{name}/createToken", data=body)
            assert (said.status, said.error["code"]) == (400, "BadRequest"), body
        assert intune.token("A32") == token

    told(story)


def test_a_profile_that_there_is_not_is_not_found() -> None:
    async def story(_intune: SimulatedIntune, asker: Asker) -> None:
        for said in (
            await asker.get(f"{PROFILES}/nothing"),
            await asker.post(f"{PROFILES}/nothing/createToken", {"tokenValidityInSeconds": 60}),
            await asker.post(f"{PROFILES}/nothing/revokeToken"),
        ):
            assert (said.status, said.error["code"]) == (404, "ResourceNotFound")

    told(story)


def test_profiles_are_selected_and_paged_but_not_filtered() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        for name in "abc":
            intune.make_profile(name)
        first = (await asker.get(PROFILES, select="displayName,id", top="2")).json
        assert [set(profile) for profile in first["value"]] == [{"displayName", "id"}] * 2
        rest = (await asker.ask("GET", first["@odata.nextLink"])).json
        assert [profile["displayName"] for profile in rest["value"]] == ["c"]
        assert "@odata.nextLink" not in rest
        said = await asker.get(PROFILES, filter="displayName eq 'a'")
        assert (said.status, said.error["code"]) == (400, "BadRequest")

    told(story)


def test_an_expired_token_is_still_shown_and_enrols_nobody() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        token = intune.make_profile("A32", days=-1)
        profile = await only(asker)
        assert profile["tokenValue"] == token
        assert datetime.fromisoformat(profile["tokenExpirationDateTime"]) < datetime.now(UTC)
        with pytest.raises(EnrolmentRefusedError, match="expired") as refusal:
            intune.enrol(token, serial="R58N00001XY", imeis=(), model="SM-A325F")
        assert token not in refusal.value.reason
        assert not intune.devices

    told(story)
