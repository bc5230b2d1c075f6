"""`central publish`: makes and signs what benches are to have, once or for as long as it runs."""

from __future__ import annotations

import signal
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.command_line.central.setting_up import authority_folder
from bench.inventory.central.certificates import utc_now
from bench.inventory.central.connecting import administrator
from bench.inventory.releases.making import contents
from bench.inventory.releases.making.key import open_key
from bench.inventory.releases.making.publishing import Cadence, Published, Publisher
from bench.inventory.releases.signing import publisher_key
from bench.problems import CATALOGUE, Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import psycopg

KEY = "publisher.key"


@dataclass(frozen=True, slots=True)
class Publishing:
    """Which store, whose key (None: beside the authority), how often there is something new.

    `only` is a bench's name, "" for all.
    """

    database: str = field(repr=False)
    key: Path | None = None
    only: str = ""
    cadence: Cadence = field(default_factory=Cadence)

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
    """Make what is new, once; return the exit code. `ProblemError` where it cannot be."""
    key = open_key(asked.key_file)
    with administrator(asked.database) as connection:
        _refuse_unknown(connection, asked.only)
        made = Publisher(connection, key, asked.cadence).publish(utc_now(), asked.only)
    _tell(made)
    return 0


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


def _words(problem: Problem) -> str:
    return f"{problem.where}: {CATALOGUE[problem.code].what}: {problem.detail}"
