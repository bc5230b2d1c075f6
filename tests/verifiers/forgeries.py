"""What a forger does to a bundle that was parsed: each changes it in place."""

from __future__ import annotations

import base64
import copy
import json
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

from bench.custody.chain import leaf_hash
from tests.bench.custody.proof.signers import made_up_key

Json: TypeAlias = Any
Forgery: TypeAlias = "Callable[[random.Random, Json, Sequence[Json]], object]"
_ODD: tuple[Json, ...] = (
    None, True, False, 0, -1, 1, 2**53, 2**53 - 1, -(2**53), 10**40, 1.5, 1e300, "", "\x00", "é",
    [], {}, [[]], {"a": {}}, "0" * 64, "A" * 86 + "==", "\u2028", "𝄞", ["x"], {"uid": "device-1"},
)  # fmt: skip
_TEXT = '0123456789abcdefABCDEFxyz+/= \n-—e.{}[]",:\\\x00é'


def spelled(said: Json) -> bytes:
    """Write canonical JSON, or what comes nearest."""
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.encode("utf-8", "surrogatepass")


# ── forgeries: each changes the parsed bundle in place ──────────────────────────────────────────
def _section(rng: random.Random, said: Json) -> Json:
    return rng.choice(said["origins"])


def _event(rng: random.Random, said: Json) -> Json:
    return rng.choice(_section(rng, said)["events"])


def swap_events(rng: random.Random, said: Json, _: Sequence[Json]) -> None:
    events = _section(rng, said)["events"]
    one, two = rng.randrange(len(events)), rng.randrange(len(events))
    events[one], events[two] = events[two], events[one]


def drop_event(rng: random.Random, said: Json, _: Sequence[Json]) -> None:
    events = _section(rng, said)["events"]
    del events[rng.randrange(len(events))]


def drop_end(rng: random.Random, said: Json, _: Sequence[Json]) -> None:
    events = _section(rng, said)["events"]
    del events[rng.randrange(len(events)) :]


def drop_beginning(rng: random.Random, said: Json, _: Sequence[Json]) -> None:
    events = _section(rng, said)["events"]
    del events[: rng.randrange(len(events))]


def repeat_event(rng: random.Random, said: Json, _: Sequence[Json]) -> None:
    events = _section(rng, said)["events"]
    at = rng.randrange(len(events))
    events.insert(rng.randrange(len(events) + 1), copy.deepcopy(events[at]))


def take_member_of_another(rng: random.Random, said: Json, others: Sequence[Json]) -> None:
    name = rng.choice(("body", "proof", "sig"))
    _event(rng, said)[name] = _event(rng, rng.choice(others))[name]


def take_event_of_another(rng: random.Random, said: Json, others: Sequence[Json]) -> None:
    events = _section(rng, said)["events"]
    at = rng.randrange(len(events))
    events[at : at + rng.randrange(2)] = [copy.deepcopy(_event(rng, rng.choice(others)))]


def take_section_of_another(rng: random.Random, said: Json, others: Sequence[Json]) -> None:
    sections = said["origins"]
    at = rng.randrange(len(sections))
    other = copy.deepcopy(_section(rng, rng.choice(others)))
    sections[at : at + rng.randrange(2)] = [other]
    sections.sort(key=lambda section: str(section["origin"]))


def take_checkpoints_of_another(rng: random.Random, said: Json, others: Sequence[Json]) -> None:
    _section(rng, said)["checkpoints"] = list(_section(rng, rng.choice(others))["checkpoints"])


def take_statement_of_another(rng: random.Random, said: Json, others: Sequence[Json]) -> None:
    said["statement"] = rng.choice([each for each in others if "statement" in each])["statement"]


def drop_section(rng: random.Random, said: Json, _: Sequence[Json]) -> None:
    del said["origins"][rng.randrange(len(said["origins"]))]


def drop_checkpoint(rng: random.Random, said: Json, _: Sequence[Json]) -> None:
    notes = _section(rng, said)["checkpoints"]
    del notes[rng.randrange(len(notes))]


def change_lines_of_note(rng: random.Random, said: Json, _: Sequence[Json]) -> None:
    """Leave out, repeat, exchange or add signature lines; change the head itself."""
    notes = _section(rng, said)["checkpoints"]
    at = rng.randrange(len(notes))
    lines = notes[at].split("\n")
    line = rng.randrange(len(lines))
    match rng.randrange(6):
        case 0:
            del lines[line]
        case 1:
            lines.insert(rng.randrange(len(lines)), lines[line])
        case 2:
            other = rng.randrange(len(lines))
            lines[line], lines[other] = lines[other], lines[line]
        case 3:
            lines[1] = rng.choice(("0", "1", "99", "007", str(2**53), str(10**30), "-1", "1e3"))
        case 4:
            name, key = "witness.example/east", rng.randbytes(rng.choice((3, 4, 5, 68, 76)))
            lines.insert(-1, f"— {name} {base64.b64encode(key).decode()}")
        case _:
            lines[2] = base64.b64encode(rng.randbytes(32)).decode()
    notes[at] = "\n".join(lines)


def change_text(rng: random.Random, said: Json, _: Sequence[Json]) -> None:
    """Change one character of any text in the bundle."""
    holder, name = rng.choice(list(_places(said, str)))
    text = holder[name]
    at = rng.randrange(len(text))
    holder[name] = text[:at] + rng.choice(_TEXT) + text[at + rng.randrange(2) :]


