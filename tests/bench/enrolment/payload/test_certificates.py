"""The certificate of a network's authority, and a payload that it makes too large."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from bench.enrolment.payload import build
from bench.enrolment.profiles.profile import EnrolmentProfile, Wifi, WifiSecurity
from bench.problems import ProblemCode, ProblemError

if TYPE_CHECKING:
    from tests.bench.enrolment.payload.conftest import KeptSecrets

    Made = Callable[..., EnrolmentProfile]


def eap(certificate: str) -> Wifi:
    keys = {"EAP_METHOD": "PEAP", "PHASE2_AUTH": "MSCHAPV2", "IDENTITY": "bench"}
    keys |= {"DOMAIN": "bench.example", "CA_CERTIFICATE": certificate}
    return Wifi("bench-eap", WifiSecurity.EAP, "bench-wifi", eap=keys)


def refused(profile: EnrolmentProfile, secrets: KeptSecrets) -> str:
    with pytest.raises(ProblemError) as raised:
        build(profile, secrets)
    assert raised.value.problem.code is ProblemCode.PAYLOAD_UNUSABLE
    assert raised.value.__context__ is None
    return raised.value.problem.detail


def test_a_certificate_on_one_line_goes_in_as_it_is(
    profile: Made, secrets: KeptSecrets, authority: Callable[[int], str]
) -> None:
    certificate = authority(600)
    assert certificate in build(profile(wifi=eap(certificate)), secrets).text.text


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda c: f"-----BEGIN CERTIFICATE----- {c} -----END CERTIFICATE-----", "it is PEM"),
        (lambda c: f"-----BEGIN CERTIFICATE-----\n{c}\n-----END CERTIFICATE-----", "it is PEM"),
        (lambda c: "\n".join(textwrap.wrap(c, 64)), "give it on one line, without spaces"),
        (lambda c: f"{c[:64]} {c[64:]}", "give it on one line, without spaces"),
        (lambda c: c.replace("A", "-"), "it is no Base64"),
        (lambda c: c[:-9], "it is no Base64"),
        (lambda c: c[:400], "it is no X.509 certificate in DER"),
        (lambda _: "", "it is no X.509 certificate in DER"),
    ],
)
def test_a_certificate_in_another_form_is_told_by_what_it_is(
    spoil: Callable[[str], str],
    reason: str,
    profile: Made,
    secrets: KeptSecrets,
    authority: Callable[[int], str],
) -> None:
    told = refused(profile(wifi=eap(spoil(authority(600)))), secrets)
    assert told.startswith(f"WIFI_CA_CERTIFICATE: {reason}")


def test_a_certificate_that_is_too_large_is_told_in_bytes_and_never_printed(
    profile: Made, secrets: KeptSecrets, authority: Callable[[int], str]
) -> None:
    certificate = authority(2000)
    told = refused(profile(wifi=eap(certificate)), secrets)
    found = re.match(
        r"WIFI_CA_CERTIFICATE: it takes most, ([\d,]+) bytes; "
        r"all of them are ([\d,]+) more than the 2,953 that a code holds",
        told,
    )
    assert found, told
    takes, over = (int(number.replace(",", "")) for number in found.groups())
    key = '"android.app.extra.PROVISIONING_WIFI_CA_CERTIFICATE":""'
    assert takes == len(certificate) + len(key)
    small = authority(600)
    fits = len(build(profile(wifi=eap(small)), secrets).text.text)
    assert over == fits - len(small) + len(certificate) - 2953
    assert certificate[:40] not in told


def test_one_byte_decides_whether_a_payload_fits(profile: Made, secrets: KeptSecrets) -> None:
    bare = len(build(profile({"admin_extras": {"x": ""}}), secrets).text.text)
    full = profile({"admin_extras": {"x": "y" * (2953 - bare)}})
    assert len(build(full, secrets).text.text) == 2953
    over = profile({"admin_extras": {"x": "y" * (2954 - bare)}})
    assert "all of them are 1 more than" in refused(over, secrets)
