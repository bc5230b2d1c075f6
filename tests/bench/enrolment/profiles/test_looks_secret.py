"""What looks like a secret in a profile is refused, and repeated nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.enrolment.profiles.profile_texts import BY_CODE, changed, faults

SECRET = "canary-Tr0ub4dor-3"


@pytest.mark.parametrize(
    "query",
    [
        f"?token={SECRET}", "?a=1&sig=x", "?X-Amz-Signature=x", "?pwd=x", "?et=x",
        "?access_key=x", "?v=Zk3vQ9aLm2Xc7Rt5Yb8N", "?Zk3vQ9aLm2Xc7Rt5Yb8N", "#access_token=x",
        "?v=3f9a0c44d1e84b7aa0c3f9a0c44d1e84", "?a=1;auth=x", "?v=eyJhbGciOi.eyJzdWIiOiIx.c2ln",
        "?%74oken=x",
    ],
)  # fmt: skip
def test_an_address_with_what_looks_like_a_secret_is_refused_and_not_repeated(
    tmp_path: Path, query: str
) -> None:
    (found,) = faults(tmp_path, changed(BY_CODE, "?identifier=setup", query))
    assert (found.key, "looks like a secret" in found.remedy) == ("download", True)
    assert query not in str(found)


@pytest.mark.parametrize(
    "rest", ["", "?identifier=setup", "?version=2026.11.3&abi=arm64-v8a", "?file=agent-release.apk",
             "?id=6f9619ff-8b86-d011-b42d-00c04fc964ff", "#latest", "?q", "?country=GB&design=1"],
)  # fmt: skip
def test_an_address_without_a_secret_is_taken(tmp_path: Path, rest: str) -> None:
    assert faults(tmp_path, changed(BY_CODE, "?identifier=setup", rest)) == ()


@pytest.mark.parametrize(
    "key", ["enrolment_key", "API-KEY", "clientSecret", "PassPhrase", "org.example.PWD", "user.pin"]
)
def test_no_further_text_for_the_app_is_a_secret_by_its_name(tmp_path: Path, key: str) -> None:
    (found,) = faults(tmp_path, changed(BY_CODE, '"org.example.GROUP"', f'"{key}"'))
    assert (found.key, found.remedy[:27]) == (key, "never write a secret here: ")


@pytest.mark.parametrize("key", ["org.example.KEYBOARD", "shipping", "org.example.Design", "zip"])
def test_what_only_sounds_like_a_secret_is_taken(tmp_path: Path, key: str) -> None:
    assert faults(tmp_path, changed(BY_CODE, '"org.example.GROUP"', f'"{key}"')) == ()


@pytest.mark.parametrize("rest", [f"?token={SECRET}", "#access_token=x"])
@pytest.mark.parametrize("host", ["proxy.example", "user:word@proxy.example"])
def test_no_address_among_the_extras_has_a_secret(tmp_path: Path, host: str, rest: str) -> None:
    address = f"http://{host}/a.pac"
    usual = "LEAVE_ALL_SYSTEM_APPS_ENABLED = true"
    told = faults(tmp_path, changed(BY_CODE, usual, f'WIFI_PAC_URL = "{address}{rest}"'))
    assert [(fault.key, fault.remedy) for fault in told] == [
        ("WIFI_PAC_URL", "leave out what looks like a secret")
    ]
    bare = faults(tmp_path, changed(BY_CODE, usual, f'WIFI_PAC_URL = "{address}"'))
    assert len(bare) == ("@" in host)


def test_what_is_no_address_is_no_secret(tmp_path: Path) -> None:
    text = changed(BY_CODE, "LEAVE_ALL_SYSTEM_APPS_ENABLED = true", 'WIFI_PROXY_HOST = "http://["')
    assert faults(tmp_path, text) == ()
