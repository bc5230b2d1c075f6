"""What making a batch would do: decided whole before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.enrolment.exports.checking import Checked, LeftOut, Rules, check
from bench.enrolment.exports.formats import NotNeeded, UploadFormat
from bench.enrolment.exports.handsets import HandsetRow
from bench.enrolment.exports.making import UploadFile, make_files
from bench.enrolment.exports.placed import Placed, Placements


@dataclass(frozen=True, slots=True)
class Source:
    """Where handsets come from, in words, those it has, and those it already set aside.

    `remarks` say how it was read.
    """

    words: str
    handsets: tuple[HandsetRow, ...]
    left_out: tuple[LeftOut, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """A batch that could be made.

    `objections` keep it from being made until somebody says that it is meant all the same;
    `warnings` are only said. `gone` are rows of earlier files whose handset the source has no more.
    """

    form: UploadFormat
    source: Source
    rules: Rules
    checked: Checked
    files: tuple[UploadFile, ...]
    objections: tuple[str, ...]
    warnings: tuple[str, ...]
    gone: tuple[Placed, ...]

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """All that get no row, those that the source set aside first."""
        return (*self.source.left_out, *self.checked.left_out)


def plan(
    form: UploadFormat,
    source: Source,
    rules: Rules,
    earlier: Placements,
    *,
    name: str = "",
    method: str = "",
) -> Plan:
    """Return what would be made; `method` is the profile's, "" where no profile was named.

    `earlier` holds the rows of the same service's files. Raises `ValueError` as `make_files`.
    """
    checked = check(form, source.handsets, rules, earlier)
    files = make_files(form, checked.taken, name=name, which=rules.which, options=rules.options)
    return Plan(
        form=form,
        source=source,
        rules=rules,
        checked=checked,
        files=files,
        objections=(
            *_in_service(form, checked.taken),
            *_not_needed(form, checked.taken, method),
            *_account(form, checked, earlier),
        ),
        warnings=_warnings(form, rules),
        gone=_gone(source, earlier),
    )


def _in_service(form: UploadFormat, taken: Sequence[HandsetRow]) -> tuple[str, ...]:
    count = sum(handset.in_service for handset in taken)
    if not form.resets or not count:
        return ()
    return (
        f"{count} of these handsets are in service, and this CAN RESET THEM TO FACTORY SETTINGS",
    )


def _not_needed(form: UploadFormat, taken: Sequence[HandsetRow], method: str) -> tuple[str, ...]:
    found = []
    for rule in form.not_needed:
        count = sum(_meets(rule, handset, method) for handset in taken)
        if count:
            found.append(f"not needed for {count} of {len(taken)} handsets, because {rule.because}")
    return tuple(found)


def _meets(rule: NotNeeded, handset: HandsetRow, method: str) -> bool:
    by_method = not rule.methods or not method or method in rule.methods
    return by_method and (not rule.models or handset.model.startswith(rule.models))


def _account(form: UploadFormat, checked: Checked, earlier: Placements) -> tuple[str, ...]:
    """Count against what an account takes; a handset that was sent twice counts once."""
    if not form.account:
        return ()
    before = len({each.imeis or each.serial for each in earlier})
    new = sum(not earlier.of_handset(handset) for handset in checked.taken)
    if before + new <= form.account:
        return ()
    much = f"an account there takes {form.account} handsets, and these would make it {before + new}"
    return (f"{much}; have the limit raised first",)


def _warnings(form: UploadFormat, rules: Rules) -> tuple[str, ...]:
    said = list(form.warnings)
    if not form.confirmed:
        said.append(f"The form of this file is not confirmed. {form.note}".rstrip())
    if not rules.tacs:
        said.append(
            "No IMEI was compared with the ordered model: --profile or --tac says which it is."
        )
    if rules.simulated:
        said.append("TRAINING: these are simulated handsets. Hand the files in nowhere.")
    return tuple(said)


def _gone(source: Source, earlier: Placements) -> tuple[Placed, ...]:
    here = [*source.handsets, *(each.handset for each in source.left_out)]
    known = {placed for handset in here for placed in earlier.of_handset(handset)}
    return tuple(each for each in earlier if each not in known)
