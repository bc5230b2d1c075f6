"""The text of a profile file becomes a profile, or the faults that keep it from being one."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bench.enrolment.profiles import rules
from bench.enrolment.profiles.draft import Draft, DraftVariant, Placed, Steps
from bench.enrolment.profiles.faults import Fault, Findings
from bench.enrolment.profiles.files import Digest, Files
from bench.enrolment.profiles.fingerprint import fingerprint
from bench.enrolment.profiles.head import NEEDS_SCHEMA, read_head, schema_of
from bench.enrolment.profiles.lines import lines_of
from bench.enrolment.profiles.payload import read_payload
from bench.enrolment.profiles.profile import EnrolmentProfile
from bench.enrolment.profiles.steps import FIRST_KINDS, GATE_KINDS, KINDS, read_step
from bench.enrolment.profiles.table import Form, Table
from bench.enrolment.profiles.traps import read_traps
from bench.enrolment.profiles.wifi import read_wifi

MOST_BYTES = 65536
"""A larger file is no profile."""
TOO_LARGE = f"a profile has at most {MOST_BYTES} bytes"
_FIRST_TABLES = ("profile", "step")
_TABLES = (*_FIRST_TABLES, "traps", "wifi", "payload", "gate", "variant")
_LETTER = Form(r"[A-Z]", "give one capital letter: it says that it is an adjustment, and not why")
_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading a file: a profile, or else its faults from the first line on."""

    profile: EnrolmentProfile | None
    faults: tuple[Fault, ...]


def read_text(text: str, folder: Path, name: str, digest: Digest) -> Reading:
    """Read the text of the profile file `name` in `folder`, which holds the files of its steps."""
    if len(text.encode(errors="surrogatepass")) > MOST_BYTES:
        return Reading(None, (Fault(0, "file", TOO_LARGE),))
    try:
        document = tomllib.loads(text)
    except ValueError as error:
        return Reading(None, (_syntax(str(error), text),))
    except RecursionError:
        return Reading(None, (Fault(0, "TOML", "it is nested too deeply"),))
    findings = Findings(lines_of(text))
    draft = _draft(Table(document, (), findings), Files(folder, name, digest))
    if draft is not None and ("profile", "method") not in findings:
        rules.check(draft, findings)
    if draft is None or len(findings):
        return Reading(None, findings.faults)
    return Reading(_profile(draft, document), ())


def _syntax(message: str, text: str) -> Fault:
    """What tomllib says of a fault: it repeats a single character of the text at most."""
    found = _PLACE.search(message)
    line = found[1] if found else None
    return Fault(int(line) if line else text.count("\n") + 1, "TOML", _PLACE.sub("", message))


# ── part by part ────────────────────────────────────────────────────────────────────────────────
def _draft(document: Table, files: Files) -> Draft | None:
    """Read every part; None where no more can be said than was noted."""
    if "profile" not in document:
        document.wrong("profile", "give a [profile] table")
        return None
    head = document.mapping("profile")
    schema = schema_of(head)
    if not schema:
        return None
    _only_tables(document, schema)
    kinds = KINDS if schema > 1 else FIRST_KINDS
    if not document.raw("step"):
        document.wrong("step", "give at least one [[step]]")
    return Draft(
        head=read_head(head, schema),
        steps=_steps(document, "step", kinds, files),
        gates=_steps(document, "gate", GATE_KINDS, files),
        variants=_variants(document, files),
        traps=read_traps(document.mapping("traps")),
        wifi=read_wifi(document.mapping("wifi")) if "wifi" in document else None,
        payload=read_payload(document.mapping("payload")) if "payload" in document else None,
    )


def _only_tables(document: Table, schema: int) -> None:
    for key in document.keys:
        if schema == 1 and key in _TABLES and key not in _FIRST_TABLES:
            document.wrong(key, NEEDS_SCHEMA)
    document.only(_TABLES)


def _steps(table: Table, key: str, kinds: Collection[str], files: Files) -> Steps:
    before, given = table.noted, table.tables(key)
    found = [(each.place, read_step(each, kinds, files)) for each in given]
    read = tuple(Placed(place, step) for place, step in found if step is not None)
    return Steps(read, table.noted == before)


def _variants(document: Table, files: Files) -> tuple[DraftVariant, ...]:
    found = tuple(_variant(table, files) for table in document.tables("variant"))
    letters = [variant.letter for variant in found]
    for number, letter in enumerate(letters):
        if letter and letter in letters[:number]:
            document.tables("variant")[number].wrong("letter", "another variant has this letter")
    return found


def _variant(table: Table, files: Files) -> DraftVariant:
    for key in table.keys:
        if key not in ("letter", "step"):
            table.wrong(key, "a variant has a letter and steps, and nothing that says why it is")
    if not table.raw("step"):
        table.wrong("step", "give at least one [[variant.step]]")
    return DraftVariant(table.text("letter", form=_LETTER), _steps(table, "step", KINDS, files))


# ── the whole ───────────────────────────────────────────────────────────────────────────────────
def _profile(draft: Draft, document: Mapping[str, object]) -> EnrolmentProfile:
    usual, gates = draft.steps.values, draft.gates.values
    extra = [step for variant in draft.variants for step in variant.steps.values]
    head = draft.head
    profile = EnrolmentProfile(
        name=head.name,
        version=head.version,
        scan_back=head.scan_back,
        steps=(*usual, *gates),
        fingerprint=fingerprint(document, (*usual, *extra)),
        read_before_setup=head.read_before_setup,
        method=head.method,
        traps=draft.traps,
        wifi=draft.wifi,
        payload=draft.payload,
        locale=head.locale,
        time_zone=head.time_zone,
        kit=head.kit,
        licences=head.licences,
        label=head.label,
        blink=head.blink,
    )
    adjusted = tuple(
        replace(
            profile,
            steps=(*usual, *variant.steps.values, *gates),
            fingerprint=fingerprint(document, (*usual, *extra), variant.letter),
            variant=variant.letter,
        )
        for variant in draft.variants
    )
    return replace(profile, variants=adjusted)
