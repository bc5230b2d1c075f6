"""Everything held about one person, for that person (UK GDPR Article 15), as one JSON document.

Events are scanned from first to last: call it on a thread of its own, over its own connection. No
other person's name is in it; pseudonyms of others are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from bench.custody.entries import SealedEvent
from bench.custody.people import roster
from bench.custody.people.recorded import body_of
from bench.custody.personal import table
from bench.custody.personal.table import KeptText
from bench.events.orders import Json
from bench.problems import ProblemCode, ProblemError

if TYPE_CHECKING:
    import sqlite3

_NOT_GIVEN = "held as a one-way code; it is not given out, since it would help others to guess it"


def subject_access(
    connection: sqlite3.Connection, subject: str, events: Iterable[SealedEvent]
) -> dict[str, Json]:
    """Return what is held about `subject`: standing, badge, texts, and the events about them.

    An event counts when it names the pseudonym anywhere or committed to one of the texts.
    """
    texts = table.by_subject(connection, subject)
    said: list[Json] = [_text(text) for text in texts]
    about: list[Json] = list(_events(events, {subject, *(text.ref for text in texts)}, subject))
    return {
        "person": subject,
        "enrolment": _enrolment(connection, subject),
        "texts": said,
        "events": about,
    }


def as_text(found: dict[str, Json]) -> str:
    """Return the document: JSON in ASCII, so that nothing in it can act on a terminal."""
    return json.dumps(found, indent=2, sort_keys=True) + "\n"


def _enrolment(connection: sqlite3.Connection, subject: str) -> Json:
    try:
        who = roster.person(connection, subject)
    except ProblemError as error:
        if error.problem.code is not ProblemCode.PERSON_UNKNOWN:
            raise
        return None
    return {
        "role": who.role.value,
        "standing": who.standing.value,
        "enrolled_on": who.enrolled_on.isoformat(),
        "retired_on": who.retired_on.isoformat() if who.retired_on else None,
        "wrong_pins_in_a_row": who.tries,
        "badge": _NOT_GIVEN if who.has_badge else None,
        "pin": _NOT_GIVEN if who.has_pin else None,
        "key": who.key.as_json() if who.key else None,
        "key_used": who.key_count,
    }


def _text(text: KeptText) -> Json:
    return {
        "event": text.ref,
        "field": text.field,
        "text": text.text,
        "salt": text.salt.hex(),
        "kept_until": text.keep_until.isoformat() if text.keep_until else None,
    }


def _events(events: Iterable[SealedEvent], words: set[str], subject: str) -> Iterator[Json]:
    """Look for the words in the bytes first: most events of a record are about others."""
    any_word = re.compile(b"|".join(re.escape(word.encode()) for word in sorted(words)))
    for event in events:
        if any_word.search(event.body):
            body = dict(body_of(event))
            actor = body.get("actor")
            acted = isinstance(actor, dict) and actor.get("id") == subject
            yield {"seq": event.seq, "acted": acted, "body": body}
