"""Profiles of schema 2: read as written, whole, with their variants; what is shipped loads."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from bench.enrolment.profiles.check import check_text
from bench.enrolment.profiles.load import load_profile
from bench.enrolment.profiles.profile import Method, Payload, Traps, Wifi, WifiSecurity
from bench.enrolment.profiles.vocabulary import (
    AwaitManagement,
    BeListed,
    CodeSource,
    Confirm,
    JoinWifi,
    Namespace,
    OwnDevice,
    Push,
    Seen,
    Service,
    Setting,
    ShowCode,
    Step,
    Verify,
    VerifyOwner,
)
from tests.bench.enrolment.profiles.profile_texts import (
    BY_CODE,
    BY_EAP,
    CHECKSUM,
    OVER_ADB,
    changed,
    loaded,
)

SHIPPED = Path(__file__).parents[4] / "resources" / "profiles"
AGENT = "org.example.agent/.AdminReceiver"


@pytest.mark.parametrize("path", sorted(SHIPPED.rglob("*.toml")), ids=lambda path: path.stem)
def test_every_profile_that_is_shipped_loads(path: Path) -> None:
    profile = load_profile(path)
    assert profile.steps
    assert check_text(path.read_text(), path.parent, path.name) == ()


@pytest.mark.parametrize("folder", [SHIPPED, SHIPPED / "training"], ids=["bench", "training"])
def test_a_profile_is_shipped_for_each_method_on_the_bench_and_in_training(folder: Path) -> None:
    methods = {load_profile(path).method for path in folder.glob("*.toml")}
    assert methods == set(Method)


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.toml")), ids=lambda path: path.stem)
def test_no_handset_for_an_officer_passes_on_a_name_that_intune_gave_it_alone(path: Path) -> None:
    profile = load_profile(path)
    if profile.method is Method.STAGING_TOKEN:
        assert isinstance(profile.steps[-1].action, Confirm)
        assert AwaitManagement(Seen.STAGED) in [step.action for step in profile.steps]


def test_training_handsets_are_of_made_up_models_and_wait_for_nobody_long() -> None:
    for path in SHIPPED.glob("training/training-*.toml"):
        profile = load_profile(path)
        assert profile.traps.tacs == ("00440000", "00440001")
        assert profile.traps.models == ("SM-A325F", "SM-A326B")
        assert max(step.limit for step in profile.steps) <= 60
        assert profile.read_before_setup == profile.before_setup == (profile.method != "adb")


def test_a_profile_for_a_code_is_read_as_written(tmp_path: Path) -> None:
    profile = loaded(tmp_path, BY_CODE)
    assert (profile.name, profile.version, profile.method) == ("A32, QR", 3, Method.QR)
    assert (profile.locale, profile.time_zone, profile.blink) == ("en_GB", "Europe/London", 2.5)
    assert (profile.kit, profile.licences) == (("handset", "charger"), ("vpn",))
    assert profile.traps == Traps(
        ("SM-A325F",), ("00440000",), ("EUX",), date(2023, 1, 1), date(2027, 3, 1)
    )
    assert profile.wifi == Wifi("bench", WifiSecurity.WPA, "bench-wifi")
    assert profile.payload == Payload(
        "com.google.android.apps.work.clouddpc/.receivers.CloudDeviceAdminReceiver",
        CHECKSUM,
        "https://play.google.com/managed/downloadManagingApp?identifier=setup",
        "intune-token",
        "com.google.android.apps.work.clouddpc.EXTRA_ENROLLMENT_TOKEN",
        {"LEAVE_ALL_SYSTEM_APPS_ENABLED": True, "WIFI_PROXY_PORT": 8080},
        {"org.example.GROUP": "north"},
    )
    assert profile.steps == (
        Step("Show the code", ShowCode(CodeSource.PAYLOAD, ""), 900, 0),
        Step("Compliant", AwaitManagement(Seen.COMPLIANT), 900, 0),
        Step("Looked at", Confirm("The home screen is the organisation's", 2), 900, 0),
    )


def test_the_gates_are_done_last_wherever_the_file_has_them(tmp_path: Path) -> None:
    gates_first = BY_CODE[BY_CODE.index("[[gate]]") :] + BY_CODE[: BY_CODE.index("[[gate]]")]
    assert loaded(tmp_path, gates_first).steps == loaded(tmp_path, BY_CODE).steps


def test_a_profile_over_adb_is_read_as_written(tmp_path: Path) -> None:
    profile = loaded(tmp_path, OVER_ADB)
    assert profile.wifi == Wifi("bench", WifiSecurity.WPA, "bench-wifi")
    assert [step.action for step in profile.steps] == [
        JoinWifi(),
        OwnDevice(AGENT),
        VerifyOwner(AGENT),
        Verify("ro.boot.verifiedbootstate", "green"),
    ]
    assert not profile.before_setup


def test_a_network_that_is_signed_in_to_says_how(tmp_path: Path) -> None:
    eap = {
        "EAP_METHOD": "TTLS",
        "PHASE2_AUTH": "PAP",
        "IDENTITY": "bench",
        "ANONYMOUS_IDENTITY": "anonymous",
        "DOMAIN": "example.org",
    }
    lines = "\n".join(f'{key} = "{value}"' for key, value in eap.items())
    wifi = loaded(tmp_path, changed(BY_EAP, 'EAP_METHOD = "PEAP"\nIDENTITY = "bench"', lines)).wifi
    assert wifi is not None
    assert wifi.eap == eap


def test_the_certificate_of_a_network_s_authority_is_der_on_one_line(tmp_path: Path) -> None:
    key, name = Ed25519PrivateKey.generate(), x509.Name([])
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), 1, begins, begins + timedelta(days=1)
    ).sign(key, None)
    der = base64.b64encode(made.public_bytes(Encoding.DER)).decode()
    text = changed(BY_EAP, 'IDENTITY = "bench"', f'CA_CERTIFICATE = "{der}"')
    wifi = loaded(tmp_path, text).wifi
    assert wifi is not None
    assert wifi.eap["CA_CERTIFICATE"] == der


@pytest.mark.parametrize(("service", "method"), [("knox", "knox"), ("zero-touch", "zero-touch")])
def test_a_handset_is_to_stand_in_the_upload_of_its_service(
    tmp_path: Path, service: str, method: str
) -> None:
    text = changed(BY_CODE, 'method = "qr"', f'method = "{method}"')
    text = changed(text, 'code = "payload"', f'listed = "{service}"')
    assert loaded(tmp_path, text).steps[0].action == BeListed(Service(service))


@pytest.mark.parametrize(("source", "of"), [("service", "A32 fully managed"), ("file", "a32-file")])
def test_a_code_may_come_whole_from_the_service_or_from_a_file(
    tmp_path: Path, source: str, of: str
) -> None:
    text = changed(BY_CODE, 'code = "payload"', f'code = "{source}"\nof = "{of}"')
    assert loaded(tmp_path, text).steps[0].action == ShowCode(CodeSource(source), of)


def test_adb_may_come_after_management_knows_the_handset(tmp_path: Path) -> None:
    gate = '[[gate]]\nname = "Encrypted"\nverify = "ro.crypto.state"\nis = "encrypted"\n'
    assert loaded(tmp_path, BY_CODE + gate).before_setup


# ── variants ────────────────────────────────────────────────────────────────────────────────────
def test_a_variant_is_the_whole_profile_with_its_own_steps_before_the_gates(tmp_path: Path) -> None:
    usual = loaded(tmp_path, OVER_ADB)
    b, c = usual.variants
    assert (b.variant, c.variant, usual.variant) == ("B", "C", "")
    text = Step("Text", Setting(Namespace.SYSTEM, "font_scale", "1.3"), 60, 0)
    assert b.steps == (*usual.steps[:2], text, *usual.steps[2:])
    assert isinstance(c.steps[2].action, Push)
    assert b.variants == ()
    bare = replace(usual, steps=(), fingerprint="", variants=())
    assert replace(b, steps=(), fingerprint="", variant="") == bare


def test_each_variant_has_a_fingerprint_of_its_own_that_covers_its_letter(tmp_path: Path) -> None:
    usual = loaded(tmp_path, OVER_ADB)
    lettered = loaded(tmp_path, changed(OVER_ADB, 'letter = "B"', 'letter = "D"'))
    prints = [each.fingerprint for one in (usual, lettered) for each in (one, *one.variants)]
    assert len(set(prints)) == 6
    assert all(len(bytes.fromhex(each)) == 32 for each in prints)


def test_a_file_that_only_a_variant_uses_is_in_every_fingerprint(tmp_path: Path) -> None:
    before, after = (loaded(tmp_path, OVER_ADB, content) for content in ("hello", "hello!"))
    for old, new in zip((before, *before.variants), (after, *after.variants), strict=True):
        assert old.fingerprint != new.fingerprint


# ── fingerprints ────────────────────────────────────────────────────────────────────────────────
def test_comments_order_of_keys_and_layout_do_not_change_a_fingerprint(tmp_path: Path) -> None:
    other = changed(BY_CODE, 'name = "A32, QR"\nversion = 3', "version=3 # third\nname='A32, QR'")
    other = changed(other, '["handset", "charger"]', '[\n  "handset",\n  "charger",\n]')
    other = "# for the bench\n" + other.replace("\n", "\r\n")
    assert loaded(tmp_path, other).fingerprint == loaded(tmp_path, BY_CODE).fingerprint


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("limit = 900", "limit = 901"),
        ('"charger"', '"cable"'),
        ('password = "bench-wifi"', 'password = "other-wifi"'),
        ("persons = 2", "persons = 1"),
        ("2027-03-01", "2027-03-02"),
        ("LEAVE_ALL_SYSTEM_APPS_ENABLED = true", "LEAVE_ALL_SYSTEM_APPS_ENABLED = false"),
    ],
)
def test_every_key_is_in_the_fingerprint(tmp_path: Path, old: str, new: str) -> None:
    other = loaded(tmp_path, changed(BY_CODE, old, new))
    assert other.fingerprint != loaded(tmp_path, BY_CODE).fingerprint


def test_the_fingerprint_of_a_text_is_the_same_for_ever(tmp_path: Path) -> None:
    usual = loaded(tmp_path, OVER_ADB)
    assert [each.fingerprint[:16] for each in (usual, *usual.variants)] == [
        "fbd09fdec1100d37",
        "6d8162f294e7aed1",
        "74c8d2bfa8bbd234",
    ]
