from __future__ import annotations

import json
import re
import traceback

import pytest

from app import crash
from app.masking import mask
from bench.events.enrolment import ShownCode
from bench.events.person import HiddenText

TOKEN = "QWERTZUIOPASDFGHJKLY"
PASSWORD = "canary pass, word"
SIGNED = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJh.c2lnbmF0dXJl"
TOKEN_KEY = "com.google.android.apps.work.clouddpc.EXTRA_ENROLLMENT_TOKEN"
PAYLOAD = json.dumps({
    "android.app.extra.PROVISIONING_WIFI_SSID": "bench",
    "android.app.extra.PROVISIONING_WIFI_PASSWORD": PASSWORD,
    "android.app.extra.PROVISIONING_ADMIN_EXTRAS_BUNDLE": {
        TOKEN_KEY: TOKEN,
    },
})  # fmt: skip
SAID = {
    "payload": PAYLOAD,
    "payload in a message": f"ValueError: cannot encode {PAYLOAD!r} as numeric",
    "payload cut off": f"json: {PAYLOAD[:-20]}",
    "payload within a text of JSON": json.dumps({"qrCodeContent": PAYLOAD}),
    "inner object": json.dumps({TOKEN_KEY: TOKEN}),
    "token": f"the service refused {TOKEN}.",
    "token named": f"KeyError: token={TOKEN.lower()}",
    "Graph's profile": f'{{"tokenValue":"{TOKEN.lower()}","wifiPassword":"{PASSWORD}"}}',
    "network": f"WIFI:S:bench;T:WPA;P:{PASSWORD};;",
    "handset's words": f'cmd wifi connect-network "bench" wpa2 "{PASSWORD}"',
    "as a keyword": f"Wifi(ssid='bench', password='{PASSWORD}', hidden=False)",
    "bearer": f"Authorization: Bearer {SIGNED}",
    "signed token": f"cannot read {SIGNED} here",
    "key": "-----BEGIN PRIVATE KEY-----\nc2VjcmV0c2VjcmV0\nc2VjcmV0\n-----END PRIVATE KEY-----",
    "key cut off": "-----BEGIN PRIVATE KEY-----\nc2VjcmV0c2VjcmV0\nc2VjcmV0",
    "opaque token": "refresh 0.AXoAqT2Lm9Xw81PzkR4v7NcBd-Hy_5EgJsUf6Q",
}  # fmt: skip
CANARIES = (
    TOKEN, TOKEN.lower(), PASSWORD, "canary", "c2VjcmV0", "eyJhdWQ", "eyJ0eXA", "AXoAqT2L",
    TOKEN[:-3],
)  # fmt: skip


@pytest.mark.parametrize("name", SAID)
def test_no_secret_stays_in_a_report(name: str) -> None:
    said = SAID[name]
    assert any(canary in said for canary in CANARIES)
    told = crash.report("The window met something it does not know", said)
    assert not [canary for canary in CANARIES if canary in told], told
    assert "(secret)" in told


def test_a_fault_while_a_code_is_painted_tells_nothing_of_it() -> None:
    code = ShownCode((b"\x01",), HiddenText(PAYLOAD), "L", 20)

    def paint(shown: ShownCode) -> None:
        raise ValueError(f"cannot paint {shown!r}: {shown.text.text}")

    try:
        paint(code)
    except ValueError as error:
        told = crash.report("Fault", "".join(traceback.format_exception(error)))
    assert "cannot paint" in told
    assert not [canary for canary in CANARIES if canary in told]


def test_what_says_where_a_bug_is_stays() -> None:
    told = (
        'Traceback (most recent call last):\n  File "/opt/staging-bench/app/staging/code_room.py",'
        ' line 31, in test_a_window_of_the_second_kind_is_painted_whole\n    view.show_code(code)\n'
        "bench.enrolment.profiles.check_text_of_profile_2: ProvisioningError\n"
        "TypeError: unsupported operand type(s) for +: 'NoneType' and 'str'\n"
    )  # fmt: skip
    assert mask(told) == told


def test_a_text_without_end_is_masked_soon() -> None:
    """No pattern may take the square of a text's length."""
    for text in ("a" * 200_000, "{" * 200_000, "a+" * 100_000, "password" * 25_000, "A-" * 100_000):
        assert len(mask(text)) <= len(text) + 20


def test_identifiers_keep_their_tail_only() -> None:
    assert re.fullmatch(r"\(number …18\) \(tag …17\)", mask("004400000000018 BW-000017"))


def test_a_word_that_only_sounds_like_a_secret_is_none() -> None:
    assert (
        mask("typing: List; mapping = 3; painted: yes") == "typing: List; mapping = 3; painted: yes"
    )
    assert mask("pin: 4711") == "pin: (secret)"
