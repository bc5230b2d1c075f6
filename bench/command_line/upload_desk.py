"""Where an upload is asked for, and the plan that comes of it; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from bench.command_line.forms import RecordForm, form_of
from bench.command_line.program import header_of
from bench.custody.database import told
from bench.custody.entries import LedgerHeader
from bench.custody.phases import Phase
from bench.enrolment.exports.batches import FOLDER, next_name
from bench.enrolment.exports.checking import Rules
from bench.enrolment.exports.expected import read_expected
from bench.enrolment.exports.formats import UploadFormat
from bench.enrolment.exports.handsets import UPLOADED
from bench.enrolment.exports.load import find_format
from bench.enrolment.exports.making import WhichImei
from bench.enrolment.exports.planning import Plan, Source, plan
from bench.enrolment.exports.recording import Recorded, from_record, recognised, recorded
from bench.enrolment.exports.register import UploadRegister
from bench.enrolment.profiles.load import load_profile
from bench.enrolment.profiles.profile import Traps
from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError

TRAINING = "training-"
"""What names of simulated handsets' files begin with."""


@dataclass(frozen=True)
class Wanted:
    """What is asked for: a format, whose handsets, and how they are chosen.

    `listed` is a supplier's list instead of the record's handsets, `columns` what its headings are.
    """

    form: str
    listed: Path | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    profile: Path | None = None
    tacs: tuple[str, ...] = ()
    phases: tuple[Phase, ...] = ()
    which: WhichImei | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    order: str = ""
    again: bool = False
    anyway: bool = False


@dataclass(frozen=True)
class Drawn:
    """A plan under the name that the batch would get, and the profile it was drawn for."""

    name: str
    plan: Plan
    profile: str = ""


class UploadDesk:
    """The uploads of one record: its folder of batches, and what the record itself says."""

    def __init__(self, record: Path, folder: Path | None, formats: Path) -> None:
        self.record = record
        self.folder = folder or record.parent / FOLDER
        self.register = UploadRegister(self.folder)
        self._formats = formats

    @cached_property
    def form(self) -> RecordForm:
        """How the record is kept; told once, before it is opened."""
        return form_of(self.record)

    @cached_property
    def header(self) -> LedgerHeader:
        """Whose record it is."""
        return header_of(self.record, self.form)

    def draw(self, wanted: Wanted) -> Drawn:
        """Return what would be made; `ProblemError` for what cannot be asked for."""
        form = find_format(wanted.form, self._formats)
        _refuse_options(form, wanted.options)
        profile = None if wanted.profile is None else load_profile(wanted.profile)
        rules = self._rules(form, wanted, profile.traps if profile else Traps())
        name = next_name(self.folder, f"{TRAINING if rules.simulated else ''}{form.service}")
        earlier = self.register.placed(form.service)
        source, method = self._source(wanted), profile.method if profile else ""
        try:
            drawn = plan(form, source, rules, earlier, name=name, method=method)
        except ValueError as error:
            raise _refused(str(error)) from error
        return Drawn(name, drawn, profile.fingerprint if profile else "")

    def _rules(self, form: UploadFormat, wanted: Wanted, traps: Traps) -> Rules:
        return Rules(
            tacs=(*wanted.tacs, *traps.tacs),
            models=traps.models,
            which=wanted.which or WhichImei(form.prefers),
            options={name: plain(value) for name, value in wanted.options.items()},
            simulated=self.header.simulated,
            again=wanted.again,
        )

    def recorded(self) -> dict[str, Recorded]:
        """Return what the record says of batches."""
        with told(self.record), closing(self.form.opener.read(self.record)) as connection:
            return recorded(connection)

    def _source(self, wanted: Wanted) -> Source:
        phases = wanted.phases or UPLOADED
        order = plain(wanted.order)
        with told(self.record), closing(self.form.opener.read(self.record)) as connection:
            if wanted.listed is None:
                return from_record(connection, phases, order)
            return recognised(
                connection, read_expected(wanted.listed, wanted.columns, order=order), phases
            )


def _refuse_options(form: UploadFormat, options: Mapping[str, str]) -> None:
    for option in form.options:
        if not options.get(option, "").strip():
            raise _refused(f"the format asks for --set {option}=…")
    for option in options:
        if option not in form.options:
            raise _refused(f"the format has no {option!r} to set")


def _refused(why: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.UPLOAD_REFUSED, detail=why))
