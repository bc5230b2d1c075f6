"""Say what a custody bundle proves: `python verify_bundle.py --policy POLICY BUNDLE`.

Stands alone (Python 3.11 or later, `cryptography`) and does what custody-bundle.md says.
Exit code 0: valid; 1: not valid, and why; 2: policy or arguments cannot be used.
"""  # noqa: INP001 - one file, handed out by itself

import json
import re
import sys
from base64 import b64decode
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT, LIMIT, MOST_EVENTS = "staging-bench/bundle/v1", 2**24, 10_000
NUMBER, TAIL, SIG = "(0|[1-9][0-9]{0,14})", "[AEIMQUYcgkosw048]=", "[A-Za-z0-9+/]{85}[AQgw]=="
B64 = f"(?:[A-Za-z0-9+/]{{4}})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{{2}}{TAIL})?"
NOTE = rf"((?:[^\x00-\x1f]*\n)+)\n((?:— [^\s\x00-\x1f+]+ (?=\S){B64}\n){{1,100}})"
HEAD = rf"(\S+)\n{NUMBER}\n([A-Za-z0-9+/]{{42}}{TAIL})\n(?:[^\n]+\n)*"
PROOF = rf"c2sp\.org/tlog-proof@v1\nindex {NUMBER}\n((?:[A-Za-z0-9+/]{{42}}{TAIL}\n){{0,63}})\n"
ORIGIN = "([!-*,-~]{1,200}/([A-Za-z0-9][A-Za-z0-9._-]{0,62}))/e([1-9][0-9]{0,8})"
SAID = "[a-z][a-z_]{0,39} [0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}[.][0-9]{3}Z"
VKEY = rb"([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})"
URL = rb"(?: \S+)?"
LINE = rb"(?:#.*|log (\S+)%b|witness (\S+) (\S+)%b|group (\S+) (\S+)((?: \S+)+)|quorum (\S+))?"
INVALID = (ValueError, TypeError, LookupError, AttributeError, RecursionError, OverflowError,
           InvalidSignature)  # fmt: skip


def _need(fact: Any, reason: str) -> Any:  # noqa: ANN401 - what was needed is handed back
    if not fact:
        raise ValueError(reason)
    return fact


def _form(pattern: Any, text: Any, what: str) -> Any:  # noqa: ANN401 - str or bytes alike
    return _need(re.fullmatch(pattern, text), f"{what} has not its form").groups()


