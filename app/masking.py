"""What a crash report may not say: who a handset is, and any secret that enrols one.

A traceback prints no values of variables, but an error's message can quote what it met. So what
looks like a secret is cut out too, rather too much than too little.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_Cut = Callable[[re.Match[str]], str]
_SECRET = "(secret)"  # noqa: S105 - what stands in its place
_NAMES = (
    r"(?:pass(?:word|phrase|wd)?|psk|pwd|token|secret|(?<![a-z])pin(?![a-z])|api_?key|bearer"
    r"|client_?assertion)"
)
_QUOTED = r'"(?:[^"\\]|\\.)*"?|\'(?:[^\'\\]|\\.)*\'?'
_MIXED = r"(?=[\w+-]*\d)(?=[\w+-]*[A-Z])(?=[\w+-]*[a-z])"


def _tail(name: str) -> _Cut:
    return lambda found: f"({name} …{found[0][-2:]})"


_CUTS: tuple[tuple[re.Pattern[str], str | _Cut], ...] = (
    # a provisioning payload, whole or cut off, with its quotes escaped or not
    (re.compile(r"\{[^{}\n]*android\.app\.extra\.[^\n]*"), _SECRET),
    (re.compile(r"EXTRA_ENROLLMENT_TOKEN[^\n]*"), _SECRET),
    # a network in a code of its own (WIFI:S:bench;T:WPA;P:…;;), and in the handset's words
    (re.compile(r"WIFI:[^\n]*"), _SECRET),
    (re.compile(r"(connect-network)\b[^\n]*"), rf"\1 {_SECRET}"),
    # keys and certificates
    (re.compile(r"-----BEGIN [^\n-]+-----.*?(?:-----END [^\n-]+-----|\Z)", re.DOTALL), _SECRET),
    # a signed token (RFC 7519: two parts in Base64URL that begin with `{"`), and its header
    (re.compile(r"\beyJ[\w-]{8,}(?:\.[\w-]*){0,2}"), _SECRET),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w~+/.=-]{6,}"), rf"\1 {_SECRET}"),
    # something named as a secret and given a value: password=…, 'token': '…', "wifiPassword":"…"
    (
        re.compile(rf"(?i)({_NAMES}[\w.-]{{0,40}}\\?[\"']?\s*[:=]\s*)({_QUOTED}|[^\s,;)}}\]]+)"),
        rf"\1{_SECRET}",
    ),
    # an enrolment token by itself: capitals, or anything long of capitals, small letters and digits
    (re.compile(r"\b[A-Z]{16,}\b"), _SECRET),
    (re.compile(rf"(?<![\w/+-]){_MIXED}[\w+-]{{24,}}={{0,2}}"), _SECRET),
    # who a handset is
    (re.compile(r"\b[A-Z]{2,5}-\d{6,8}\b"), _tail("tag")),
    (re.compile(r"\bR(?=[A-Z0-9]*\d)[A-Z0-9]{10}\b"), _tail("serial")),
    (re.compile(r"\d{7,}"), _tail("number")),
)


def mask(text: str) -> str:
    """Return `text` without secrets, and with numbers of handsets and cards cut to a tail."""
    for pattern, put in _CUTS:
        text = pattern.sub(put, text)
    return text
