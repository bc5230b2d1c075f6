"""A [[step]], [[gate]] or [[variant.step]] becomes a step: one kind, with the keys it takes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from bench.enrolment.profiles.faults import nearest
from bench.enrolment.profiles.files import Files
from bench.enrolment.profiles.forms import COMPONENT
from bench.enrolment.profiles.head import NEEDS_SCHEMA
from bench.enrolment.profiles.table import ANY_TEXT, Form, Table
from bench.enrolment.profiles.vocabulary import (
    Action,
    AwaitManagement,
    BeListed,
    CodeSource,
    Command,
    Confirm,
    Install,
    JoinWifi,
    MarrySim,
    Namespace,
    OwnDevice,
    Push,
    Run,
    Seen,
    Service,
    Setting,
    ShowCode,
    Step,
    Verify,
    VerifyOwner,
)

_PACKAGE = Form(r"[\w.]+", "give the name of a package, such as org.example.agent")
_TARGET = Form(r"/[\w./-]+", "give a whole path of letters, digits and . _ - /")
_PROPERTY = Form(r"[\w.-]+", "give the name of a system property, such as ro.crypto.state")
_SETTING = Form(
    rf"({'|'.join(Namespace)})/\w+",
    f"give a table ({', '.join(Namespace)}) and a key, such as global/auto_time",
)
_COMMON = ("name", "limit", "retries")
_QUICK, _AT_THE_HANDSET = 60, 900
_A_WEEK, _MOST_TRIES = 7 * 24 * 3600, 100
"""Seconds and retries at most."""
_LONGEST_VALUE = 1000


# ── what each kind reads ────────────────────────────────────────────────────────────────────────
def _install(table: Table, files: Files) -> Action:
    signature = table.text("signed_by", "")
    if signature and (remedy := _wrong_with(signature)):
        table.wrong("signed_by", remedy)
    package = table.text("package", form=_PACKAGE)
    return Install(*files.named(table, "install"), package, signature)


def _wrong_with(signature: str) -> str:
    from bench.enrolment.payload.checksum import (  # noqa: PLC0415 - few profiles have one
        wrong_with_checksum,
    )

    return wrong_with_checksum(signature)


def _push(table: Table, files: Files) -> Action:
    return Push(*files.named(table, "push"), table.text("to", form=_TARGET))


def _setting(table: Table, _: Files) -> Action:
    where = table.text("setting", form=_SETTING) or "global/"
    namespace, key = where.split("/")
    return Setting(Namespace(namespace), key, table.text("value", most=_LONGEST_VALUE))


def _command(table: Table, _: Files) -> Action:
    return Run(table.choice("command", Command.STAY_AWAKE))


def _verify(table: Table, _: Files) -> Action:
    return Verify(table.text("verify", form=_PROPERTY), table.text("is"))


def _code(table: Table, _: Files) -> Action:
    source = table.choice("code", CodeSource.SERVICE)
    match source:
        case CodeSource.SERVICE:
            return ShowCode(source, table.text("of"))
        case CodeSource.FILE:
            return ShowCode(source, table.secret("of"))
        case CodeSource.PAYLOAD:
            if "of" in table:
                table.wrong("of", "leave it out: the code is made of [payload]")
            return ShowCode(source, "")


def _wifi(table: Table, _: Files) -> Action:
    if not table.flag("wifi", usual=True):
        table.wrong("wifi", "give true, or leave the step out")
    return JoinWifi()


def _marry_sim(table: Table, _: Files) -> Action:
    if not table.flag("marry_sim", usual=True):
        table.wrong("marry_sim", "give true, or leave the step out")
    return MarrySim()


def _device_owner(table: Table, _: Files) -> Action:
    return OwnDevice(table.text("device_owner", form=COMPONENT))


def _listed(table: Table, _: Files) -> Action:
    return BeListed(table.choice("listed", Service.KNOX))


def _managed(table: Table, _: Files) -> Action:
    return AwaitManagement(table.choice("managed", Seen.ENROLLED))


def _owner(table: Table, _: Files) -> Action:
    return VerifyOwner(table.text("owner", form=COMPONENT))


def _confirm(table: Table, _: Files) -> Action:
    return Confirm(table.text("confirm", form=ANY_TEXT), table.whole("persons", 1, 1, 2))


@dataclass(frozen=True, slots=True)
class _Kind:
    """How an action is read, the keys it takes besides its own, the usual limit in seconds."""

    read: Callable[[Table, Files], Action]
    keys: tuple[str, ...] = ()
    limit: int = _QUICK


_KINDS: Mapping[str, _Kind] = {
    "install": _Kind(_install, ("package", "signed_by")),
    "push": _Kind(_push, ("to",)),
    "setting": _Kind(_setting, ("value",)),
    "command": _Kind(_command),
    "verify": _Kind(_verify, ("is",)),
    "code": _Kind(_code, ("of",), _AT_THE_HANDSET),
    "wifi": _Kind(_wifi),
    "device_owner": _Kind(_device_owner),
    "listed": _Kind(_listed),
    "managed": _Kind(_managed, (), _AT_THE_HANDSET),
    "owner": _Kind(_owner),
    "marry_sim": _Kind(_marry_sim, (), _AT_THE_HANDSET),
    "confirm": _Kind(_confirm, ("persons",), _AT_THE_HANDSET),
}
FIRST_KINDS = ("install", "push", "setting", "command", "verify")
"""What a step of schema 1 can be."""
KINDS = tuple(_KINDS)
GATE_KINDS = ("verify", "owner", "managed", "confirm")
_KEYS = {*_COMMON, *KINDS, *(key for kind in _KINDS.values() for key in kind.keys)}


# ── reading ─────────────────────────────────────────────────────────────────────────────────────
def read_step(table: Table, kinds: Collection[str], files: Files) -> Step | None:
    """Return the step that a table describes, of one of `kinds`; None where a fault was noted."""
    name = _kind_of(table, kinds)
    if not name:
        return None
    kind, before = _KINDS[name], table.noted
    table.only((*_COMMON, name, *kind.keys))
    step = Step(
        name=table.text("name"),
        action=kind.read(table, files),
        limit=table.whole("limit", kind.limit, 1, _A_WEEK),
        retries=table.whole("retries", 0, 0, _MOST_TRIES),
    )
    return step if table.noted == before else None


def _kind_of(table: Table, kinds: Collection[str]) -> str:
    """Return what kind of step a table describes, "" where it is not exactly one that may be."""
    given = [kind for kind in KINDS if kind in table]
    unknown = [key for key in table.keys if key not in _KEYS]
    if len(given) == 1 and given[0] in kinds:
        return given[0]
    if given and given[0] not in kinds:
        table.wrong(given[0], _elsewhere(kinds))
    elif not given and unknown:
        for key in unknown:
            table.wrong(key, nearest(key, kinds))
    else:
        table.wrong("", f"give exactly one of {', '.join(kinds)}")
    return ""


def _elsewhere(kinds: Collection[str]) -> str:
    if tuple(kinds) == FIRST_KINDS:
        return NEEDS_SCHEMA
    return f"a gate is one of {', '.join(kinds)}"
