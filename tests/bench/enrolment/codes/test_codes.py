"""Codes: their size as computed beforehand, their correction, their mask, and what they say."""

from __future__ import annotations

import itertools
import json
import random
import re
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
import zxingcpp
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import QRData

from bench.enrolment.codes import make_code
from bench.enrolment.codes.symbol import symbol
from bench.events.enrolment import ShownCode
from bench.events.person import HiddenText
from bench.problems import ProblemCode, ProblemError

PREFIX = "android.app.extra.PROVISIONING_"
INTUNE = {
    f"{PREFIX}DEVICE_ADMIN_COMPONENT_NAME": (
        "com.google.android.apps.work.clouddpc/.receivers.CloudDeviceAdminReceiver"
    ),
    f"{PREFIX}DEVICE_ADMIN_SIGNATURE_CHECKSUM": "I5YvS0O5hXY46mb01BlRjq4oJJGs2kuUcHvVkAPEXlg",
    f"{PREFIX}DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION": (
        "https://play.google.com/managed/downloadManagingApp?identifier=setup"
    ),
    f"{PREFIX}ADMIN_EXTRAS_BUNDLE": {
        "com.google.android.apps.work.clouddpc.EXTRA_ENROLLMENT_TOKEN": "A1b2C3d4E5f6G7h8J9k0"
    },
}
WIFI = {
    f"{PREFIX}WIFI_SSID": "staging-bench",
    f"{PREFIX}WIFI_SECURITY_TYPE": "WPA",
    f"{PREFIX}WIFI_PASSWORD": "correct horse battery s",
}
PLACE = {
    f"{PREFIX}LOCALE": "en_GB",
    f"{PREFIX}TIME_ZONE": "Europe/London",
    f"{PREFIX}LEAVE_ALL_SYSTEM_APPS_ENABLED": True,
}


def minified(*parts: Mapping[str, object]) -> str:
    whole = dict(itertools.chain.from_iterable(part.items() for part in parts))
    return json.dumps(whole, separators=(",", ":"))


def read(rows: tuple[bytes, ...], dots: int = 3) -> list[zxingcpp.Barcode]:
    """Have another reader look at it, with its quiet zone."""
    side = len(rows)
    picture = Image.new("L", (side + 8, side + 8), 255)
    inside = Image.frombytes("L", (side, side), b"".join(rows)).point([255, 0] + [0] * 254)
    picture.paste(inside, (4, 4))
    large = picture.resize((dots * (side + 8),) * 2, Image.Resampling.NEAREST)
    return zxingcpp.read_barcodes(large)


def penalty(rows: tuple[bytes, ...]) -> int:
    """Weigh a mask as the standard does (ISO/IEC 18004:2015, table 11)."""
    lines = ["".join(map(str, row)) for row in (*rows, *zip(*rows, strict=True))]
    runs = [len(run) for line in lines for run in re.findall("0+|1+", line)]
    finders = sum(
        len(re.findall(pattern, f"0000{line}0000"))
        for line in lines
        for pattern in ("(?=00001011101)", "(?=10111010000)")
    )
    corners = itertools.product(range(len(rows) - 1), repeat=2)
    blocks = sum(len({*rows[y][x : x + 2], *rows[y + 1][x : x + 2]}) == 1 for y, x in corners)
    dark, whole = sum(map(sum, rows)), len(rows) ** 2
    off = 10 * int(abs(20 * dark - 10 * whole) / whole)
    return sum(run - 2 for run in runs if run >= 5) + 3 * blocks + 40 * finders + off


@pytest.mark.parametrize(
    ("text", "size", "low", "medium"),
    [
        (minified(INTUNE), 533, (16, 81), (18, 89)),
        (minified(INTUNE, WIFI), 723, (19, 93), (22, 105)),
        (minified(INTUNE, WIFI, PLACE), 898, (21, 101), (24, 113)),
        ("e" * 2346, 2346, (36, 161), None),
    ],
)
def test_codes_are_as_large_as_the_facts_compute_them(
    text: str, size: int, low: tuple[int, int], medium: tuple[int, int] | None
) -> None:
    assert len(text) == size
    for level, expected in (("L", low), ("M", medium)):
        drawn = symbol(text.encode(), level)
        assert (drawn and (drawn.version, len(drawn.rows))) == expected


@pytest.mark.parametrize(
    ("size", "level", "version"),
    [(1, "M", 1), (533, "M", 18), (911, "M", 24), (912, "L", 21), (1171, "L", 24), (2953, "L", 40)],
)
def test_a_code_has_correction_m_until_that_makes_it_crowded(
    size: int, level: str, version: int
) -> None:
    code = make_code(HiddenText("e" * size))
    assert (code.level, code.version) == (level, version)
    [found] = read(code.rows)
    assert found.ec_level == level
    assert found.bytes == b"e" * size


def test_a_crowded_code_warns_and_keeps_what_was_warned_before() -> None:
    assert make_code(HiddenText("e" * 1171), warnings=("Look.",)).warnings == ("Look.",)
    warned = make_code(HiddenText("e" * 1172), warnings=("Look.",)).warnings
    assert warned[0] == "Look."
    assert warned[1].startswith("The code is crowded (117 modules a side)")


def test_a_code_keeps_when_it_expires() -> None:
    expires = datetime(2026, 11, 24, 14, 5, tzinfo=UTC)
    assert make_code(HiddenText("e"), expires).expires == expires
    assert make_code(HiddenText("e")).expires is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the text is empty"),
        ("e" * 2954, "its bytes are 1 more than the 2,953 that a code holds"),
        ("ü" * 1477, "its bytes are 1 more than the 2,953 that a code holds"),
        ("canary\ud800", "the text has a character that is none"),
    ],
)
def test_what_no_code_holds_is_a_problem_with_words(text: str, reason: str) -> None:
    with pytest.raises(ProblemError) as raised:
        make_code(HiddenText(text))
    assert raised.value.problem.code is ProblemCode.PAYLOAD_UNUSABLE
    assert raised.value.problem.detail == reason
    assert raised.value.__context__ is None, "the text would be in the crash report"


def test_no_repr_of_a_code_shows_what_it_says() -> None:
    code = make_code(HiddenText("canary-token"))
    assert "canary" not in repr(code)
    assert repr(code.rows[0]) not in repr(code)
    assert not hasattr(ShownCode, "__dict__") or "canary" not in str(vars(ShownCode))


@pytest.mark.parametrize("seed", range(8))
def test_whatever_a_text_holds_another_reader_reads_its_bytes(seed: int) -> None:
    chance = random.Random(seed)
    letters = 'aZ09 "\\{}:,._/%$*+-£€ü日本🙂\n\x1d~E[)>'
    text = "".join(chance.choices(letters, k=chance.randint(1, 900)))
    [found] = read(make_code(HiddenText(text)).rows)
    assert found.bytes == text.encode()


@pytest.mark.parametrize("size", [60, 533, 898])
def test_the_mask_is_the_one_that_the_standard_asks_for(size: int) -> None:
    text = "".join(random.Random(size).choices("qwertz{}_", k=size))  # in no mode but bytes
    rows = make_code(HiddenText(text)).rows
    others = masked(text)
    assert rows in others, "another library makes other modules of it"
    assert penalty(rows) == min(map(penalty, others))


def masked(text: str) -> list[tuple[bytes, ...]]:
    """Return its code with each of the eight masks, as another library makes it."""
    made = []
    for mask in range(8):
        code = QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=mask)
        code.add_data(QRData(text.encode(), mode=4), optimize=0)
        made.append(tuple(bytes(map(bool, row)) for row in code.get_matrix()))
    return made