def _spell(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _read(data: bytes, limit: int, what: str) -> Any:  # noqa: ANN401 - JSON
    _need(len(data) <= limit, f"{what} is over {limit} bytes")
    value = json.loads(data.decode(), parse_int=_whole, parse_float=str, parse_constant=str)
    return _need(_spell(value) == data and value, f"{what} is not in canonical form")


def _whole(digits: str) -> int | str:
    return int(digits) if abs(int(digits)) < 2**53 else digits


def _day(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _root(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    _need(index < size and bool(path) == (size > 1), "an inclusion path has another length")
    if not path:
        return leaf
    half, rest = 1 << (size - 1).bit_length() - 1, path[:-1]
    if index < half:
        return sha256(b"\1" + _root(leaf, index, half, rest) + path[-1]).digest()
    return sha256(b"\1" + path[-1] + _root(leaf, index - half, size - half, rest)).digest()


class Verifier:
    """A policy: keys by name and id (type, key, witness), and who must agree; "" is the quorum."""

    def __init__(self, policy: bytes) -> None:
        self._keys: dict[tuple[bytes, bytes], tuple[int, bytes, bytes]] = {}
        self._rules: dict[bytes, tuple[int, list[bytes]]] = {b"none": (0, [])}
        free: set[bytes] = set()
        _need(re.fullmatch(rb"[\t\n -~\x80-\xff]*\n", policy), "it is cut off, or no text")
        for line in policy.split(b"\n"):
            words, what = b" ".join(line.split()), f"the line {line!r}"
            log, name, vkey, group, count, of, quorum = _form(LINE % (URL, URL), words, what)
            if log or vkey:
                self._know(4 if vkey else 1, log or vkey, name)
            if members := (of or name or quorum or b"").split():
                least = {b"any": b"1", None: b"1", b"all": b"%d" % len(members)}.get(count, count)
                new, known = name or group or b"", free if group else {name, *self._rules}
                good = new not in self._rules and re.fullmatch(b"[1-9][0-9]{0,8}", least)
                _need(good and {*members} <= known, f"wrong: {line!r}")
                _need(int(least) <= len(members) == len({*members}), f"wrong: {line!r}")
                self._rules[new] = int(least), members
                free = free if quorum else free - {*members} | {new}
        _need(b"" in self._rules, "it has no quorum")

    def _know(self, kind: int, vkey: bytes, witness: bytes) -> None:
        name, key_id, encoded = _form(VKEY, vkey, f"the key {vkey!r}")
        key = b64decode(encoded)
        own = sha256(name + b"\n" + key).digest()[:4]
        fresh = (kind, key[1:]) not in [each[:2] for each in self._keys.values()]
        _need(key[0] == kind and own.hex().encode() == key_id and fresh, f"wrong key: {vkey!r}")
        self._keys[name, own] = kind, key[1:], witness

    def _signed(self, note: str) -> tuple[str, dict[tuple[bytes, bytes], str]]:
        text, lines = _form(NOTE, note, "a signed note")
        found: dict[tuple[bytes, bytes], str] = {}
        for name, encoded in re.findall(r"(\S+) (\S+)\n", lines):
            data = b64decode(encoded)
            kind, public, _ = self._keys.get(key := (name.encode(), data[:4]), (0, b"", b""))
            _need(data[4:] and key not in found, "a key signed nothing, or twice")
            time, rest = (int.from_bytes(data[4:12]), data[12:]) if kind > 1 else (0, data[4:])
            head = b"cosignature/v1\ntime %d\n" % time if kind > 1 else b""
            if kind:
                Ed25519PublicKey.from_public_bytes(public).verify(rest, head + text.encode())
                found[key] = _day(time) if kind > 1 else ""
        return text, found

    def _head(self, note: str, origin: str) -> tuple[int, bytes, bytes, list[str]]:
        text, found = self._signed(note)
        named, size, root = _form(HEAD, text, "a checkpoint")
        logs = [self._keys[key][1] for key in found if key[0] == origin.encode() and not found[key]]
        agreed = {self._keys[key][2] for key in found if found[key]}
        for name, (least, of) in self._rules.items():
            agreed |= {name} if len(agreed & {*of}) >= least else set()
        _need(named == origin and len(logs) == 1, f"a checkpoint is not signed by the log {origin}")
        _need(b"" in agreed, f"too few witnesses have cosigned a checkpoint of {origin}")
        return int(size), b64decode(root), logs[0], [time for time in found.values() if time]

    def _history(self, uid: str, section: Any) -> list[tuple[Any, str, str]]:  # noqa: ANN401 - JSON
        origin, notes, last, events = section["origin"], section["checkpoints"], (0, "0" * 64), []
        _, bench, epoch = _form(ORIGIN, origin, "an origin")
        exact = section.keys() == {"checkpoints", "events", "origin"} and isinstance(notes, list)
        heads = [self._head(note, origin) for note in notes]
        grow = [head[0] for head in heads] == sorted({head[0] for head in heads})
        _need(exact and grow, f"{origin} has other members, or checkpoints that do not grow")
        for event in section["events"]:
            index, path = _form(PROOF, event["proof"], "a proof")
            data, seq, where = event["body"].encode(), int(index) + 1, f"{origin} {int(index) + 1}"
            body, leaf = _read(data, 2**16, where), sha256(b"\0" + data).digest()
            told = [body[name] for name in ("v", "bench", "epoch", "seq", "dseq", "dprev")]
            follows = _spell(told) == _spell([1, bench, int(epoch), seq, *last]) and seq > last[0]
            _need(follows, f"{where} is not the next event of its handset there")
            exact = body["dev"]["uid"] == uid and event.keys() == {"body", "proof", "sig"}
            _need(exact, f"{where} is about another handset, or has other members")
            _form(f"{SAID} {SIG}", f"{body['type']} {body['at']} {event['sig']}", where)
            over = _need([head for head in heads if head[0] >= seq], f"{where} has no checkpoint")
            found = _root(leaf, seq - 1, over[0][0], [b64decode(each) for each in path.split()])
            _need(found == over[0][1], f"{where} is not in the tree that was signed")
            Ed25519PublicKey.from_public_bytes(over[0][2]).verify(b64decode(event["sig"]), leaf)
            bound = f"not later than {max(over[0][3])}" if over[0][3] else "no witness"
            under = [f", not shown before {min(h[3])}" for h in heads if h[0] < seq and h[3]][-1:]
            said = "".join((f"{where} {body['type']} {body['at']}: {bound}", *under))
            events.append((body, leaf.hex(), said))
            last = seq, leaf.hex()
        return events

    def verify(self, data: bytes) -> list[str]:
        """Return the verdict in lines; raises one of `INVALID` for a bundle that is not valid."""
        bundle = _read(data, LIMIT, "it")
        total, uid, stated = bundle.pop("sha256"), bundle["device"]["uid"], "statement" in bundle
        _need(sha256(_spell(bundle)).hexdigest() == total, "it was changed: its sha256 differs")
        names = "device format origins statement uid" if stated else "device format origins uid"
        exact = " ".join((*bundle, *bundle["device"])) == names and bundle["format"] == FORMAT
        _need(exact and re.fullmatch("[!-~]{1,64}", uid), f"it is not of the form {FORMAT}")
        held = {each["origin"]: self._history(uid, each) for each in bundle["origins"]}
        _need([each["origin"] for each in bundle["origins"]] == sorted(held), "it is out of order")
        events = [event for section in held.values() for event in section]
        _need(0 < len(events) <= MOST_EVENTS, f"it has no event, or over {MOST_EVENTS}")
        ends, told = {}, set()
        for origin, section in held.items():
            (stem, _, epoch), (body, leaf, _) = _form(ORIGIN, origin, "an origin"), section[-1]
            ends[_spell([stem, int(epoch), body["seq"], leaf])] = body["type"] == "exported"
            carried = [body["data"] for body, _, _ in section if body["type"] == "carried"]
            told |= {_spell([stem, *(e[n] for n in ("epoch", "seq", "hash"))]) for e in carried}
        _need(told <= {*ends}, "a section that an event carries on from is left out, or its end is")
        _need(all(ends[end] or end in told for end in ends), "the end of a section is left out")
        word = "without a central statement: nothing is said of other benches"
        word = self._statement(bundle["statement"], uid, held) if stated else word
        kind = "SIMULATED events" if any("sim" in body for body, _, _ in events) else "events"
        lines = [line for _, _, line in events]
        return [*lines, f"valid: {len(lines)} {kind} of {uid}, none left out, {word}"]

    def _statement(self, note: str, uid: str, held: dict[str, list[tuple[Any, str, str]]]) -> str:
        text, found = self._signed(note)
        pattern = f"staging-bench device statement v1\n{re.escape(uid)}\ntime {NUMBER}\n"
        for origin, events in held.items():
            real = [f"{b['seq']} {leaf}" for b, leaf, _ in events if b["type"] != "exported"]
            pattern += "".join(f"{re.escape(origin)} {each}\n" for each in real[-1:])
        (time,) = _form(pattern, text, "the statement, or what it says of the last events,")
        central = [key for key, at in found.items() if key[0].endswith(b"/central") and not at]
        _need(central, "the statement is not the central one")
        return f"nor on other benches by {_day(int(time))}"


def main(words: list[str]) -> int:
    """Verify the bundle that the command line names; return the exit code."""
    code = 2
    try:
        option, policy, name = words
        _need(option == "--policy", "usage: verify_bundle.py --policy POLICY BUNDLE")
        verifier = Verifier(Path(policy).read_bytes())
        with Path(name).open("rb") as file:
            data = file.read(LIMIT + 1)
        code = 1
        sys.stdout.write("".join(f"{line}\n" for line in verifier.verify(data)))
    except (OSError, *INVALID) as error:
        reason = str(error) if type(error) is ValueError else f"malformed or forged: {error!r}"
        sys.stdout.write(f"{'NOT VALID' if code == 1 else 'cannot be used'}: {reason!a}\n")
        return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
