"""`central publish`: makes and signs what benches are to have, once or for as long as it runs."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.command_line.central.setting_up import authority_folder
from bench.identity.plain import plain
from bench.inventory.central.certificates import utc_now
from bench.inventory.central.connecting import administrator
from bench.inventory.releases.making import contents
from bench.inventory.releases.making.key import open_key
from bench.inventory.releases.making.publishing import Cadence, Published, Publisher, Remark
from bench.inventory.releases.signing import publisher_key
from bench.problems import CATALOGUE, Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import psycopg

KEY = "publisher.key"
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Publishing:
    """Which store, whose key (None: beside the authority), how often there is something new.

    `only` is a bench's name, "" for all; `said` are the remarks that a person has heard already.
    """

    database: str = field(repr=False)
    key: Path | None = None
    only: str = ""
    cadence: Cadence = field(default_factory=Cadence)
    said: set[Remark] = field(default_factory=set, compare=False)

    @property
    def key_file(self) -> Path:
        """Where the publisher's key is kept."""
        return self.key or authority_folder(None) / KEY


def show_key(asked: Publishing) -> int:
    """Say the verifier key that benches set as central.publisher, making a key if there is none."""
    key = open_key(asked.key_file)
    with administrator(asked.database) as connection:
        benches = contents.benches(connection)
    for organisation in sorted({each.organisation for each in benches}):
        sys.stdout.write(f"{publisher_key(organisation, key)}\n")
    if not benches:
        sys.stderr.write("The store has no bench yet; a key is said for each organisation.\n")
    return 0


def publish(asked: Publishing) -> int:
    """Make what is new, once; return the exit code: 1 where something was refused, and is said.

    `ProblemError` where nothing can be made at all.
    """
    key = open_key(asked.key_file)
    with administrator(asked.database) as connection:
        _refuse_unknown(connection, asked.only)
        publisher = Publisher(connection, key, asked.cadence)
        made = publisher.publish(utc_now(), asked.only)
    _tell(made)
    _remark(publisher.remarks, asked.said)
    return int(any(each.is_refusal for each in publisher.remarks))


def keep_publishing(asked: Publishing, every: float) -> int:
    """Make what is new every so many seconds, until SIGTERM or SIGINT; trouble is said and left.

    On the main thread: it takes the two signals.
    """
    open_key(asked.key_file)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    while not ended.is_set():
        try:
            publish(asked)
            asked = replace(asked, cadence=replace(asked.cadence, anew=False))  # once is enough
        except ProblemError as error:
            sys.stderr.write(f"{_words(error.problem)}\n")
            sys.stderr.flush()
        ended.wait(every)
    return 0


def _refuse_unknown(connection: psycopg.Connection[Any], only: str) -> None:
    if only and not contents.benches(connection, only):
        detail = f"the store has no bench {only!r}, or has retired it"
        raise ProblemError(Problem(ProblemCode.CENTRE_UNUSABLE, "--bench", detail))


def _tell(made: tuple[Published, ...]) -> None:
    for each in made:
        new = ", ".join(each.new) or "the receipt"
        sys.stdout.write(f"{each.bench}: release {each.number}, new: {new}\n")
    if not made:
        sys.stdout.write("Nothing is new.\n")
    sys.stdout.flush()


def _remark(remarks: Iterable[Remark], said: set[Remark]) -> None:
    """Say what a run has not said yet; what is over by now is said if it comes again."""
    now = dict.fromkeys(remarks)
    for each in now:
        if each not in said:
            sys.stderr.write(f"{plain(str(each), _LONGEST)}\n")
    sys.stderr.flush()
    said.clear()
    said.update(now)


def _words(problem: Problem) -> str:
    return f"{problem.where}: {CATALOGUE[problem.code].what}: {problem.detail}"