def change_stray_bits(rng: random.Random, said: Json, _: Sequence[Json]) -> None:
    """Change the last letter before the padding of a signature."""
    event = _event(rng, said)
    event["sig"] = event["sig"][:-3] + rng.choice("ABQRgw/+") + "=="


def put_anything(rng: random.Random, said: Json, _: Sequence[Json]) -> None:
    holder, name = rng.choice(list(_places(said, object)))
    holder[name] = copy.deepcopy(rng.choice(_ODD))


def add_member(rng: random.Random, said: Json, _: Sequence[Json]) -> None:
    holders = [said, *(holder for holder, _ in _places(said, object) if isinstance(holder, dict))]
    rng.choice(holders)[rng.choice(("extra", "é", "__proto__", "keys", "Body"))] = "x"


def drop_member(rng: random.Random, said: Json, _: Sequence[Json]) -> None:
    holder, name = rng.choice(list(_places(said, object)))
    del holder[name]


def nest_deeply(rng: random.Random, said: Json, _: Sequence[Json]) -> None:
    holder, name = rng.choice(list(_places(said, object)))
    deep: Json = holder[name]
    for _layer in range(rng.choice((1, 5, 60))):
        deep = rng.choice(([deep], {"a": deep}))
    holder[name] = deep


def change_index(rng: random.Random, said: Json, _: Sequence[Json]) -> None:
    event = _event(rng, said)
    head, index, *path = event["proof"].split("\n")
    number = rng.choice((0, 1, int(index[6:]) + rng.choice((-1, 1)), 2**31, 2**53 - 1, 10**30))
    event["proof"] = "\n".join([head, f"index {number}", *path])


def change_path(rng: random.Random, said: Json, _: Sequence[Json]) -> None:
    event = _event(rng, said)
    head, index, *path, _, _ = event["proof"].split("\n")
    match rng.randrange(4):
        case 0:
            del path[rng.randrange(len(path))]
        case 1:
            path.insert(rng.randrange(len(path) + 1), base64.b64encode(rng.randbytes(32)).decode())
        case 2:
            rng.shuffle(path)
        case _:
            path *= rng.choice((2, 30))
    event["proof"] = "\n".join([head, index, *path, "", ""])


def add_extra_line(rng: random.Random, said: Json, _: Sequence[Json]) -> None:
    event = _event(rng, said)
    head, rest = event["proof"].split("\n", 1)
    event["proof"] = f"{head}\nextra eHg=\n{rest}"


def change_body(rng: random.Random, said: Json, _: Sequence[Json]) -> None:
    """Change what an event says and sign it: with a key of one's own, or not at all."""
    event = _event(rng, said)
    body = json.loads(event["body"])
    name = rng.choice(sorted(body))
    body[name] = rng.choice((copy.deepcopy(rng.choice(_ODD)), body[name], "device-2"))
    event["body"] = spelled(body).decode("utf-8", "replace")
    if rng.random() < 0.7:
        key = made_up_key(rng.choice(("forger", "custody.example/bench-09/e1")))
        signature = key.sign(leaf_hash(event["body"].encode()))
        event["sig"] = base64.b64encode(signature).decode()


def respell_body(rng: random.Random, said: Json, _: Sequence[Json]) -> None:
    event = _event(rng, said)
    body = json.loads(event["body"])
    event["body"] = rng.choice((
        json.dumps(body), event["body"] + " ", event["body"] + "{}", event["body"][:-1],
        event["body"].replace('"v":1', '"v":1.0'), event["body"].replace('"v":1', '"v":1,"v":1'),
        event["body"].replace('"v":1', '"v":1e0'), event["body"].replace('"v":1', '"v":true'),
        "[" * 3000 + "]" * 3000, '{"a":' * 3000 + "1" + "}" * 3000, "1", "null", '"\\ud800"',
    ))  # fmt: skip


def rename_device(rng: random.Random, said: Json, _: Sequence[Json]) -> None:
    said["device"]["uid"] = rng.choice(("device-2", "", "device-1\n", "x" * 65, "dévice", 7))


def rename_origin(rng: random.Random, said: Json, _: Sequence[Json]) -> None:
    section = _section(rng, said)
    origin = section["origin"]
    section["origin"] = rng.choice((
        origin + "0", origin.replace("07", "08"), origin.replace("e1", "e2"), origin.upper(),
        origin.replace("/e", "/e0"), "custody.example/central", origin + "\n",
    ))  # fmt: skip


def _places(said: Json, kind: type) -> Iterator[tuple[Json, Any]]:
    """Yield every place in the bundle that holds a value of this kind."""
    names: Sequence[Any] = ()
    if isinstance(said, dict):
        names = list(said)
    elif isinstance(said, list):
        names = range(len(said))
    for name in names:
        if isinstance(said[name], kind):
            yield said, name
        yield from _places(said[name], kind)


FORGERIES: tuple[Forgery, ...] = (
    swap_events, drop_event, drop_end, drop_beginning, repeat_event, take_member_of_another,
    take_event_of_another, take_section_of_another, take_checkpoints_of_another,
    take_statement_of_another, drop_section, drop_checkpoint, change_lines_of_note, change_text,
    change_stray_bits, put_anything, add_member, drop_member, nest_deeply, change_index,
    change_path, add_extra_line, change_body, respell_body, rename_device, rename_origin,
)  # fmt: skip
