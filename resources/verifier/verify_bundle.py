"""Verify a custody bundle, as custody-bundle.md says: --policy POLICY BUNDLE."""  # noqa: INP001

import json
import re
import sys
from base64 import b64decode
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey as PublicKey

FORMAT, LIMIT, MOST_EVENTS, UID = "staging-bench/bundle/v1", 2**24, 10_000, r'"[!#-[\]-~]{1,64}"'
A, NUMBER, TEXT = "[A-Za-z0-9+/]", "(0|[1-9][0-9]{0,14})", r'"[^"\\]*(?:\\.[^"\\]*)*"'
B64 = f"(?:{A}{{4}})*(?:{A}{{4}}|{A}{{2}}[AEIMQUYcgkosw048]=|{A}[AQgw]==)"
VKEY = rb"([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})"
NOTE = rf"((\S+)\n{NUMBER}\n({B64})\n(?:.+\n)*)\n((?:— [^ \n+]+ {B64}\n){{1,100}})"
PROOF = rf"c2sp\.org/tlog-proof@v1\nindex {NUMBER}\n((?:{B64}\n){{0,63}})\n"
ORIGIN = "([!-*,-~]{1,200}/([A-Za-z0-9][A-Za-z0-9._-]{0,62}))/e([1-9][0-9]{0,8})"
SAID = "[a-z][a-z_]{0,39} [0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}[.][0-9]{3}Z"
EVENT, END = rf'{{"body":{TEXT},"proof":{TEXT},"sig":"{B64}"}}', f'{TEXT}(,"statement":{TEXT})?}}'
PART = rf'{{"checkpoints":\[({TEXT},?)+\],"events":\[({EVENT},?)+\],"origin":{TEXT}}}'
FILE = rf'{{"device":{{"uid":{UID}}},"format":"{FORMAT}","origins":\[({PART},?)+\],"sha256":{END}'
INVALID = ValueError, TypeError, LookupError, RuntimeError, OverflowError, OSError, InvalidSignature
_spell = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


def _need(fact: Any, reason: str) -> Any:  # noqa: ANN401 - what was needed is handed back
    if not fact:
        raise ValueError(reason)
    return fact


def _read(text: str, limit: int, what: str) -> Any:  # noqa: ANN401 - JSON
    value = json.loads(text, parse_float=str, parse_constant=str)
    fits = len(text.encode()) <= limit and _spell(value) == text
    return _need(fits and value, f"{what} is not in canonical form, or over {limit} bytes")


