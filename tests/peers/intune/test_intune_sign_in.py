"""The simulated identity platform answers as the v2.0 endpoints are published to."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from hardware.simulator.intune import SimulatedIntune
from tests.peers.intune.intune_room import (
    DEVICE_GRANT,
    DEVICES,
    SCOPE,
    Asker,
    Said,
    assertion,
    thumbprint_of,
    told,
)

READ = "https://graph.microsoft.com/DeviceManagementManagedDevices.Read.All"


def refused(said: Said) -> tuple[int, str, int]:
    """The status, the error and the AADSTS number, once the whole body is as published."""
    body = said.json
    stamp = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ"
    assert set(body) - {"suberror"} == {
        "error", "error_description", "error_codes", "timestamp", "trace_id", "correlation_id",
        "error_uri",
    }  # fmt: skip
    number = body["error_codes"][0]
    assert re.fullmatch(stamp, body["timestamp"])
    assert re.fullmatch(
        rf"AADSTS{number}: .+\r\nTrace ID: {body['trace_id']}\r\n"
        rf"Correlation ID: {body['correlation_id']}\r\nTimestamp: {stamp}",
        body["error_description"],
    )
    return said.status, body["error"], number


def test_a_registered_key_is_given_a_bearer_token_that_graph_takes() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        said = await asker.by_assertion(assertion(intune))
        body = said.json
        assert said.status == 200
        assert set(body) == {"token_type", "expires_in", "ext_expires_in", "access_token"}
        assert (body["token_type"], body["expires_in"]) == ("Bearer", 3599)
        asker.token = body["access_token"]
        assert (await asker.get(DEVICES)).status == 200

    told(story, signed_in=False)


def test_the_older_signature_and_name_of_the_certificate_are_still_taken() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        for header in ({"x5t": thumbprint_of(intune)}, {"x5t": thumbprint_of(intune) + "="}):
            old = assertion(intune, algorithm="RS256", header=header)
            assert (await asker.by_assertion(old)).status == 200
        realm = assertion(intune, aud=f"{intune.address.authority}/v2.0")
        assert (await asker.by_assertion(realm)).status == 200

    told(story, signed_in=False)


def test_another_key_is_no_proof_under_any_name() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        other = rsa.generate_private_key(65537, 2048)
        unknown = await asker.by_assertion(assertion(intune, key=other, header={"x5t": "AAAA"}))
        assert refused(unknown) == (401, "invalid_client", 700027)
        assert "key was not found" in unknown.json["error_description"]
        forged = await asker.by_assertion(assertion(intune, key=other))
        assert refused(forged) == (401, "invalid_client", 700027)
        assert "did not match" in forged.json["error_description"]
        nameless = await asker.by_assertion(assertion(intune, header={}))
        assert refused(nameless) == (400, "invalid_request", 50027)

    told(story, signed_in=False)


@pytest.mark.parametrize(
    ("claims", "number"),
    [
        ({"exp": datetime.now(UTC) - timedelta(days=1)}, 700024),
        ({"nbf": datetime.now(UTC) + timedelta(days=1)}, 700024),
        ({"aud": "https://login.example.test/token"}, 700023),
        ({"iss": "somebody else"}, 700021),
        ({"sub": "somebody else"}, 700021),
    ],
)
def test_what_an_assertion_claims_must_be_so(claims: dict[str, Any], number: int) -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        said = await asker.by_assertion(assertion(intune, **claims))
        assert refused(said) == (401, "invalid_client", number)

    told(story, signed_in=False)


@pytest.mark.parametrize("wrong", [timedelta(days=1), timedelta(days=-1)])
def test_a_clock_that_is_a_day_off_proves_nothing_and_shows_in_the_date(wrong: timedelta) -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        intune.faults.skew = wrong
        said = await asker.by_assertion(assertion(intune))
        assert refused(said) == (401, "invalid_client", 700024)
        shown = parsedate_to_datetime(said.headers["Date"])
        assert abs(shown - datetime.now(UTC) - wrong) < timedelta(minutes=2)
        intune.faults.skew = timedelta(minutes=4) if wrong > timedelta() else timedelta(minutes=-4)
        assert (await asker.by_assertion(assertion(intune))).status == 200

    told(story, signed_in=False)


GARBAGE = (
    "x",
    "a.b.c",
    "é.é.é",
    "..",
    "e30.e30.e30",
    "W10.W10.W10",
    "[" * 40_000,
    "e30.e30.e30.e30",
)


def test_what_is_no_assertion_is_malformed() -> None:
    async def story(_intune: SimulatedIntune, asker: Asker) -> None:
        for garbage in GARBAGE:
            assert refused(await asker.by_assertion(garbage)) == (400, "invalid_request", 50027)

    told(story, signed_in=False)


def test_times_that_are_none_are_malformed() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        claims: list[dict[str, Any]] = [{"exp": 1e300}, {"exp": None}, {"nbf": "soon"}]
        for claim in claims:
            sound = assertion(intune)
            said = json.dumps(jwt.decode(sound, options={"verify_signature": False}) | claim)
            header = jwt.get_unverified_header(sound)
            key = intune.address.key.partition("-----BEGIN CERT")[0]
            changed = jwt.api_jws.encode(said.encode(), key, "PS256", headers=header)
            assert refused(await asker.by_assertion(changed)) == (400, "invalid_request", 50027)

    told(story, signed_in=False)


QUESTIONS: list[tuple[dict[str, str], tuple[int, str, int]]] = [
    ({"client_id": "nobody"}, (400, "unauthorized_client", 700016)),
    ({"client_id": ""}, (400, "invalid_request", 900144)),
    ({"grant_type": ""}, (400, "invalid_request", 900144)),
    ({"grant_type": "password"}, (400, "unsupported_grant_type", 70003)),
    ({"client_assertion": ""}, (401, "invalid_client", 7000218)),
    ({"client_assertion_type": "jwt"}, (401, "invalid_client", 7000218)),
    ({"scope": ""}, (400, "invalid_request", 900144)),
    ({"scope": READ}, (400, "invalid_scope", 1002012)),
    ({"scope": "https://vault.example.test/.default"}, (400, "invalid_resource", 500011)),
]


def test_a_question_that_is_not_whole_is_refused_as_published() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        for changed, expected in QUESTIONS:
            said = await asker.by_assertion(assertion(intune), **changed)
            assert refused(said) == expected, changed

    told(story, signed_in=False)


def test_an_unknown_tenant_has_no_sign_in() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        root = intune.address.graph.removesuffix("/beta")
        for way in ("oauth2/v2.0/token", "v2.0/.well-known/openid-configuration"):
            said = await asker.ask("POST", f"{root}/elsewhere.example.test/{way}")
            assert refused(said) == (400, "invalid_request", 90002)

    told(story, signed_in=False)


def test_the_callers_own_number_comes_back() -> None:
    async def story(_intune: SimulatedIntune, asker: Asker) -> None:
        own = "11111111-2222-4333-8444-555555555555"
        said = await asker.ask(
            "POST", f"{asker.sign_in_url}/token", headers={"client-request-id": own}
        )
        assert said.json["correlation_id"] == own

    told(story, signed_in=False)


def test_discovery_says_where_everything_is() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        authority = intune.address.authority
        said = (await asker.get(f"{authority}/v2.0/.well-known/openid-configuration")).json
        assert said["issuer"] == f"{authority}/v2.0"
        assert said["token_endpoint"] == f"{authority}/oauth2/v2.0/token"
        assert said["device_authorization_endpoint"] == f"{authority}/oauth2/v2.0/devicecode"

    told(story, signed_in=False)


async def device_code(asker: Asker, scope: str = f"{READ} openid offline_access") -> dict[str, Any]:
    said = await asker.form("devicecode", client_id=asker.intune.client, scope=scope)
    assert said.status == 200
    body: dict[str, Any] = said.json
    return body


async def redeem(asker: Asker, code: str) -> Said:
    return await asker.form(
        "token", grant_type=DEVICE_GRANT, client_id=asker.intune.client, device_code=code
    )


def test_a_person_signs_in_by_a_device_code() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        code = await device_code(asker)
        assert set(code) == {
            "user_code", "device_code", "verification_uri", "expires_in", "interval", "message",
        }  # fmt: skip
        assert code["expires_in"] == 900
        assert code["user_code"] in code["message"]
        pending = await redeem(asker, code["device_code"])
        assert refused(pending) == (400, "authorization_pending", 70016)
        intune.approve_device_code(code["user_code"], "somebody@training.example")
        given = (await redeem(asker, code["device_code"])).json
        assert given["scope"] == READ
        again = await redeem(asker, code["device_code"])
        assert refused(again) == (400, "invalid_grant", 54005)
        await who(intune, asker, given["id_token"])
        asker.token = given["access_token"]
        assert (await asker.get(DEVICES)).status == 200

    told(story, signed_in=False)


async def who(intune: SimulatedIntune, asker: Asker, id_token: str) -> None:
    """The ID token is signed with a key of the key set, and says who it is."""
    keys = (await asker.get(f"{intune.address.authority}/discovery/v2.0/keys")).json
    key = jwt.PyJWKSet.from_dict(keys)[jwt.get_unverified_header(id_token)["kid"]]
    claims = jwt.decode(
        id_token, key, ["RS256"], audience=intune.client, issuer=f"{intune.address.authority}/v2.0"
    )
    assert claims["preferred_username"] == "somebody@training.example"


def test_whoever_asks_too_often_is_told_to_slow_down() -> None:
    async def story(_intune: SimulatedIntune, asker: Asker) -> None:
        code = (await device_code(asker))["device_code"]
        assert refused(await redeem(asker, code))[1] == "authorization_pending"
        assert refused(await redeem(asker, code)) == (400, "slow_down", 70021)

    told(story, signed_in=False, interval=60)


def test_a_device_code_is_declined_unknown_or_expired() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        declined, late = await device_code(asker), await device_code(asker)
        intune.decline_device_code(declined["user_code"])
        said = await redeem(asker, declined["device_code"])
        assert refused(said)[:2] == (400, "authorization_declined")
        said = await redeem(asker, "nothing")
        assert refused(said)[:2] == (400, "bad_verification_code")
        intune.faults.skew = timedelta(minutes=16)
        said = await redeem(asker, late["device_code"])
        assert refused(said)[:2] == (400, "expired_token")
        with pytest.raises(KeyError):
            intune.approve_device_code("NO-SUCH")

    told(story, signed_in=False)


def test_a_refresh_token_is_good_until_it_is_taken_back() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        code = await device_code(asker)
        intune.approve_device_code(code["user_code"])
        first = (await redeem(asker, code["device_code"])).json
        fields = {
            "grant_type": "refresh_token",
            "client_id": intune.client,
            "refresh_token": first["refresh_token"],
        }
        second = (await asker.form("token", **fields)).json
        assert second["access_token"] != first["access_token"]
        assert second["refresh_token"] != first["refresh_token"]
        intune.faults.skew = timedelta(days=91)
        assert refused(await asker.form("token", **fields)) == (400, "invalid_grant", 700082)
        intune.void_tokens()
        assert refused(await asker.form("token", **fields)) == (400, "invalid_grant", 70000)

    told(story, signed_in=False)


def test_nobody_is_given_more_than_an_administrator_consented_to() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        intune.granted.clear()
        code = await device_code(asker, SCOPE)
        intune.approve_device_code(code["user_code"])
        said = await redeem(asker, code["device_code"])
        assert refused(said) == (400, "invalid_grant", 65001)
        assert said.json["suberror"] == "consent_required"

    told(story, signed_in=False)


def test_without_offline_access_and_openid_there_is_neither_refresh_nor_id_token() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        code = await device_code(asker, READ)
        intune.approve_device_code(code["user_code"])
        given = (await redeem(asker, code["device_code"])).json
        assert not {"refresh_token", "id_token"} & set(given)

    told(story, signed_in=False)
