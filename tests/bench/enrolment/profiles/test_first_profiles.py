"""Profiles of schema 1: what bench files say today means what it meant."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench.enrolment.profiles.check import check_text
from bench.enrolment.profiles.load import load_profile
from bench.enrolment.profiles.profile import Method
from bench.enrolment.profiles.reading import MOST_BYTES
from bench.enrolment.profiles.vocabulary import Install, Namespace, Push, Run, Setting, Verify
from bench.problems import ProblemCode, ProblemError

SHIPPED = Path(__file__).parents[4] / "resources" / "profiles"
PUSH = 'push = "file.txt"\nto = "/sdcard/file.txt"'
GOOD = """[profile]
name = "Test"
version = 3

[[step]]
name = "Copy"
push = "file.txt"
to = "/sdcard/file.txt"

[[step]]
name = "Time"
setting = "global/auto_time"
value = "1"
limit = 7
retries = 2
"""


def write(folder: Path, text: str, content: str = "hello") -> Path:
    (folder / "file.txt").write_text(content)
    path = folder / "profile.toml"
    path.write_text(text)
    return path


def test_a_profile_of_the_first_schema_keeps_its_fingerprint_for_ever(tmp_path: Path) -> None:
    shipped = load_profile(SHIPPED / "device-check.toml")
    assert shipped.fingerprint == "7c7de76e59a6a12e22f5dbed93f7d76904526c52479fcadce37213501062e895"
    assert (shipped.method, shipped.variants) == (Method.NONE, ())
    with_file = load_profile(write(tmp_path, GOOD))
    assert (
        with_file.fingerprint == "259541d8d279747976d3a5884392dfab960c319bdadcc17949144c8aa5c5f5af"
    )


def test_the_training_profile_has_a_step_of_every_kind() -> None:
    profile = load_profile(SHIPPED / "training" / "training.toml")
    kinds = {type(step.action) for step in profile.steps}
    assert kinds == {Install, Push, Setting, Run, Verify}


def test_a_profile_is_read_as_written(tmp_path: Path) -> None:
    profile = load_profile(write(tmp_path, GOOD))
    assert (profile.name, profile.version, profile.scan_back) == ("Test", 3, True)
    assert not profile.read_before_setup
    copy, time = profile.steps
    assert isinstance(copy.action, Push)
    assert (copy.limit, copy.retries) == (60, 0)
    assert time.action == Setting(Namespace.GLOBAL, "auto_time", "1")
    assert (time.limit, time.retries) == (7, 2)


def test_a_profile_may_ask_for_handsets_to_be_read_before_they_are_set_up(tmp_path: Path) -> None:
    asked = GOOD.replace("version = 3", "version = 3\nread_before_setup = true")
    assert load_profile(write(tmp_path, asked)).read_before_setup


def test_the_fingerprint_covers_every_key_and_every_byte_of_every_file(tmp_path: Path) -> None:
    prints = {
        load_profile(write(tmp_path, text, content)).fingerprint
        for text, content in (
            (GOOD, "hello"),
            (GOOD, "hello!"),
            (GOOD.replace("retries = 2", "retries = 3"), "hello"),
            (GOOD.replace("version = 3", "version = 4"), "hello"),
        )
    }
    assert len(prints) == 4
    assert load_profile(write(tmp_path, GOOD + "# a comment\n")).fingerprint in prints


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"Test"', '"Test', "profile.toml"),
        ("version = 3", "version = 0", "line 3 (version: give a whole number of at least 1"),
        (
            "version = 3",
            "versoin = 3",
            "line 3 (versoin: did you mean version?",
        ),
        ("limit = 7", 'limit = "7"', "line 14 (limit: give a whole number"),
        ("limit = 7", "limit = 0", "line 14 (limit"),
        ("limit = 7", "limit = true", "line 14 (limit"),
        ("limit = 7", "lmit = 7", "line 14 (lmit: did you mean limit?"),
        ("global/auto_time", "root/auto_time", "line 12 (setting"),
        ("global/auto_time", "global/auto_time; reboot", "line 12 (setting"),
        ("/sdcard/file.txt", "/sdcard/$(reboot)", "line 8 (to"),
        ("file.txt", "../file.txt", "line 7 (push: there is no file"),
        ("file.txt", "nowhere.txt", "line 7 (push: there is no file"),
        (PUSH, 'command = "reboot"', "line 7 (command: use one of clear-log"),
        ('push = "file.txt"\n', "", "line 5 ([[step]]: give exactly one of"),
        ('value = "1"\n', "", "line 10 (value: give one line of text"),
        ('name = "Time"', 'name = "Ti\\u0000me"', "line 11 (name: give one line"),
    ],
)
def test_what_is_wrong_is_named_with_line_key_and_remedy(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    with pytest.raises(ProblemError) as raised:
        load_profile(write(tmp_path, GOOD.replace(old, new)))
    assert raised.value.problem.code is ProblemCode.PROFILE_UNUSABLE
    assert says in str(raised.value).replace(" — The profile cannot be used", "")


def test_a_profile_without_steps_or_file_is_refused(tmp_path: Path) -> None:
    for text in ("", "[profile]\nname = 'x'\n", "step = 1"):
        with pytest.raises(ProblemError):
            load_profile(write(tmp_path, text))
    with pytest.raises(ProblemError, match="No such file"):
        load_profile(tmp_path / "nowhere.toml")


def test_a_profile_that_is_no_file_of_text_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "latin.toml").write_bytes(b'[profile]\nname = "caf\xe9"')
    (tmp_path / "large.toml").write_bytes(b"#" * 70_000)
    for name, says in (("pipe", "it is no file"), ("latin", "UTF-8"), ("large", "65536 bytes")):
        with pytest.raises(ProblemError, match=says):
            load_profile(tmp_path / f"{name}.toml")


@pytest.mark.parametrize("letter", ["x", "\u00e9", "\u20ac"])
def test_a_profile_too_long_is_refused_and_never_read_without_its_end(
    tmp_path: Path, letter: str
) -> None:
    filling = "\n# " + letter * (MOST_BYTES // len(letter.encode()))
    path = write(tmp_path, GOOD + filling + GOOD[GOOD.index("\n[[step]]") :])
    with pytest.raises(ProblemError, match="65536 bytes"):
        load_profile(path)
    found = check_text(path.read_text(), tmp_path, path.name)
    assert [fault.remedy for fault in found] == ["a profile has at most 65536 bytes"]
