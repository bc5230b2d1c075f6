"""No document, however odd, does anything to the loader but be refused with words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path

import pytest
import tomlkit
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bench.enrolment.profiles.check import check_text
from bench.enrolment.profiles.faults import Place
from bench.enrolment.profiles.lines import lines_of
from bench.enrolment.profiles.load import load_profile
from bench.enrolment.profiles.provisioning import KEYS, REFUSED
from bench.enrolment.profiles.steps import KINDS
from bench.problems import ProblemCode, ProblemError
from tests.bench.enrolment.profiles.profile_texts import BY_CODE, OVER_ADB, write

WORDS = """
    profile step gate variant traps wifi payload schema name version method scan_back locale kit
    read_before_setup time_zone licences blink models tacs sales_codes patch_from ssid security
    supported_until password hidden eap component checksum download token token_key extras letter
    admin_extras limit retries package to value is of persons EAP_METHOD CA_CERTIFICATE
""".split()  # noqa: SIM905 - a list of so many reads worse
VALUES = """
    qr adb none knox staging-token WPA EAP NONE en_GB Europe/London Europe service file payload
    staged compliant zero-touch go-home global/auto_time ../x . / \ud7ff \u202e 00440000 A B
""".split()  # noqa: SIM905 - as above
keys = st.sampled_from([*WORDS, *KINDS, *KEYS, *REFUSED]) | st.text(max_size=5)
scalars = (
    st.sampled_from(VALUES)
    | st.text(max_size=8)
    | st.integers()
    | st.integers(0, 3)
    | st.booleans()
    | st.floats()
    | st.dates(date(1, 1, 1))
    | st.datetimes(datetime(1, 1, 1))  # noqa: DTZ001 - TOML has local times too
    | st.times(time(0))
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)
steps = st.lists(st.dictionaries(st.sampled_from([*WORDS, *KINDS]), values, max_size=5), max_size=3)
documents = st.dictionaries(keys, values, max_size=5) | st.fixed_dictionaries(
    {"profile": st.dictionaries(keys, values, max_size=6), "step": steps},
    optional={
        "gate": steps,
        "variant": steps,
        "traps": st.dictionaries(keys, values, max_size=4),
        "wifi": st.dictionaries(keys, values, max_size=4),
        "payload": st.dictionaries(keys, values, max_size=4),
    },
)
quick = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
many = settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))


def refused_or_read(folder: Path, text: str) -> None:
    path = write(folder, text)
    found = check_text(text, folder, path.name)
    assert all(fault.remedy and 0 <= fault.line <= text.count("\n") + 1 for fault in found)
    if not found:
        load_profile(path)
        return
    with pytest.raises(ProblemError) as raised:
        load_profile(path)
    assert raised.value.problem.code is ProblemCode.PROFILE_UNUSABLE


def as_toml(document: Mapping[str, object]) -> str:
    return tomlkit.dumps(document)


@quick
@given(document=documents)
def test_no_document_is_more_than_refused(tmp_path: Path, document: dict[str, object]) -> None:
    refused_or_read(tmp_path, as_toml(document))


@pytest.mark.soak
@many
@given(document=documents)
def test_no_document_of_thousands_is_more_than_refused(
    tmp_path: Path, document: dict[str, object]
) -> None:
    refused_or_read(tmp_path, as_toml(document))


@quick
@given(
    usual=st.sampled_from([BY_CODE, OVER_ADB]),
    table=st.sampled_from(["profile", "traps", "wifi", "payload"]),
    key=keys,
    value=values,
)
def test_no_single_odd_value_is_more_than_refused(
    tmp_path: Path, usual: str, table: str, key: str, value: object
) -> None:
    document = tomllib.loads(usual)
    document.setdefault(table, {})[key] = value
    refused_or_read(tmp_path, as_toml(document))


@quick
@given(usual=st.sampled_from([BY_CODE, OVER_ADB]), data=st.data())
def test_no_text_with_a_piece_cut_out_is_more_than_refused(
    tmp_path: Path, usual: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(usual)))
    end = data.draw(st.integers(start, min(len(usual), start + 40)))
    refused_or_read(tmp_path, usual[:start] + data.draw(st.text(max_size=3)) + usual[end:])


@quick
@given(content=st.binary(max_size=60))
@example(content=b"\xef\xbb\xbf[profile]")
@example(content=b"a = 0x" + b"f" * 5000)
@example(content=b"a = " + b"9" * 5000)
@example(content=b"a.b.c.d = {} # " + b"x" * 200)
@example(content=b"a" + b".a" * 3000 + b" = 1")
@example(content=b"[" + b"a." * 3000 + b"a]")
@example(content=b'step = [ { "" = { verify = "x" } } ]\n[profile]')
def test_no_bytes_are_more_than_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "profile.toml"
    path.write_bytes(content)
    with pytest.raises(ProblemError) as raised:
        load_profile(path)
    assert raised.value.problem.code is ProblemCode.PROFILE_UNUSABLE


# ── lines ───────────────────────────────────────────────────────────────────────────────────────
ODD_LAYOUT = '''# a comment with [profile] and "quotes
[ profile ]  # schema = 2
"name" = """
[[step]]
name = 'no'
"""
version=1
kit = [  # several lines
  "a", # ]
  'b]',
]
extras.deep."with.dot" = 1

[[step]]
'verify' = '\''
is = 1 '\''

[["variant"]]
[[variant.step]]
[[variant.step]]
limit = { a = 1 }
[variant.more]
x = 1
[[variant]]
[[variant.step]]
to = ""
'''


def test_a_key_is_found_on_its_line_in_any_layout() -> None:
    text = ODD_LAYOUT.replace("'\\''", "'''")
    lines = lines_of(text)
    expected: dict[Place, int] = {
        ("profile",): 2,
        ("profile", "name"): 3,
        ("profile", "version"): 7,
        ("profile", "kit"): 8,
        ("profile", "extras"): 12,
        ("profile", "extras", "deep", "with.dot"): 12,
        ("step", 0): 14,
        ("step", 0, "verify"): 15,
        ("variant", 0): 18,
        ("variant", 0, "step", 0): 19,
        ("variant", 0, "step", 1): 20,
        ("variant", 0, "step", 1, "limit"): 21,
        ("variant", 0, "more", "x"): 23,
        ("variant", 1, "step", 0, "to"): 26,
    }
    tomllib.loads(text)
    assert {place: lines.get(place) for place in expected} == expected
    assert ("profile", "is") not in lines


@quick
@given(document=documents)
def test_every_key_of_a_document_has_a_line(document: dict[str, object]) -> None:
    text = as_toml(document)
    tomllib.loads(text)
    lines = lines_of(text)
    assert all((key,) in lines for key in document)
