"""The file of connectors: one TOML, a section for each inventory; an unknown key names the nearest.

Keys are the fields of these sections, with hyphens. No secret stands in it: only where one is kept.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from bench.custody.phases import Phase
from bench.problems import Problem, ProblemCode, ProblemError

Reference: TypeAlias = "str | int"
"""Something of an inventory by its name there, or by its number."""
HOLDER = re.compile(r"(user|location|asset):[1-9][0-9]{0,9}", re.ASCII)
_PHASES = frozenset(phase.value for phase in Phase)


@dataclass(frozen=True)
class SnipeIt:
    """Snipe-IT. `url` is its address without `/api/v1`; `token` the name of a secret, or a file.

    `status` leads a phase of the record to a status label, `models` a handset's model to a model
    there (without: the one so named); each by name or number. `imei_column` is a custom field's
    column, such as `_snipeit_imei_1`; empty, it is not told. `check_out` leads a phase to who has a
    handset in it (`location:3`), `holders` who the record names to somebody there (`user:7`).
    `category` (a number), `fieldset` and `imei_field` are for what `--set-up` makes. The account
    may make `per_minute` requests. `not_there` is what it says of an asset tag that no asset has,
    where its account's language is not English.
    """

    url: str = ""
    token: str = ""
    trust: str = ""
    per_minute: int = 120
    status: Mapping[str, Reference] = field(default_factory=dict)
    models: Mapping[str, Reference] = field(default_factory=dict)
    imei_column: str = ""
    imei2_column: str = ""
    check_out: Mapping[str, str] = field(default_factory=dict)
    holders: Mapping[str, str] = field(default_factory=dict)
    category: int = 0
    fieldset: str = "Handset"
    imei_field: str = "IMEI"
    not_there: str = ""


@dataclass(frozen=True)
class Drop:
    """CSV files for whoever takes them: into a `folder`, or `sftp://USER@HOST:PORT/PATH`.

    `host_key` is the server's public key as a known_hosts line has it (`ssh-ed25519 AAAA…`):
    no other is trusted. `key` is the name of the secret with the private key, or its file. `bom`
    begins each file with a byte order mark, for spreadsheets. With `snapshot` all devices are
    written once a day beside what changed.
    """

    folder: str = ""
    host_key: str = ""
    key: str = ""
    bom: bool = False
    snapshot: bool = True


@dataclass(frozen=True)
class ServiceNow:
    """ServiceNow, by its Identification and Reconciliation Engine.

    `source` is the data source's name as it is set up there. With `user` the secret is a password,
    without it a bearer token. NOT CONFIRMED, and therefore set here: `ci_class` and `columns`, the
    class and its columns for each field, the values of `status` by phase, and how many requests an
    instance lets pass (`per_minute`; said to be 10,000 an hour).
    """

    url: str = ""
    token: str = ""
    user: str = ""
    trust: str = ""
    per_minute: int = 120
    source: str = "Staging Bench"
    ci_class: str = "cmdb_ci_handheld_computing"
    columns: Mapping[str, str] = field(
        default_factory=lambda: {"asset_tag": "asset_tag", "serial": "serial_number"}
    )
    status: Mapping[str, Reference] = field(default_factory=dict)


@dataclass(frozen=True)
class Connectors:
    """The inventories that are fed; one that has no section is not."""

    snipe_it: SnipeIt | None = None
    drop: Drop | None = None
    servicenow: ServiceNow | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return which there are, as they are called in the file."""
        return tuple(_spelt(each.name) for each in fields(self) if getattr(self, each.name))


