"""`ledger checkpoint`, `cosign`, `backup`, `restore`: by hand what a bench does while it works.

Each says in a line what came of it. What writes to the record opens it, so no bench may be running.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, TypeAlias

from bench.command_line.statement import DONE, FAILED, write_docket
from bench.custody.backup import restoring
from bench.custody.backup.making import Backups
from bench.custody.backup.plan import BackupName
from bench.custody.backup.trial import PLAIN, Form
from bench.custody.database import Connect, connect_reader, told
from bench.custody.ledger import Ledger
from bench.custody.proof.checkpoint import Checkpoint
from bench.custody.proof.note import SignedNote
from bench.custody.statement.content import DocketDetails
from bench.custody.time_stamps import Stamped, checked
from bench.events.device import ProblemRaised
from bench.events.run import Fact
from bench.identity.plain import plain
from bench.ports import Clock
from bench.problems import ProblemError
from bench.upkeep.cosigned import cosigned_in
from bench.upkeep.heads import Heads
from bench.upkeep.plan import USUALLY, WitnessSite

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

OpenLedger: TypeAlias = Callable[[], Ledger]
"""Opens the record that is meant; raises as `Ledger.open` does."""
BY_HAND = "by hand"
_LINE = 400


def checkpoint(
    open_ledger: OpenLedger,
    clock: Clock,
    *,
    fonts: Path,
    docket: Path | None = None,
    why: str = BY_HAND,
    out: TextIO | None = None,
) -> int:
    """Sign the head of the whole record, and write its docket if asked; return the exit code.

    Where nothing has happened since the last head, that one stands.
    """
    try:
        with closing(open_ledger()) as ledger:
            note = _newest(ledger, Heads(ledger, clock, lambda _: None).checkpoint(why))
            simulated = ledger.header.simulated
    except ProblemError as error:
        return _say(str(error), FAILED, out)
    head = Checkpoint.parse(note.text)
    _say(f"{head.origin}: {head.size} events signed, root {head.root.hex()}", DONE, out)
    if docket is None:
        return DONE
    name = f"{head.origin.replace('/', '-')}-{head.size}"
    details = DocketDetails(name, clock.moment().at, why, simulated)
    return write_docket(docket, str(note).encode(), details, fonts=fonts)


def cosign_now(
    open_ledger: OpenLedger,
    sites: Sequence[WitnessSite],
    clock: Clock,
    *,
    deadline: float = USUALLY.deadline,
    out: TextIO | None = None,
) -> int:
    """Sign the head of the record and bring it to each witness; return the exit code.

    It is 1 unless each of them has cosigned all there is. Where one knows a longer record, this one
    is frozen. `deadline` in seconds, for each.
    """
    if not sites:
        return _say("No witness is set up: name one in the settings.", FAILED, out)
    try:
        with closing(open_ledger()) as ledger:
            heads = Heads(ledger, clock, lambda _: None)
            heads.checkpoint(BY_HAND)
            problems = asyncio.run(_asked(sites, ledger, heads, deadline))
            kept = ledger.last_checkpoint()
    except ProblemError as error:
        return _say(str(error), FAILED, out)
    for problem in problems:
        _say(problem, FAILED, out)
    return max(_told(site, kept.note if kept else None, out) for site in sites)


def backup_now(backups: Backups, out: TextIO | None = None) -> int:
    """Make a backup and prove that it restores, also while a bench runs; return the exit code."""
    try:
        path = backups.make()
    except ProblemError as error:
        return _say(str(error), FAILED, out)
    name = BackupName.parse(path.name)
    assert name is not None, "a backup has the name of one"
    return _say(f"{path}: restores, and goes to event {name.seq}", DONE, out)


def restore(backup: Path, target: Path, *, form: Form = PLAIN, out: TextIO | None = None) -> int:
    """Bring a backup back to where nothing lies, and say what must follow; return the exit code."""
    try:
        restored = restoring.restore(backup, target, form=form)
    except ProblemError as error:
        return _say(str(error), FAILED, out)
    return _say(f"{target}: {restored.advice}", DONE, out)


def show_time_stamps(
    record: Path,
    roots: Sequence[Certificate],
    *,
    connect: Connect = connect_reader,
    out: TextIO | None = None,
) -> int:
    """Check the time stamps in a record and say of each what it proves; 1 if one does not hold."""
    try:
        with told(record), closing(connect(record)) as connection:
            stamps = checked(connection, roots)
    except ProblemError as error:
        return _say(str(error), FAILED, out)
    if not stamps:
        return _say(f"{record}: no time stamps", DONE, out)
    return max(_say(in_words(each), DONE if each.at else FAILED, out) for each in stamps)


def in_words(stamped: Stamped) -> str:
    """Say what a time stamp proves, or why it proves nothing."""
    if stamped.at is None:
        return f"time stamp on event {stamped.size} does not hold: {stamped.fault}"
    at = stamped.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return f"events 1 to {stamped.size} were there by {at}, as an authority says"


async def _asked(
    sites: Sequence[WitnessSite], ledger: Ledger, heads: Heads, deadline: float
) -> list[str]:
    """Ask each witness once; return what stood in the way."""
    from bench.upkeep.witnessing import witnesses  # noqa: PLC0415 - loads http and ssl

    problems: list[str] = []

    def hear(fact: Fact) -> None:
        if isinstance(fact, ProblemRaised):
            problems.append(str(fact.problem))

    rhythm = replace(USUALLY, deadline=deadline)
    asked = witnesses(sites, ledger, heads, hear, rhythm, ledger.opener.read)
    await asyncio.gather(*(each.ask(deadline) for each in asked))
    return problems


def _told(site: WitnessSite, note: SignedNote | None, out: TextIO | None) -> int:
    found = None if note is None else cosigned_in(note, site.key)
    if found is None:
        return FAILED
    at = found.at.strftime("%Y-%m-%d %H:%M:%S UTC")
    return _say(f"{site.name}: cosigned {found.size} events at {at}", DONE, out)


def _newest(ledger: Ledger, note: SignedNote) -> SignedNote:
    """Return the head with the lines that witnesses have added to it."""
    kept = ledger.last_checkpoint()
    return kept.note if kept and kept.note.text == note.text else note


def _say(line: str, code: int, out: TextIO | None) -> int:
    """Say what went well on standard output and what did not on standard error."""
    stream = out or (sys.stdout if code == DONE else sys.stderr)
    stream.write(f"{plain(line, _LINE)}\n")
    return code
