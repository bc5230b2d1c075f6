"""Texts of profiles that the tests change in one place."""

from __future__ import annotations

from pathlib import Path

from bench.enrolment.profiles.check import Fault, check_text
from bench.enrolment.profiles.load import load_profile
from bench.enrolment.profiles.profile import EnrolmentProfile

CHECKSUM = "I5YvS0O5hXY46mb01BlRjq4oJJGs2kuUcHvVkAPEXlg"
BY_CODE = f"""[profile]
schema = 2
name = "A32, QR"
version = 3
method = "qr"
locale = "en_GB"
time_zone = "Europe/London"
kit = ["handset", "charger"]
licences = ["vpn"]
blink = 2.5

[traps]
models = ["SM-A325F"]
tacs = ["00440000"]
sales_codes = ["EUX"]
patch_from = 2023-01-01
supported_until = 2027-03-01

[wifi]
ssid = "bench"
security = "WPA"
password = "bench-wifi"

[payload]
component = "com.google.android.apps.work.clouddpc/.receivers.CloudDeviceAdminReceiver"
checksum = "{CHECKSUM}"
download = "https://play.google.com/managed/downloadManagingApp?identifier=setup"
token = "intune-token"
token_key = "com.google.android.apps.work.clouddpc.EXTRA_ENROLLMENT_TOKEN"
extras = {{ LEAVE_ALL_SYSTEM_APPS_ENABLED = true, WIFI_PROXY_PORT = 8080 }}
admin_extras = {{ "org.example.GROUP" = "north" }}

[[step]]
name = "Show the code"
code = "payload"
limit = 900

[[gate]]
name = "Compliant"
managed = "compliant"

[[gate]]
name = "Looked at"
confirm = "The home screen is the organisation's"
persons = 2
"""
OVER_ADB = """[profile]
schema = 2
name = "Own agent"
version = 1
method = "adb"

[wifi]
ssid = "bench"
security = "WPA"
password = "bench-wifi"

[[step]]
name = "Network"
wifi = true

[[step]]
name = "Owner"
device_owner = "org.example.agent/.AdminReceiver"

[[gate]]
name = "Owner is the agent"
owner = "org.example.agent/.AdminReceiver"

[[gate]]
name = "Boot chain"
verify = "ro.boot.verifiedbootstate"
is = "green"

[[variant]]
letter = "B"

[[variant.step]]
name = "Text"
setting = "system/font_scale"
value = "1.3"

[[variant]]
letter = "C"

[[variant.step]]
name = "Sheet"
push = "file.txt"
to = "/sdcard/file.txt"
"""


def write(folder: Path, text: str, content: str = "hello") -> Path:
    (folder / "file.txt").write_text(content)
    path = folder / "profile.toml"
    path.write_text(text)
    return path


def loaded(folder: Path, text: str, content: str = "hello") -> EnrolmentProfile:
    return load_profile(write(folder, text, content))


def faults(folder: Path, text: str) -> tuple[Fault, ...]:
    path = write(folder, text)
    return check_text(text, folder, path.name)


def changed(text: str, old: str, new: str) -> str:
    assert text.count(old) >= 1, f"{old!r} is not in the text"
    return text.replace(old, new, 1)


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


BY_EAP = changed(
    BY_CODE,
    'security = "WPA"\npassword = "bench-wifi"\n',
    'security = "EAP"\npassword = "bench-wifi"\n\n[wifi.eap]\n'
    'EAP_METHOD = "PEAP"\nIDENTITY = "bench"\n',
)
"""One for a code that joins a network with a name and a password."""
