"""Making in a Snipe-IT what feeding takes: fields, their fieldset, models, status labels.

What is there by its name is left as it is, so it may be done again. It says what was made, and what
the file of connectors is to name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bench.custody.phases import Phase
from bench.events.orders import Json
from bench.inventory.connectors.filed import SnipeIt, unusable
from bench.inventory.connectors.snipe_it.connector import numbers
from bench.inventory.connectors.snipe_it.rows import RefusedError, Rows
from bench.problems import ProblemCode

_FORMAT = "regex:/^[0-9]{15}$/"
_KINDS = {
    Phase.QUARANTINED.value: "undeployable", Phase.DEAD_ON_ARRIVAL.value: "undeployable",
    Phase.DISPOSED.value: "archived", Phase.NEW.value: "pending", Phase.IN_STOCK.value: "pending",
    Phase.AT_BENCH.value: "pending", Phase.WIPED.value: "pending", Phase.RETURNED.value: "pending",
}  # fmt: skip
"""Of which type the label of a phase is; `deployable` of those that are not named."""
Say = Callable[[str], None]


async def set_up(rows: Rows, settings: SnipeIt, say: Say) -> None:
    """Make what is missing; `ProblemError` for trouble, and for what the service refuses."""
    try:
        fieldset = await _fieldset(rows, settings, say)
        await _fields(rows, settings, fieldset, say)
        await _labels(rows, settings, say)
        await _models(rows, settings, fieldset, say)
    except RefusedError as error:
        raise rows.line.trouble(ProblemCode.CONNECTOR_REFUSED, str(error)) from None
    finally:
        await rows.line.close()


async def _fieldset(rows: Rows, settings: SnipeIt, say: Say) -> int:
    there = await numbers(rows, "fieldsets")
    return await _made(rows, "fieldsets", settings.fieldset, {}, there, say)


async def _fields(rows: Rows, settings: SnipeIt, fieldset: int, say: Say) -> None:
    """Each IMEI is unique there; the second one too, among the second ones."""
    there = await numbers(rows, "fields")
    within = await _within(rows, fieldset)
    names = {"imei-column": settings.imei_field, "imei2-column": f"{settings.imei_field} 2"}
    kind: dict[str, Json] = {"element": "text", "format": _FORMAT, "is_unique": True}
    for key, name in names.items():
        number = await _made(rows, "fields", name, kind, there, say)
        if number not in within:
            body: dict[str, Json] = {"fieldset_id": fieldset}
            await rows.told("POST", "fields", str(number), "associate", body=body)
            say(f"field {name} is in the fieldset {settings.fieldset} now")
        say(f'{key} = "{await _column(rows, number)}"')


async def _labels(rows: Rows, settings: SnipeIt, say: Say) -> None:
    there = await numbers(rows, "statuslabels")
    for phase, label in settings.status.items():
        if isinstance(label, str):
            kind: dict[str, Json] = {"type": _KINDS.get(phase, "deployable")}
            there[label] = await _made(rows, "statuslabels", label, kind, there, say)


async def _models(rows: Rows, settings: SnipeIt, fieldset: int, say: Say) -> None:
    named = [each for each in settings.models.values() if isinstance(each, str)]
    if named and not settings.category:
        raise unusable("snipe-it.category is missing: models are made in one, of the type asset")
    there = await numbers(rows, "models")
    kind: dict[str, Json] = {"category_id": settings.category, "fieldset_id": fieldset}
    for model in named:
        there[model] = await _made(rows, "models", model, kind, there, say)


async def _made(
    rows: Rows, resource: str, name: str, more: Mapping[str, Json], there: Mapping[str, int],
    say: Say,
) -> int:  # fmt: skip
    """Return the number of what has that name, which is made if nothing has."""
    if name in there:
        return there[name]
    await rows.told("POST", resource, body={"name": name, **more})
    number = (await numbers(rows, resource)).get(name)
    if number is None:
        detail = f"it said it made {name} of {resource}, and it is not there"
        raise rows.line.trouble(ProblemCode.CONNECTOR_GARBLED, detail)
    say(f"made {name} of {resource}")
    return number


async def _within(rows: Rows, fieldset: int) -> set[int]:
    async for row in rows.all("fieldsets"):
        if row.get("id") == fieldset:
            fields = row.get("fields")
            its = fields.get("rows") if isinstance(fields, dict) else None
            listed = its if isinstance(its, list) else []
            return {int(str(each["id"])) for each in listed if isinstance(each, dict)}
    return set()


async def _column(rows: Rows, number: int) -> str:
    async for row in rows.all("fields"):
        if row.get("id") == number:
            return str(row.get("db_column_name", ""))
    return ""
