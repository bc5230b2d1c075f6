"""`sync`: exchanges the bench's record with the central store, once or as long as it is followed.

A process of its own, so that a bench never waits for the centre, whatever that does.
"""

from __future__ import annotations

import os
import sys
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.clock import SystemClock
from bench.command_line.forms import form_of, is_new
from bench.command_line.secrets import store_of
from bench.command_line.sync import words
from bench.command_line.sync.ending import ending
from bench.command_line.sync.manner import Manner
from bench.command_line.sync.watching import Watching, watching
from bench.custody.entries import LedgerHeader
from bench.custody.epochs import swap
from bench.inventory.centre import Centre
from bench.inventory.doors import door_of
from bench.inventory.outbox import Outbox
from bench.inventory.sync import freezing
from bench.inventory.sync.down import Down, down_of
from bench.inventory.sync.following import Following
from bench.inventory.sync.inbox import Inbox
from bench.inventory.sync.rest import Earlier
from bench.inventory.sync.sending import Limits, Outcome, Sending, Sent
from bench.inventory.sync.site import Site, session
from bench.inventory.sync.spread import share_of
from bench.inventory.sync.state import CentreFile
from bench.inventory.sync.telling import Teller
from bench.problems import ProblemError
from bench.settings import Settings

if TYPE_CHECKING:
    from bench.command_line.program import Program


@dataclass(frozen=True)
class Sync:
    """What is asked for; `wait_up_to` seconds of which the bench waits its own share first.

    `wait_up_to` None with `spread` takes the settings' night.
    """

    settings: Path | None = None
    limits: Limits = field(default_factory=Limits)
    spread: bool = False
    wait_up_to: float | None = None
    manner: Manner = Manner.USUAL


def sync_once(asked: Sync, program: Program) -> int:
    """Send all that waits and take down what there is; return the exit status (`Outcome`)."""
    settings = _settings(asked.settings)
    if reason := _nothing_to_do(settings):
        words.say_nothing(reason, asked.manner)
        return Outcome.IN_STEP
    inbox = Inbox()
    with ending(inbox.end), watching(asked.manner) as watch:
        try:
            site = _site(settings)
            if _waited(asked, settings, site, inbox):
                return Outcome.CANCELLED
            sent = _sent(site, asked, inbox, watch)
        except ProblemError as error:
            sent = words.not_begun(error.problem)
        frozen = _frozen(program, settings.ledger, sent)
        watch.end(sent, frozen)
    return sent.outcome


def follow(settings_file: Path | None) -> int:
    """Exchange until standard input ends (0), or until SIGTERM or Ctrl+C (130)."""
    settings = _settings(settings_file)
    if not settings.central.address:
        words.say_nothing(words.NO_CENTRE, Manner.USUAL)
        return Outcome.IN_STEP
    inbox, clock = Inbox(), SystemClock()
    signalled: list[int] = []

    def end() -> None:
        signalled.append(1)
        inbox.end()

    with ending(end):
        inbox.read_from(os.fdopen(os.dup(sys.stdin.fileno()), "rb", closefd=False))
        teller = Teller(_write, clock.elapsed)
        Following(_site(settings), inbox, teller, settings.central.interval).follow()
    return Outcome.CANCELLED if signalled else Outcome.IN_STEP


def _sent(site: Site, asked: Sync, inbox: Inbox, watch: Watching) -> Sent:
    with session(site) as has:
        watch.begin(has)
        sent = Sending(has, site.clock, asked.limits, watch.show, inbox).send()
        watch.warn(has.warnings)
    return sent


def _frozen(program: Program, record: Path, sent: Sent) -> str:
    """Freeze a record of which the centre knows another history; say what came of it, or ""."""
    if not sent.freeze:
        return ""
    try:
        with closing(program.open_record(record)) as ledger:
            if ledger.header.epoch != sent.epoch:
                return words.OTHER_EPOCH
            if not ledger.frozen:
                ledger.freeze(freezing.because(sent.freeze))
    except ProblemError as error:
        return words.not_frozen(error.problem)
    return words.FROZEN


def _waited(asked: Sync, settings: Settings, site: Site, inbox: Inbox) -> bool:
    """Wait this bench's share of the night, where asked to; return whether it is to end."""
    seconds = asked.wait_up_to
    if seconds is None and asked.spread:
        seconds = settings.central.night_minutes * 60.0
    if seconds:
        with site.outbox() as outbox:
            bench = outbox.header.bench
        inbox.take(share_of(bench, seconds))
    return inbox.ended


# ── what it is done with ────────────────────────────────────────────────────────────────────────
def _site(settings: Settings) -> Site:
    record, central, clock = settings.ledger, settings.central, SystemClock()

    def door(header: LedgerHeader) -> Centre:
        return door_of(central, header, store_of(record).secret)

    def down(centre: Centre, file: CentreFile, header: LedgerHeader) -> Down | None:
        return down_of(central.publisher, centre, file, header, record, clock)

    def outbox() -> Outbox:
        return Outbox.open(swap.in_effect(record), form_of(record).opener)

    def earlier() -> tuple[Earlier, ...]:
        return tuple(Earlier(old.name, partial(_opened, old)) for old in swap.old_epochs(record))

    return Site(record, outbox, door, down, clock, earlier=earlier)


def _opened(old: Path) -> Outbox:
    return Outbox.open(old, form_of(old).opener)


def _settings(file: Path | None) -> Settings:
    return Settings.load(file or Settings.default_path())


def _nothing_to_do(settings: Settings) -> str:
    if not settings.central.address:
        return words.NO_CENTRE
    return words.NO_RECORD if is_new(settings.ledger) else ""


def _write(line: str) -> None:
    sys.stdout.write(line)
    sys.stdout.flush()
