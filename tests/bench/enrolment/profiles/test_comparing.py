"""What changed in a profile, and what it does: in plain lines, secrets by their names only."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.enrolment.profiles.comparing import Comparison, compare
from bench.enrolment.profiles.words import told
from tests.bench.enrolment.profiles.profile_texts import (
    BY_CODE,
    CHECKSUM,
    OVER_ADB,
    changed,
    loaded,
)

LIMIT = ("limit = 900", "limit = 600")
NEXT = ("version = 3", "version = 4")
LOOKED_AT = BY_CODE[BY_CODE.rindex("[[gate]]") :]
COMPLIANT = BY_CODE[BY_CODE.index("[[gate]]") : BY_CODE.rindex("[[gate]]")]


def compared(folder: Path, usual: str, *changes: tuple[str, str]) -> Comparison:
    text = usual
    for old, new in changes:
        text = changed(text, old, new)
    return compare(loaded(folder, usual), loaded(folder, text))


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('name = "A32, QR"', 'name = "A32"', "name: A32, QR → A32"),
        ('method = "qr"', 'method = "staging-token"', "method: qr → staging-token"),
        ('"charger"', '"cable"', "kit: handset, charger → handset, cable"),
        ("blink = 2.5", "", "blink: 2.5 → 4.0"),
        ("blink = 2.5", 'blink = 2.5\nlabel = "asset-50x25"', "label: none → asset-50x25"),
        ('tacs = ["00440000"]', "", "[traps] tacs: 00440000 → none"),
        ("2027-03-01", "2028-03-01", "[traps] supported_until: 2027-03-01 → 2028-03-01"),
        ('"bench-wifi"', '"other-wifi"', "[wifi] password: bench-wifi → other-wifi"),
        ("LEAVE_ALL_SYSTEM_APPS_ENABLED = true", "LEAVE_ALL_SYSTEM_APPS_ENABLED = false",
         "[payload] LEAVE_ALL_SYSTEM_APPS_ENABLED: true → false"),
        (", WIFI_PROXY_PORT = 8080", "", "[payload] WIFI_PROXY_PORT: 8080 → none"),
        (*LIMIT, 'step "Show the code": limit: 900 → 600'),
        ('name = "Compliant"', 'name = "Known"', 'step "Compliant": removed'),
        (LOOKED_AT, "", 'step "Looked at": removed'),
        ("limit = 900", "limit = 900\nretries = 2", 'step "Show the code": retries: 0 → 2'),
    ],
)  # fmt: skip
def test_what_changed_is_said_on_a_line(tmp_path: Path, old: str, new: str, line: str) -> None:
    assert line in compared(tmp_path, BY_CODE, (old, new)).lines


def test_one_change_is_one_line(tmp_path: Path) -> None:
    assert compared(tmp_path, BY_CODE, LIMIT).lines == ('step "Show the code": limit: 900 → 600',)


def test_a_step_that_is_new_is_told_with_its_place(tmp_path: Path) -> None:
    step = '[[step]]\nname = "Time"\nsetting = "global/auto_time"\nvalue = "1"\n\n'
    found = compared(tmp_path, OVER_ADB, ("[[gate]]", f"{step}[[gate]]"))
    assert found.lines == (
        'step "Time": added as number 3: set global/auto_time to 1 and read it back',
    )


def test_a_step_that_changed_its_place_is_told_once(tmp_path: Path) -> None:
    found = compared(tmp_path, BY_CODE, (COMPLIANT + LOOKED_AT, LOOKED_AT + COMPLIANT))
    assert len(found.lines) == 1
    assert "moved, and is now number" in found.lines[0]


def test_a_table_that_comes_or_goes_is_told(tmp_path: Path) -> None:
    table = BY_CODE[BY_CODE.index("[traps]") : BY_CODE.index("[wifi]")]
    assert any(
        line.startswith("[traps] ") for line in compared(tmp_path, BY_CODE, (table, "")).lines
    )
    other = BY_CODE[BY_CODE.index("[wifi]") : BY_CODE.index("[payload]")]
    assert compared(tmp_path, BY_CODE, (other, "")).lines == ("[wifi]: removed",)


def test_what_changed_in_a_variant_is_told_apart_from_the_usual_profile(tmp_path: Path) -> None:
    found = compared(tmp_path, OVER_ADB, ('value = "1.3"', 'value = "1.5"'), ('"C"', '"D"'))
    was, now = (f"set system/font_scale to {size} and read it back" for size in ("1.3", "1.5"))
    assert found.lines == (
        f'variant B, step "Text": {was} → {now}',
        "variant C: removed",
        "variant D: added",
    )


def test_a_file_that_changed_is_told_though_its_name_is_the_same(tmp_path: Path) -> None:
    old = loaded(tmp_path, OVER_ADB)
    found = compare(old, loaded(tmp_path, OVER_ADB, "hello!"))
    assert found.lines == ('variant C, step "Sheet": the content of file.txt changed',)
    assert "version is still 1: raise it" in found.warning


SIGNED = f"""
[[variant.step]]
name = "Agent"
install = "file.txt"
package = "org.example.agent"
signed_by = "{CHECKSUM}"
"""


def test_a_signature_that_is_no_longer_asked_for_is_told_by_itself(tmp_path: Path) -> None:
    signed = OVER_ADB + SIGNED
    line = f'signed_by = "{CHECKSUM}"\n'
    assert compared(tmp_path, signed, (line, "")).lines == (
        f'variant C, step "Agent": signed_by: {CHECKSUM} → none',
    )
    both = compare(loaded(tmp_path, signed), loaded(tmp_path, changed(signed, line, ""), "hello!"))
    assert both.lines == (
        'variant C, step "Sheet": the content of file.txt changed',
        'variant C, step "Agent": the content of file.txt changed',
        f'variant C, step "Agent": signed_by: {CHECKSUM} → none',
    )


# ── the rule of versions ────────────────────────────────────────────────────────────────────────
def test_a_profile_that_changed_needs_another_number(tmp_path: Path) -> None:
    assert compared(tmp_path, BY_CODE, LIMIT).warning.endswith("version is still 3: raise it")
    assert not compared(tmp_path, BY_CODE, LIMIT, NEXT).warning
    assert (
        "goes back from 3 to 2"
        in compared(tmp_path, BY_CODE, ("version = 3", "version = 2")).warning
    )
    assert not compared(tmp_path, BY_CODE, ('name = "A32, QR"', 'name = "Another"')).warning


def test_comments_need_no_other_number(tmp_path: Path) -> None:
    assert compared(tmp_path, BY_CODE, ("blink", "# seconds\nblink")) == Comparison(
        ("nothing changed",), ""
    )


def test_what_is_written_out_and_was_usual_before_is_a_change_to_the_record(tmp_path: Path) -> None:
    found = compared(tmp_path, BY_CODE, ("blink", "scan_back = true\nblink"))
    assert found.lines == ("only what is written down changed, and nothing it does",)
    assert found.warning


# ── in words ────────────────────────────────────────────────────────────────────────────────────
def test_a_profile_is_told_whole_and_what_is_not_confirmed_is_said_to_be_so(tmp_path: Path) -> None:
    text = changed(BY_CODE, "blink", "read_before_setup = true\nblink")
    words = "\n".join(told(loaded(tmp_path, text)))
    for part in (
        "A32, QR, version 3",
        "asked who it is before set-up (not confirmed on a real handset)",
        "up to 2.5 s it was not restarted (not confirmed on a real handset)",
        "Sets aside: models other than SM-A325F",
        "Sets aside: everything from 2027-03-01 on",
        'Network: "bench" (WPA), password in the secret bench-wifi',
        "EXTRA_ENROLLMENT_TOKEN: the secret intune-token",
        "Secrets it names: bench-wifi, intune-token",
        "1. Show the code: show a QR code made here of [payload] (limit: 900 s)",
        '3. Looked at: two persons confirm: "The home screen',
    ):
        assert part in words


def test_the_label_and_who_signed_a_package_are_told(tmp_path: Path) -> None:
    text = changed(OVER_ADB + SIGNED, "version = 1", 'version = 1\nlabel = "asset-50x25"')
    words = "\n".join(told(loaded(tmp_path, text)))
    assert "The label (asset-50x25) is scanned back." in words
    assert f"install file.txt, signed by {CHECKSUM}, and see org.example.agent listed" in words


def test_what_nobody_can_say_before_set_up_is_said_of_each_trap(tmp_path: Path) -> None:
    silent = "\n".join(told(loaded(tmp_path, BY_CODE)))
    read = changed(BY_CODE, "blink", "read_before_setup = true\nblink")
    asked = "\n".join(told(loaded(tmp_path, read)))
    for trap in ("models other than SM-A325F", "sales codes other than EUX",
                 "a lock of the last owner"):  # fmt: skip
        where = f"Sets aside: {trap} (asked only where the modem answers"
        assert f"{where}; read_before_setup is off)" in silent
        assert f"{where})" in asked
    for words in (silent, asked):
        for trap in ("a security patch before 2023-01-01", "a blown Knox fuse"):
            assert f"Sets aside: {trap} (not asked before set-up: only Android says it)" in words
        assert "Sets aside: Type Allocation Codes other than 00440000\n" in words
    over_adb = "\n".join(told(loaded(tmp_path, OVER_ADB)))
    assert "Sets aside: a blown Knox fuse\n" in over_adb
    where = "(asked only where the modem answers; read_before_setup is off)"
    assert f"Sets aside: a lock of the last owner {where}" in over_adb


def test_a_variant_is_told_by_its_letter_and_its_own_steps(tmp_path: Path) -> None:
    profile = loaded(tmp_path, OVER_ADB)
    lines = list(told(profile))
    start = next(n for n, line in enumerate(lines) if line.startswith("Variant B"))
    assert profile.variants[0].fingerprint in lines[start]
    assert lines[start + 1].startswith("3. Text: set system/font_scale to 1.3")
    assert lines[start + 2] == ""


def test_secrets_of_variants_and_token_files_are_named_too(tmp_path: Path) -> None:
    text = changed(BY_CODE, 'code = "payload"', 'code = "file"\nof = "a32-file"')
    assert loaded(tmp_path, text).secrets == {"bench-wifi", "intune-token", "a32-file"}