class Verifier:
    """A policy: its keys, and its rules of who must agree, each below those that it names."""

    def __init__(self, policy: bytes) -> None:
        self._keys, self._quorum, free = dict[bytes, tuple[PublicKey, bytes]](), b"", {b"": b""}
        self._rules = rules = {b"none": (0, list[bytes]())}
        _need(re.fullmatch(rb"[\t\n -~\x80-\xff]*\n", policy), "it is cut off, or no text")
        for line in policy.split(b"\n"):
            words = line.split()
            match [b"witness", b"", *words[1:]] if words[:1] == [b"log"] else words:
                case [b"witness", name, vkey, *url] if not (url[1:] or (name and name in rules)):
                    signer, key_id, encoded = _need(re.fullmatch(VKEY, vkey), "no key").groups()
                    own = sha256(signer + b"\n" + (key := b64decode(encoded))).digest()[:4]
                    good = key[0] == (4 if name else 1) and own.hex().encode() == key_id
                    _need(good and key not in free, f"a wrong key, or one twice: {line!r}")
                    self._keys[signer + b"+" + own] = PublicKey.from_public_bytes(key[1:]), name
                    rules[name], free[name], free[key] = (1, []), name, key
                case [b"group", name, count, *of] if of and name not in rules:
                    least = {b"%d" % number: number for number in range(1, len(of) + 1)}
                    least |= {b"any": 1, b"all": len(of)}
                    rules[name], free[name] = (least[count], [free.pop(one) for one in of]), name
                case [b"quorum", name] if name in rules and not self._quorum:
                    self._quorum = name
                case [word, *_] if not word.startswith(b"#"):
                    raise ValueError(f"this is no line of a policy: {line!r}")
        _need(self._quorum, "it has no quorum")

    def _head(self, note: str, origin: str) -> tuple[int, bytes, PublicKey, list[str]]:
        text, named, size, root, lines = _need(re.fullmatch(NOTE, note), "no checkpoint").groups()
        logs, agreed = list[PublicKey](), dict[bytes, str]()
        for name, encoded in re.findall(r"— ([^ ]+) (.+)\n", lines):
            sig = b64decode(encoded)
            key, witness = self._keys.get(name.encode() + b"+" + sig[:4], (None, b""))
            if key and witness:
                time = int.from_bytes(sig[4:12])
                key.verify(sig[12:], f"cosignature/v1\ntime {time}\n{text}".encode())
                agreed[witness] = f"{datetime.fromtimestamp(time, UTC):%Y-%m-%dT%H:%M:%SZ}"
            elif key:
                key.verify(sig[4:], text.encode())
                logs += [key] if name == named == origin else []
        _need(len(logs) == 1, f"a checkpoint is not signed by the log {origin}")
        for rule, (least, of) in self._rules.items():
            agreed |= {rule: ""} if len({*agreed} & {*of}) >= least else {}
        _need(self._quorum in agreed, f"too few witnesses have cosigned a checkpoint of {origin}")
        return int(size), b64decode(root), logs[0], sorted(filter(None, agreed.values()))

    def _events(self, uid: str, section: dict[str, Any]) -> list[tuple[str, str, Any, str]]:
        origin, events, last = section["origin"], [], (0, "0" * 64)
        stem, bench, epoch = _need(re.fullmatch(ORIGIN, origin), f"no origin: {origin}").groups()
        heads = [self._head(note, origin) for note in section["checkpoints"]]
        for event in section["events"]:
            index, path = _need(re.fullmatch(PROOF, event["proof"]), "this is no proof").groups()
            at, seq, where = int(index), int(index) + 1, f"{origin} {int(index) + 1}"
            body = _read(event["body"], 2**16, where)
            told = [body[name] for name in ("v", "bench", "epoch", "seq", "dseq", "dprev")]
            follows = _spell(told) == _spell([1, bench, int(epoch), seq, *last]) and seq > last[0]
            _need(follows, f"{where} is not the next event of its handset there")
            _need(body["dev"]["uid"] == uid, f"{where} is about another handset")
            _need(re.fullmatch(SAID, what := f"{body['type']} {body['at']}"), f"{where}: no time")
            over = _need([head for head in heads if head[0] >= seq], f"{where} has no checkpoint")
            size, root, key, times = over[0]
            leaf = node = sha256(b"\0" + event["body"].encode()).digest()
            inner, hashes = (at ^ size - 1).bit_length(), map(b64decode, path.split())
            for level, other in zip(range(inner + (at >> inner).bit_count()), hashes, strict=True):
                is_left = level < inner and not at >> level & 1
                node = sha256(b"\1" + (node + other if is_left else other + node)).digest()
            _need(node == root, f"{where} is not in the tree that was signed")
            key.verify(b64decode(event["sig"]), leaf)
            bounds = [f"not later than {times[-1]}" if times else "no witness"]
            bounds += [f"not shown before {h[3][0]}" for h in heads if h[0] < seq and h[3]][-1:]
            last, said = (seq, leaf.hex()), f"{where} {what}: {', '.join(bounds)}"
            before = _spell([stem, *({**body["data"]}.get(n) for n in ("epoch", "seq", "hash"))])
            events.append((_spell([stem, int(epoch), *last]), before, body, said))
        return events

    def verify(self, data: bytes) -> list[str]:
        """Return the verdict in lines; raises one of `INVALID` for a bundle that is not valid."""
        bundle = _read(text := data.decode(), LIMIT, "it")
        _need(re.fullmatch(FILE, text), f"it has not the form {FORMAT}")
        total, uid, origins = bundle.pop("sha256"), bundle["device"]["uid"], bundle["origins"]
        _need(sha256(_spell(bundle).encode()).hexdigest() == total, "its sha256 is another one")
        _need((names := [each["origin"] for each in origins]) == sorted({*names}), "out of order")
        sections = [self._events(uid, section) for section in origins]
        events = [event for section in sections for event in section]
        _need(len(events) <= MOST_EVENTS, f"it has over {MOST_EVENTS} events")
        ends = {section[-1][0]: section[-1][2]["type"] == "exported" for section in sections}
        told = {before for _, before, body, _ in events if body["type"] == "carried"}
        _need({e for e in ends if not ends[e]} <= told <= {*ends}, "a section's end is left out")
        kind = "SIMULATED events" if any("sim" in body for _, _, body, _ in events) else "events"
        word = "with a central statement, which this verifier does not check"
        word = word if "statement" in bundle else "without a central statement"
        lines = [line for *_, line in events]
        return [*lines, f"valid: {len(lines)} {kind} of {uid}, none left out, {word}"]


if __name__ == "__main__":
    code = 2  # the policy, or an argument, cannot be used; 1: the bundle is not valid; 0: it is
    try:
        _need(sys.argv[1:-2] == ["--policy"], "usage: verify_bundle.py --policy POLICY BUNDLE")
        with Path(sys.argv[3]).open("rb") as file:
            verifier, code = Verifier(Path(sys.argv[2]).read_bytes()), 1
            lines, code = verifier.verify(file.read(LIMIT + 1)), 0
    except INVALID as error:
        reason = str(error) if type(error) is ValueError else f"malformed or forged: {error!r}"
        lines = [f"{'NOT VALID' if code == 1 else 'cannot be used'}: {reason!a}"]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.exit(code)