def read(path: Path) -> Connectors:
    """Read a file; `ProblemError` CONNECTORS_UNUSABLE names the key and the remedy."""
    try:
        return parse(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise unusable(f"{path.name}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise unusable(f"{path.name}: {error}") from None


def parse(document: Mapping[str, Any]) -> Connectors:
    """Check a parsed document; `ValueError` names the key and the remedy."""
    kinds = {"snipe-it": SnipeIt, "drop": Drop, "servicenow": ServiceNow}
    _only_known(document, list(kinds), "")
    found: dict[str, Any] = {name: _section(name, document[name], kinds[name]) for name in document}
    connectors = Connectors(**{name.replace("-", "_"): made for name, made in found.items()})
    _check(connectors)
    return connectors


def unusable(detail: str) -> ProblemError:
    """Return the problem of a file that cannot be used."""
    return ProblemError(Problem(ProblemCode.CONNECTORS_UNUSABLE, detail=detail))


_Section = TypeVar("_Section")


def _section(name: str, table: object, kind: type[_Section]) -> _Section:
    if not isinstance(table, dict):
        raise ValueError(f"{name}: write it as a section, [{name}]")  # noqa: TRY004 - what a file says
    _only_known(table, [_spelt(each.name) for each in fields(kind)], f"{name}.")  # type: ignore[arg-type]
    default = kind()
    given = {key.replace("-", "_"): value for key, value in table.items()}
    for key, value in given.items():
        expected = getattr(default, key)
        if type(value) is not type(expected):
            raise ValueError(f"{name}.{_spelt(key)}: give {_IN_WORDS[type(expected)]}")
    return kind(**given)


def _check(connectors: Connectors) -> None:
    for name, section in (
        ("snipe-it", connectors.snipe_it), ("servicenow", connectors.servicenow),
    ):  # fmt: skip
        if section is not None:
            _check_site(name, section)
    if connectors.snipe_it is not None:
        _check_holders(connectors.snipe_it)
    if connectors.drop is not None:
        _check_drop(connectors.drop)


def _check_site(name: str, section: SnipeIt | ServiceNow) -> None:
    for key in ("url", "token"):
        if not getattr(section, key):
            raise ValueError(f"{name}.{key} is missing")
    here = re.match(r"http://(localhost|127\.0\.0\.1|\[::1\])(:|/|$)", section.url)
    if not here and not section.url.startswith("https://"):
        raise ValueError(f"{name}.url: give an https address")
    if re.search(r"[?#@\s]", section.url):
        raise ValueError(f"{name}.url: give it without user, query and fragment")
    if not 1 <= section.per_minute <= 100_000:  # noqa: PLR2004 - said in the text
        raise ValueError(f"{name}.per-minute: give a number from 1 to 100000")
    _phases(name, "status", section.status)
    for phase, label in section.status.items():
        if type(label) not in (str, int) or label in ("", 0):
            raise ValueError(f"{name}.status.{phase}: give a name or a number")


def _check_holders(section: SnipeIt) -> None:
    _phases("snipe-it", "check-out", section.check_out)
    for key, table in (("check-out", section.check_out), ("holders", section.holders)):
        for name, holder in table.items():
            if not isinstance(holder, str) or not HOLDER.fullmatch(holder):
                raise ValueError(f"snipe-it.{key}.{name}: give user:N, location:N or asset:N")
    for column in (section.imei_column, section.imei2_column):
        if column and not re.fullmatch(r"_snipeit_[a-z0-9_]+", column):
            raise ValueError(f"snipe-it: {column!r} is no column, such as _snipeit_imei_1")


def _check_drop(section: Drop) -> None:
    if not section.folder:
        raise ValueError("drop.folder is missing")
    if section.folder.startswith("sftp:"):
        for key in ("host_key", "key"):
            if not getattr(section, key):
                raise ValueError(f"drop.{_spelt(key)} is missing, which SFTP needs")
    elif "://" in section.folder:
        raise ValueError("drop.folder: give a folder, or sftp://USER@HOST/PATH")


def _phases(name: str, key: str, table: Mapping[str, object]) -> None:
    _only_known(table, sorted(_PHASES), f"{name}.{key}.")


def _only_known(table: Mapping[str, object], known: list[str], prefix: str) -> None:
    for key in table:
        if key not in known:
            nearest = get_close_matches(key, known, 1, 0.5)
            hint = f"did you mean {prefix}{nearest[0]}?" if nearest else f"use {', '.join(known)}"
            raise ValueError(f"{prefix}{key} is not known; {hint}")


def _spelt(key: str) -> str:
    return key.replace("_", "-")


_IN_WORDS: dict[type, str] = {
    str: "text in quotes", int: "a whole number", dict: "a table", bool: "true or false",
}  # fmt: skip
