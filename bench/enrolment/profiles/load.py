"""An enrolment profile: named steps as data, checked whole before the first handset sees it.

The format is TOML; `resources/profiles/` holds examples. What is wrong is said with the line, the
key and the remedy. The fingerprint covers every key and every byte of every file a step uses, and
goes into custody: it says which rules a handset was staged under.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.enrolment.profiles.profile import EnrolmentProfile
from bench.enrolment.profiles.vocabulary import (
    Action,
    Command,
    Install,
    Namespace,
    Push,
    Run,
    Setting,
    Step,
    Verify,
)
from bench.problems import Problem, ProblemCode, ProblemError

_STEP_KEYS = {
    "install": {"package"},
    "push": {"to"},
    "setting": {"value"},
    "command": set[str](),
    "verify": {"is"},
}
_COMMON_KEYS = {"name", "limit", "retries"}
_PROFILE_KEYS = {"name", "version", "scan_back", "read_before_setup"}


def load_profile(path: Path) -> EnrolmentProfile:
    """Read and check a profile file; raises `ProblemError` PROFILE_UNUSABLE."""
    try:
        text = path.read_text("utf-8")
        document = tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise _unusable(path, 0, "file", str(error)) from error
    return _Reader(path, text).profile(document)


class _Reader:
    """Turns the parsed document into values; knows the text, to name the line of what is wrong."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()

    def profile(self, document: Mapping[str, Any]) -> EnrolmentProfile:
        head = self._table(document.get("profile"), _PROFILE_KEYS, 0)
        steps = document.get("step")
        if not isinstance(steps, list) or not steps:
            raise self._wrong(0, "step", "give at least one [[step]]")
        parsed = tuple(self._step(step, number) for number, step in enumerate(steps, 1))
        return EnrolmentProfile(
            name=self._text(head, "name", 0),
            version=self._whole(head, "version", 0, 1, 1),
            scan_back=self._flag(head, "scan_back", usual=True),
            read_before_setup=self._flag(head, "read_before_setup", usual=False),
            steps=parsed,
            fingerprint=_fingerprint(document, parsed),
        )

    def _step(self, step: object, number: int) -> Step:
        kinds = [kind for kind in _STEP_KEYS if isinstance(step, dict) and kind in step]
        if len(kinds) != 1:
            raise self._wrong(number, "[[step]]", f"give exactly one of {', '.join(_STEP_KEYS)}")
        kind = kinds[0]
        table = self._table(step, _COMMON_KEYS | {kind} | _STEP_KEYS[kind], number)
        return Step(
            name=self._text(table, "name", number),
            action=self._action(kind, table, number),
            limit=self._whole(table, "limit", number, 60, 1),
            retries=self._whole(table, "retries", number, 0, 0),
        )

    def _action(self, kind: str, table: Mapping[str, Any], number: int) -> Action:
        subject = self._text(table, kind, number)
        match kind:
            case "install":
                file, digest = self._file(subject, kind, number)
                return Install(file, digest, self._named(table, "package", number, r"[\w.]+"))
            case "push":
                file, digest = self._file(subject, kind, number)
                return Push(file, digest, self._named(table, "to", number, r"/[\w./-]+"))
            case "setting":
                return self._setting(table, number)
            case "command":
                return Run(self._command(subject, number))
            case _:
                name = self._named(table, "verify", number, r"[\w.-]+")
                return Verify(name, self._text(table, "is", number))

    def _setting(self, table: Mapping[str, Any], number: int) -> Setting:
        names = "|".join(Namespace)
        full = self._named(table, "setting", number, rf"({names})/\w+")
        namespace, _, key = full.partition("/")
        return Setting(Namespace(namespace), key, self._text(table, "value", number))

    def _command(self, name: str, number: int) -> Command:
        try:
            return Command(name)
        except ValueError:
            known = ", ".join(Command)
            raise self._wrong(number, "command", f"it is none of: {known}") from None

    def _file(self, name: str, key: str, number: int) -> tuple[Path, str]:
        """Resolve a file beside the profile; a profile reaches nothing outside its own folder."""
        folder = self._path.parent.resolve()
        file = (folder / name).resolve()
        if not file.is_relative_to(folder) or not file.is_file():
            raise self._wrong(number, key, f"there is no file {name!r} beside the profile")
        return file, hashlib.sha256(file.read_bytes()).hexdigest()

    def _table(self, value: object, keys: set[str], number: int) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise self._wrong(number, "profile", "give a [profile] table")
        for key in value:
            if key not in keys:
                raise self._wrong(number, key, f"use one of {', '.join(sorted(keys))}")
        return value

    def _text(self, table: Mapping[str, Any], key: str, number: int) -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise self._wrong(number, key, "give one line of text in quotes")
        return value

    def _named(self, table: Mapping[str, Any], key: str, number: int, pattern: str) -> str:
        value = self._text(table, key, number)
        if not re.fullmatch(pattern, value, re.ASCII):
            raise self._wrong(number, key, f"{value!r} is not of the form {pattern}")
        return value

    def _whole(
        self, table: Mapping[str, Any], key: str, number: int, default: int, least: int
    ) -> int:
        value = table.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise self._wrong(number, key, f"give a whole number of at least {least}")
        return value

    def _flag(self, table: Mapping[str, Any], key: str, *, usual: bool) -> bool:
        value = table.get(key, usual)
        if not isinstance(value, bool):
            raise self._wrong(0, key, "give true or false")
        return value

    def _wrong(self, number: int, key: str, remedy: str) -> ProblemError:
        return _unusable(self._path, self._line(number, key), key, remedy)

    def _line(self, number: int, key: str) -> int:
        """Find the line of a key in the step of that number (0: before the first step)."""
        step = 0
        start = 1
        for line_number, line in enumerate(self._lines, 1):
            if line.strip() == "[[step]]":
                step += 1
                start = line_number if step == number else start
            if step == number and re.match(rf"\s*{re.escape(key)}\s*=", line):
                return line_number
        return start


def _fingerprint(document: Mapping[str, Any], steps: tuple[Step, ...]) -> str:
    files = [s.action.sha256 for s in steps if isinstance(s.action, Install | Push)]
    whole = json.dumps([document, files], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(whole.encode()).hexdigest()


def _unusable(path: Path, line: int, key: str, remedy: str) -> ProblemError:
    where = f"{path.name}, line {line}" if line else path.name
    return ProblemError(Problem(ProblemCode.PROFILE_UNUSABLE, where, f"{key}: {remedy}"))
