"""What two persons take back at the command line, in few words."""

from __future__ import annotations

from contextlib import closing

from bench.custody.chain import parse
from bench.custody.corrections import deciding
from bench.custody.corrections.kinds import Why
from bench.custody.entries import Actor, Proof
from bench.custody.walk import uid_of
from bench.events.orders import CustodyKind
from tests.bench.stock.counter import Counter

FIRST, SECOND = Actor("p-00000000000a", Proof.BADGE_PIN), Actor("p-00000000000b", Proof.BADGE_PIN)


def take_back(desk: Counter, uid: str, kind: CustodyKind) -> None:
    """Undo the newest event of a kind about a handset; the book reads it."""
    told = [(event.seq, parse(event.body)) for event in desk.ledger.events(0, 100_000)]
    seq = max(seq for seq, body in told if uid_of(body) == uid and body["type"] == kind)
    with closing(desk.ledger.opener.read(desk.ledger.path)) as record:
        entry = deciding.undo(record, seq, why=Why.NOT_DONE)
    desk.ledger.append((entry,), by=FIRST, second=SECOND)
    desk.book.catch_up(desk.ledger.events)


def is_folded_anew_alike(desk: Counter) -> bool:
    """Whether every page of the book says the same once it is torn out and folded again."""
    tables = [table for page in desk.book.pages for table in page.tables]
    asked = [f"SELECT * FROM {table}" for table in tables]
    before = [desk.book.connection.execute(each).fetchall() for each in asked]
    desk.book.tear_out()
    desk.book.catch_up(desk.ledger.events)
    return [desk.book.connection.execute(each).fetchall() for each in asked] == before
