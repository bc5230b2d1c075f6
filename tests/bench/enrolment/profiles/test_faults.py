"""What is wrong with a profile of schema 2: each fault with line, key and remedy, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.enrolment.profiles.load import load_profile
from bench.problems import ProblemCode, ProblemError
from tests.bench.enrolment.profiles.profile_texts import (
    BY_CODE,
    BY_EAP,
    CHECKSUM,
    OVER_ADB,
    changed,
    faults,
    line_of,
    write,
)

HEX = "23962f4b43b9857638ea66f4d419518eae282491acda4b94707bd59003c45e58"
PADDED = f"{CHECKSUM}="
COMPONENT = (
    'component = "com.google.android.apps.work.clouddpc/.receivers.CloudDeviceAdminReceiver"'
)
TOKEN_KEY = 'token_key = "com.google.android.apps.work.clouddpc.EXTRA_ENROLLMENT_TOKEN"'
EXTRAS = "LEAVE_ALL_SYSTEM_APPS_ENABLED = true"
CODE = 'code = "payload"'
TWO_GATES = BY_CODE[BY_CODE.index("[[gate]]") :]
LOOKED_AT = '[[gate]]\nname = "Looked at"\nconfirm = "Is it?"\n'
SECRET = "canary-Tr0ub4dor&3"

OF_CODE = [
    # the table profile
    ("schema = 2", "schema = 3", "schema", "schema 3 is newer: this program knows"),
    ("schema = 2", f"schema = {10**300}", "schema", "give a whole number from 1 to 2"),
    ("schema = 2", f"schema = 0x1{'0' * 5000}", "schema", "give a whole number from 1 to 2"),
    ("schema = 2", 'schema = "2"', "schema", "give a whole number from 1 to 2"),
    ('name = "A32, QR"', 'nmae = "A32, QR"', "nmae", "did you mean name?"),
    ('method = "qr"', 'method = "zero_touch"', "method", "did you mean zero-touch?"),
    ('method = "qr"', 'method = "knox"', "[[step]]", "with method qr or staging-token; this"),
    ('method = "qr"', 'method = ["qr"]', "method", "give one of none, qr, adb"),
    ("version = 3", "version = 99999999999999999999", "version", "at most 1000000"),
    ('"en_GB"', '"en-GB"', "locale", "such as en_GB"),
    ('"Europe/London"', '"Europe/Lndon"', "time_zone", "did you mean Europe/London?"),
    ('"Europe/London"', '"../../etc/passwd"', "time_zone", "such as Europe/London"),
    ('"Europe/London"', '"Europe"', "time_zone", "such as Europe/London"),
    ('"Europe/London"', '"EST5EDT"', "time_zone", "an Olson name, such as Europe/London"),
    ('"Europe/London"', '"posix/Europe/London"', "time_zone", "Europe/London"),
    ('["handset", "charger"]', '["handset", "handset"]', "kit", "name each once"),
    ('["handset", "charger"]', '"handset"', "kit", "give a list of texts"),
    ('["vpn"]', '["VPN pool"]', "licences", "give each pool as small letters"),
    ("blink = 2.5", "blink = nan", "blink", "give a number from 0.5 to 60"),
    ("blink = 2.5", "blink = true", "blink", "give a number from 0.5 to 60"),
    # the table traps
    ('"00440000"', '"0044000"', "tacs", "as 8 digits in quotes"),
    ('["00440000"]', "[440000]", "tacs", "give a list of texts"),
    ('"EUX"', '"eux"', "sales_codes", "three capital letters"),
    ("2023-01-01", '"2023-01-01"', "patch_from", "give a day without quotes"),
    ("2023-01-01", "2023-01-01T00:00:00Z", "patch_from", "give a day without quotes"),
    ("sales_codes", "sales_code", "sales_code", "did you mean sales_codes?"),
    # the table wifi
    ('ssid = "bench"', f'ssid = "{"é" * 17}"', "ssid", "at most 32 bytes"),
    ('security = "WPA"', 'security = "WPA3"', "security", "did you mean WPA?"),
    ('security = "WPA"', 'security = "NONE"', "security", "leave the password out"),
    ('password = "bench-wifi"', "", "password", "name the secret that holds"),
    ('password = "bench-wifi"', f'password = "{SECRET}"', "password", "secret set NAME"),
    ('password = "bench-wifi"', f'password = "{"a" * 41}"', "password", "secret set NAME"),
    ('password = "bench-wifi"', "password = 12345678", "password", "secret set NAME"),
    ('security = "WPA"', 'security = "WPA"\neap = { IDENTITY = "x" }', "eap", 'security = "EAP"'),
    # the table payload
    (COMPONENT, 'component = "org.example.agent"', "component", "an app and its"),
    (COMPONENT, 'component = "org.example.agent/.A;reboot"', "component", "an app and its"),
    (CHECKSUM, HEX, "checksum", "in hex: give the same bytes"),
    (CHECKSUM, ":".join([HEX[:2]] * 32).upper(), "checksum", "in hex: give the same bytes"),
    (CHECKSUM, PADDED, "checksum", "leave out the ="),
    (CHECKSUM, CHECKSUM.replace("j", "/"), "checksum", "in plain Base64: write -"),
    (CHECKSUM, CHECKSUM[:-1], "checksum", "it is no URL-safe Base64"),
    (CHECKSUM, CHECKSUM[:40], "checksum", "it has 30 bytes, SHA-256 has 32"),
    (CHECKSUM, CHECKSUM[:-1] + "h", "checksum", "it is no URL-safe Base64"),
    ("https://play", "ftp://play", "download", "begins with https://"),
    ("https://play", "https://user:word@play", "download", "without name and password"),
    ('token = "intune-token"', f'token = "{SECRET}"', "token", "secret set NAME"),
    ('token = "intune-token"', "", "token", "name the secret that holds the token"),
    (TOKEN_KEY, "", "token_key", "under which name the management app expects"),
    ("token_key = ", "token_kye = ", "token_kye", "did you mean token_key?"),
    (EXTRAS, "LEAVE_ALL_SYSTEM_APPS = true", "LEAVE_ALL_SYSTEM_APPS", "did you mean LEAVE_ALL_SYS"),
    (EXTRAS, "LEAVE_ALL_SYSTEM_APPS_ENABLED = 1", "LEAVE_ALL_SYSTEM_APPS_ENABLED", "true or false"),
    (EXTRAS, '"android.app.extra.PROVISIONING_IMEI" = "0"', "android.app.extra.PROVISIONING_IMEI",
     "leave out android.app"),
    (EXTRAS, "BACKGROUND = true", "BACKGROUND", "there is none of that name"),
    (EXTRAS, "SKIP_ENCRYPTION = true", "SKIP_ENCRYPTION", "never left unencrypted"),
    (EXTRAS, "SKIP_USER_CONSENT = true", "SKIP_USER_CONSENT", "Android ignores it"),
    (EXTRAS, 'IMEI = "0"', "IMEI", "no place in a code"),
    (EXTRAS, 'SERIAL_NUMBER = "0"', "SERIAL_NUMBER", "no place in a code"),
    (EXTRAS, "LOCAL_TIME = 1", "LOCAL_TIME", "out of date"),
    (EXTRAS, f'WIFI_PASSWORD = "{SECRET}"', "WIFI_PASSWORD", "give it as [wifi] password"),
    (EXTRAS, 'WIFI_USER_CERTIFICATE = "MII"', "WIFI_USER_CERTIFICATE", "fit into no code"),
    (EXTRAS, "SUPPORTED_MODES = 9999999999", "SUPPORTED_MODES", "fits into 32 bits"),
    (EXTRAS, 'WIFI_PROXY_HOST = ""', "WIFI_PROXY_HOST", "one line of text"),
    (EXTRAS, f'DEVICE_ADMIN_PACKAGE_DOWNLOAD_COOKIE_HEADER = "session={SECRET}"',
     "DEVICE_ADMIN_PACKAGE_DOWNLOAD_COOKIE_HEADER", "it would hold a secret"),
    ("extras = {", "extras = 5 # {", "extras", "give a table in braces"),
    ('"org.example.GROUP" = "north"', f'ENROLLMENT_TOKEN = "{SECRET}"', "ENROLLMENT_TOKEN",
     "never write a secret here"),
    ('"org.example.GROUP" = "north"', '"a b" = "north"', "a b", "give the name of an extra"),
    ('"north"', f'"{"n" * 1001}"', "org.example.GROUP", "at most 1000"),
    # steps and gates
    (CODE, 'code = "file"', "of", "secret set NAME"),
    (CODE, f'code = "file"\nof = "{SECRET}"', "of", "secret set NAME"),
    (CODE, f'{CODE}\nof = "x"', "of", "leave it out"),
    (CODE, 'code = "paylaod"', "code", "did you mean payload?"),
    (CODE, 'coed = "payload"', "coed", "did you mean code?"),
    (CODE, f"{CODE}\nwifi = true", "[[step]]", "give exactly one of"),
    (CODE, "wifi = false", "wifi", "leave the step out"),
    (CODE, f'device_owner = "{COMPONENT[13:-1]}"', "[[step]]", "it goes with method adb"),
    (CODE, 'listed = "knox"', "[[step]]", "it goes with method knox; this profile's is qr"),
    (CODE, 'listed = "knoks"', "listed", "did you mean knox?"),
    (CODE, "wifi = true", "[[step]]", "before set-up no handset has USB debugging on"),
    (CODE, 'verify = "ro.x"\nis = "1"', "[[step]]", "before set-up no handset has USB"),
    ('managed = "compliant"', 'managed = "staged"', "[[gate]]", "goes with method staging-token"),
    ('managed = "compliant"', 'command = "go-home"', "command", "a gate is one of verify, owner"),
    ('managed = "compliant"', "", "[[gate]]", "give exactly one of verify, owner"),
    ("persons = 2", "persons = 3", "persons", "at most 2"),
    ("persons = 2", "person = 2", "person", "did you mean persons?"),
    (TWO_GATES, LOOKED_AT, "persons", "one person's word alone"),
    (TWO_GATES, LOOKED_AT + LOOKED_AT, "persons", "one person's word alone"),
    (CODE, 'confirm = "Is it on?"', "method", "qr needs a [[step]] with code"),
    (TWO_GATES, "", "method", "qr needs a [[gate]]: nothing would prove"),
    # tables
    ("[traps]", "[trap]", "trap", "did you mean traps?"),
    (TWO_GATES, TWO_GATES.split("[[gate]]")[1].join(("[gate]", "")), "gate", "under [[gate]]"),
    ("[wifi]", "[[wifi]]", "wifi", "write it as a table under [wifi]"),
]  # fmt: skip
OF_EAP = [
    ('EAP_METHOD = "PEAP"', "", "EAP_METHOD", "give one line of text"),
    ('EAP_METHOD = "PEAP"', 'EAP_METHOD = "TLS"', "EAP_METHOD", "fits into no code"),
    ("IDENTITY =", "IDENTIY =", "IDENTIY", "did you mean IDENTITY?"),
    ("IDENTITY =", "USER_CERTIFICATE =", "USER_CERTIFICATE", "fit into no code"),
    ('"PEAP"', '"MD5"', "EAP_METHOD", "give one of PEAP"),
    ("IDENTITY =", "CA_CERTIFICATE =", "CA_CERTIFICATE", "it is no Base64"),
    ('IDENTITY = "bench"', f'CA_CERTIFICATE = "{"MIIB" * 501}"', "CA_CERTIFICATE", "at most 2000"),
]
COMPONENT_LINE = 'device_owner = "org.example.agent/.AdminReceiver"'
OWNED = OVER_ADB[OVER_ADB.index('[[step]]\nname = "Owner"') : OVER_ADB.index("[[gate]]")]
OWNER_GATE = OVER_ADB[OVER_ADB.index("[[gate]]") : OVER_ADB.rindex("[[gate]]")]
OF_ADB = [
    (OWNED, "", "method", "adb needs a [[step]] with device_owner"),
    (OWNER_GATE, "", "[[gate]]", "it proves no enrolment: adb needs a gate with owner or managed"),
    (COMPONENT_LINE, 'device_owner = "org.example.agent/.Other"', "owner", "device_owner names"),
    ('security = "WPA"', 'security = "WEP"', "[[step]]", "over ADB no network with WEP is joined"),
    ('security = "WPA"\n', 'security = "EAP"\neap = { EAP_METHOD = "PEAP" }\n', "[[step]]",
     "over ADB no network with EAP is joined"),
    ('letter = "B"', 'letter = "b"', "letter", "one capital letter"),
    ('letter = "C"', 'letter = "B"', "letter", "another variant has this letter"),
    ('letter = "B"', 'letter = "B"\nreason = "sight"', "reason", "nothing that says why"),
    ("[[variant.step]]", "[[variant.steps]]", "steps", "nothing that says why"),
    ('"system/font_scale"', '"sys/font_scale"', "setting", "global/auto_time"),
    ('push = "file.txt"', 'push = "../file.txt"', "push", "there is no file of that name"),
    ('push = "file.txt"', f'push = "{"f" * 199}/{"f" * 199}"', "push", "at most 200 characters"),
    ('method = "adb"', 'method = "knox"', "[[step]]", "before set-up no handset"),
    ('method = "adb"', 'method = "none"', "[[step]]", "it goes with method adb"),
    ("schema = 2", "", "method", "write schema = 2"),
    ("schema = 2", "", "wifi", "write schema = 2"),
    ("schema = 2", "", "device_owner", "write schema = 2"),
    ('[[variant.step]]\nname = "Text"\nsetting = "system/font_scale"\nvalue = "1.3"', "", "step",
     "at least one [[variant.step]]"),
    ('[[variant.step]]\nname = "Text"\nsetting = "system/font_scale"\nvalue = "1.3"', "step = [1]",
     "step", "under [[variant.step]]"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "key", "remedy"), OF_CODE)
def test_a_fault_of_a_profile_for_a_code_is_named(
    tmp_path: Path, old: str, new: str, key: str, remedy: str
) -> None:
    check(tmp_path, BY_CODE, old, new, key, remedy)


@pytest.mark.parametrize(("old", "new", "key", "remedy"), OF_EAP)
def test_a_fault_of_a_network_that_is_signed_in_to_is_named(
    tmp_path: Path, old: str, new: str, key: str, remedy: str
) -> None:
    check(tmp_path, BY_EAP, old, new, key, remedy)


@pytest.mark.parametrize(("old", "new", "key", "remedy"), OF_ADB)
def test_a_fault_of_a_profile_over_adb_is_named(
    tmp_path: Path, old: str, new: str, key: str, remedy: str
) -> None:
    check(tmp_path, OVER_ADB, old, new, key, remedy)


def check(folder: Path, text: str, old: str, new: str, key: str, remedy: str) -> None:
    found = faults(folder, changed(text, old, new))
    assert any(fault.key == key and remedy in fault.remedy for fault in found), found
    assert SECRET not in str(found)
    with pytest.raises(ProblemError) as raised:
        load_profile(folder / "profile.toml")
    assert raised.value.problem.code is ProblemCode.PROFILE_UNUSABLE
    assert raised.value.problem.detail == f"{found[0].key}: {found[0].remedy}"
    assert SECRET not in str(raised.value)
    assert raised.value.__cause__ is None


def test_every_fault_is_told_of_at_once_from_the_first_line_on(tmp_path: Path) -> None:
    text = BY_CODE
    for old, new in (("limit = 900", "limit = 0"), ('"EUX"', '"eu"'), ('"en_GB"', '"english"')):
        text = changed(text, old, new)
    found = faults(tmp_path, text)
    assert [(fault.line, fault.key) for fault in found] == [
        (line_of(text, "locale"), "locale"),
        (line_of(text, "sales_codes"), "sales_codes"),
        (line_of(text, "limit"), "limit"),
    ]


def test_of_a_newer_schema_nothing_else_is_said(tmp_path: Path) -> None:
    text = changed(BY_CODE, "schema = 2", "schema = 3\nfar = true")
    text = changed(text, "[traps]", "[colours]")
    assert [fault.key for fault in faults(tmp_path, text)] == ["schema"]


def test_a_fault_within_a_file_does_not_hide_what_does_not_fit_together(tmp_path: Path) -> None:
    text = changed(BY_CODE, '"en_GB"', '"english"')
    text = changed(text, 'managed = "compliant"', 'managed = "staged"')
    assert [fault.key for fault in faults(tmp_path, text)] == ["locale", "[[gate]]"]


def test_what_goes_with_another_method_is_not_told_of_while_the_method_is_unknown(
    tmp_path: Path,
) -> None:
    found = faults(tmp_path, changed(BY_CODE, 'method = "qr"', 'method = "carrier pigeon"'))
    assert [fault.key for fault in found] == ["method"]


@pytest.mark.parametrize(
    ("table", "says"), [("wifi", "under [wifi]"), ("payload", "under [payload]")]
)
def test_a_step_that_uses_a_table_needs_it(tmp_path: Path, table: str, says: str) -> None:
    text = BY_CODE if table == "payload" else OVER_ADB
    start = text.index(f"[{table}]")
    without = text[:start] + text[text.index("[[step]]") :]
    found = faults(tmp_path, without)
    assert [fault.key for fault in found] == ["[[step]]"]
    assert says in found[0].remedy
    assert found[0].line == line_of(without, "[[step]]")


def test_a_profile_that_says_more_than_a_code_holds_is_refused(tmp_path: Path) -> None:
    many = ", ".join(f'"org.example.K{n}" = "{"v" * 900}"' for n in range(4))
    found = faults(tmp_path, changed(BY_CODE, '"org.example.GROUP" = "north"', many))
    assert [fault.key for fault in found] == ["payload"]
    assert "no code holds more than 2953" in found[0].remedy


def test_a_link_out_of_the_profile_s_folder_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "profiles"
    folder.mkdir()
    (tmp_path / "outside.txt").write_text("x")
    (folder / "link.txt").symlink_to(tmp_path / "outside.txt")
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    for name in ("link.txt", "loop.txt"):
        found = faults(folder, changed(OVER_ADB, 'push = "file.txt"', f'push = "{name}"'))
        assert [fault.key for fault in found] == ["push"]


def test_broken_toml_is_told_of_with_its_line_and_nothing_of_what_stands_there(
    tmp_path: Path,
) -> None:
    text = changed(BY_CODE, 'password = "bench-wifi"', f'password = "{SECRET}')
    (found,) = faults(tmp_path, text)
    assert (found.line, found.key) == (line_of(text, "password ="), "TOML")
    assert SECRET not in str(found)
    with pytest.raises(ProblemError) as raised:
        load_profile(write(tmp_path, text))
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("[profile]\nname = ", 2, "TOML"),
        ('[profile]\nname = "a\n', 2, "TOML"),
        ("a = " + "[" * 5000, 0, "TOML"),
        ("#" * 70_000, 0, "file"),
        ("", 1, "profile"),
        ("profile = 3", 1, "profile"),
        ("[[profile]]\n", 1, "profile"),
    ],
)
def test_a_file_that_is_no_profile_at_all_is_refused(
    tmp_path: Path, text: str, line: int, key: str
) -> None:
    found = faults(tmp_path, text)
    assert (found[0].line, found[0].key) == (line, key)
