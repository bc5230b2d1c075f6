"""`central status`: each bench in a line, and an exit status that a monitor understands."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

from bench.inventory.central.connecting import administrator
from bench.inventory.reports.benches import BenchStanding, CentreStanding, standing
from bench.inventory.reports.verdict import Bounds, Level, Remark, level, remarks, silent_days
from bench.inventory.reports.writing import shown
from bench.problems import ProblemError

_WORDS = {Level.WELL: "OK", Level.LOOK: "WARNING", Level.WRONG: "CRITICAL"}
_HEAD = (
    "bench", "state", "epoch", "head", "last heard", "days silent", "since yesterday", "alarms",
    "behind", "unread", "sign-in ends",
)  # fmt: skip


def status(database: str, bounds: Bounds, *, as_json: bool) -> int:
    """Say how all benches stand; return 0, 1 or 2 as Nagios' plugins do.

    A store that cannot be asked is told of in the same way, with 2.
    """
    try:
        with administrator(database) as connection:
            centre = standing(connection)
    except ProblemError as error:
        return _no_use(str(error), as_json=as_json)
    found = remarks(centre, bounds)
    if as_json:
        sys.stdout.write(json.dumps(_as_object(centre, found)) + "\n")
    else:
        sys.stdout.writelines(_in_words(centre, found))
    return int(level(found))


def _no_use(text: str, *, as_json: bool) -> int:
    if as_json:
        sys.stdout.write(json.dumps({"level": _WORDS[Level.WRONG], "problem": text}) + "\n")
    else:
        sys.stdout.write(f"{_WORDS[Level.WRONG]}: {text}\n")
    return int(Level.WRONG)


def _in_words(centre: CentreStanding, found: list[Remark]) -> Iterator[str]:
    """The first line says it all: some monitors show no other."""
    training = ", training" if centre.simulated else ""
    few = "; ".join(f"{each.bench} {each.text}".strip() for each in found[:3])
    more = f"; and {len(found) - 3} more" if len(found) > 3 else ""  # noqa: PLR2004 - as above
    yield f"{_WORDS[level(found)]}: {centre.store}{training}, {len(centre.benches)} benches"
    yield f": {few}{more}\n" if found else "\n"
    rows = [_HEAD, *(_row(each, centre) for each in centre.benches)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(map(str.ljust, row, widths)).rstrip() + "\n"
    for each in found:
        yield f"{_WORDS[each.level]}: {f'{each.bench}: ' if each.bench else ''}{each.text}\n"


def _row(bench: BenchStanding, centre: CentreStanding) -> tuple[str, ...]:
    ends = shown(bench.certificate_ends)[:10] or "never had one"
    return (
        bench.bench, bench.state, str(bench.epoch), str(bench.head),
        shown(bench.heard_at) or "never", f"{silent_days(bench, centre.now):.1f}",
        str(bench.of_late), str(bench.alarms), str(bench.lag), str(bench.unread),
        ends if centre.certificates_known else "not told",
    )  # fmt: skip


def _as_object(centre: CentreStanding, found: list[Remark]) -> dict[str, object]:
    return {
        "level": _WORDS[level(found)],
        "store": centre.store,
        "simulated": centre.simulated,
        "form": centre.form,
        "now": shown(centre.now),
        "open_conflicts": centre.open_conflicts,
        "remarks": [
            {"level": _WORDS[each.level], "bench": each.bench, "text": each.text} for each in found
        ],
        "benches": [_bench(each, centre) for each in centre.benches],
    }


def _bench(bench: BenchStanding, centre: CentreStanding) -> dict[str, object]:
    return {
        "bench": bench.bench,
        "organisation": bench.organisation,
        "state": bench.state,
        "epoch": bench.epoch,
        "head": bench.head,
        "last_heard": shown(bench.heard_at) or None,
        "days_silent": round(silent_days(bench, centre.now), 3),
        "events_since_yesterday": bench.of_late,
        "open_alarms": bench.alarms,
        "behind": bench.lag,
        "behind_since": shown(bench.behind_since) or None,
        "unread": bench.unread,
        "sign_in_ends": shown(bench.certificate_ends) or None,
    }
