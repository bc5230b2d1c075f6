"""Which handsets may be in an upload file, and why each other one is left out; decides, no I/O.

No handset is dropped in silence: each comes out as taken, as sent already, or left out with a
reason that says where the other one is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.enrolment.exports.formats import UploadFormat
from bench.enrolment.exports.handsets import HandsetRow
from bench.enrolment.exports.making import WhichImei, identifier_of, imei_of, known, written
from bench.enrolment.exports.placed import Placed, Placements


@dataclass(frozen=True, slots=True)
class Rules:
    """What besides the format decides: the ordered models, their type allocation codes, choices.

    What is empty of the first two is not compared.

    `simulated` says that the handsets are a training record's: then only test numbers are let in
    (reporting body 00), else none. `again` lets handsets in that an earlier file holds.
    """

    tacs: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    which: WhichImei = WhichImei.FIRST
    options: Mapping[str, str] = field(default_factory=dict)
    simulated: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A handset that gets no row, and the one reason."""

    handset: HandsetRow
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of each handset."""

    taken: tuple[HandsetRow, ...] = ()
    already: tuple[tuple[HandsetRow, Placed], ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def check(
    form: UploadFormat, handsets: Sequence[HandsetRow], rules: Rules, earlier: Placements
) -> Checked:
    """Return which of the handsets go into a file, in the order they came.

    `earlier` holds the rows of the same service's files. Source of the rules: facts of enrolment,
    section 11; what a format needs is in its file.
    """
    twins, claims = _twins(form, handsets, rules.which), _claims(form, earlier)
    taken: list[HandsetRow] = []
    already: list[tuple[HandsetRow, Placed]] = []
    left_out: list[LeftOut] = []
    for number, handset in enumerate(handsets):
        before = earlier.of_handset(handset)
        claimed = claims.get(identifier_of(form, handset, rules.which), ())
        clash = _clash(handset, before) or _claimed(handset, claimed)
        if reason := _reason(form, handset, rules) or twins.get(number) or clash:
            left_out.append(LeftOut(handset, reason))
        elif before and not rules.again:
            already.append((handset, before[-1]))
        else:
            taken.append(handset)
    return Checked(tuple(taken), tuple(already), tuple(left_out))


# ── one handset ─────────────────────────────────────────────────────────────────────────────────
def _reason(form: UploadFormat, handset: HandsetRow, rules: Rules) -> str:
    tests: tuple[Callable[[UploadFormat, HandsetRow, Rules], str], ...] = (
        _unnamed, _incomplete, _foreign, _unordered, _unreal, _mistyped,
    )  # fmt: skip
    return next(filter(None, (test(form, handset, rules) for test in tests)), "")


def _unnamed(form: UploadFormat, handset: HandsetRow, rules: Rules) -> str:
    if identifier_of(form, handset, rules.which):
        return ""
    if form.identifier != "imei":
        return "it has no serial number, which the format needs"
    if not handset.imeis:
        return "it has no IMEI, which the format needs"
    return "it has no second IMEI, which was chosen to name it"


def _incomplete(form: UploadFormat, handset: HandsetRow, rules: Rules) -> str:
    values = known(handset, rules.which, rules.options)
    for column in form.columns:
        missing = [place for place in column.places if not values.get(place)]
        if column.needed and (missing or not column.filled(values)):
            return f"the column {column.title} would be empty: nobody told {', '.join(missing)}"
    return ""


def _foreign(form: UploadFormat, handset: HandsetRow, _: Rules) -> str:
    if not form.models or not handset.model or handset.model.startswith(form.models):
        return ""
    return f"the service takes only models that begin with {' or '.join(form.models)}"


def _unordered(_: UploadFormat, handset: HandsetRow, rules: Rules) -> str:
    if not rules.models or not handset.model or handset.model in rules.models:
        return ""
    return f"its model was not ordered: {' or '.join(rules.models)} was"


def _unreal(_: UploadFormat, handset: HandsetRow, rules: Rules) -> str:
    """No test number reaches a real service, and no real handset a training file."""
    for imei in handset.imeis:
        if imei.is_test and not rules.simulated:
            return "its IMEI is a test number, no handset's own"
        if rules.simulated and not imei.is_test:
            return "it is a real handset, and these files are for training"
    return ""


def _mistyped(form: UploadFormat, handset: HandsetRow, rules: Rules) -> str:
    if len(set(handset.imeis)) < len(handset.imeis):
        return "both its IMEIs are the same"
    named = imei_of(handset, rules.which) if form.identifier == "imei" else None
    asked = handset.imeis if named is None else (named,)
    if not rules.tacs or not asked or any(imei.tac in rules.tacs for imei in asked):
        return ""
    return f"its IMEI begins with {asked[0].tac}, which is not of the ordered model"


# ── one beside another ──────────────────────────────────────────────────────────────────────────
def _twins(form: UploadFormat, handsets: Sequence[HandsetRow], which: WhichImei) -> dict[int, str]:
    """Say of each handset that shares a number with another why it is left out.

    Of one handset that was listed several times the first stays; of two that claim one number
    nobody knows whose it is, so neither does.
    """
    claims: dict[str, list[int]] = defaultdict(list)
    for number, handset in enumerate(handsets):
        for name in _names(form, handset, which):
            claims[name].append(number)
    reasons: dict[int, str] = {}
    for name, numbers in claims.items():
        if len(numbers) > 1:
            reasons |= _quarrel(name, numbers, handsets, reasons)
    return reasons


def _names(form: UploadFormat, handset: HandsetRow, which: WhichImei) -> Iterable[str]:
    names = [f"IMEI …{imei.tail}\0{imei}" for imei in handset.imeis]
    if form.identifier == "serial" and (serial := identifier_of(form, handset, which)):
        names.append(f"serial number …{serial[-4:]}\0{serial}")
    return dict.fromkeys(names)


def _quarrel(
    name: str, numbers: Sequence[int], handsets: Sequence[HandsetRow], told: Mapping[int, str]
) -> dict[int, str]:
    what, first = name.partition("\0")[0], handsets[numbers[0]]
    if all(_is_same(handsets[number], first) for number in numbers):
        again = f"it is listed twice; its first place is {first.where or 'above'}"
        return {number: again for number in numbers[1:] if number not in told}
    return {
        number: f"its {what} is another handset's too ({_others(number, numbers, handsets)})"
        for number in numbers
    }


def _is_same(one: HandsetRow, other: HandsetRow) -> bool:
    return (one.imeis, one.serial) == (other.imeis, other.serial)


def _others(number: int, numbers: Sequence[int], handsets: Sequence[HandsetRow]) -> str:
    others = [handsets[each] for each in numbers if each != number]
    return "; ".join(f"{each.where}: {each.masked}" for each in others[:3])


def _clash(handset: HandsetRow, before: Sequence[Placed]) -> str:
    for each in before:
        if not each.is_of(handset):
            return f"its number stands in {each.file}, row {each.row}, for another handset"
    return ""


def _claims(form: UploadFormat, earlier: Placements) -> Mapping[str, Sequence[Placed]]:
    """Return the earlier rows by serial number, where that is what names a handset in the file."""
    claims: dict[str, list[Placed]] = defaultdict(list)
    if form.identifier == "serial":
        for each in earlier:
            claims[written(form, {"serial": each.serial})].append(each)
        claims.pop("", None)
    return claims


def _claimed(handset: HandsetRow, rows: Iterable[Placed]) -> str:
    for each in rows:
        if _is_another(handset, each):
            return f"its serial number stands in {each.file}, row {each.row}, for another handset"
    return ""


def _is_another(handset: HandsetRow, placed: Placed) -> bool:
    """Whether a row of the same serial number is another handset's for certain."""
    if placed.uid and handset.uid:
        return placed.uid != handset.uid
    imeis = {*map(str, handset.imeis)}
    return bool(imeis and placed.imeis) and imeis.isdisjoint(placed.imeis)
