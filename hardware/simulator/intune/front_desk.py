"""Who is asked for what: the identity platform, Graph, or several requests to Graph at once."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Final, TypeAlias
from urllib.parse import parse_qsl

from hardware.simulator.intune.asking import Answer, Asked, Json, ServerClock
from hardware.simulator.intune.batch import batch
from hardware.simulator.intune.faults import Faults, Refuse
from hardware.simulator.intune.graph import Graph
from hardware.simulator.intune.oauth_refusals import SignInRefusedError
from hardware.simulator.intune.refusals import MESSAGES, RefusedError
from hardware.simulator.intune.registration import Registration
from hardware.simulator.intune.sign_in import SignIn

ROOT: Final = "/beta"
_BATCH: Final = f"{ROOT}/$batch"
Log: TypeAlias = Callable[[str, str, int], None]


@dataclass(frozen=True, slots=True)
class Letter:
    """A request as it came: decoded path and query, header names in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    too_large: bool = False


class FrontDesk:
    """Answers everything that comes; nothing it is sent makes it raise."""

    def __init__(
        self, app: Registration, sign_in: SignIn, graph: Graph, faults: Faults,
        clock: ServerClock, log: Log,
    ) -> None:  # fmt: skip
        self.clock = clock
        self._app = app
        self._sign_in = sign_in
        self._graph = graph
        self._faults = faults
        self._log = log
        tenant = f"/{app.tenant}"
        self._pages: dict[tuple[str, str], Callable[[Letter], Answer]] = {
            ("GET", f"{tenant}/v2.0/.well-known/openid-configuration"): self._configuration,
            ("GET", f"{tenant}/discovery/v2.0/keys"): self._keys,
            ("POST", f"{tenant}/oauth2/v2.0/token"): self._token,
            ("POST", f"{tenant}/oauth2/v2.0/devicecode"): self._device_code,
        }

    def answer(self, letter: Letter) -> Answer:
        """Answer a request."""
        if letter.too_large:
            return self.refuse(letter, Refuse(413))
        if letter.path.startswith(f"{ROOT}/"):
            return self._of_graph(letter)
        page = self._pages.get((letter.method, letter.path))
        if page is not None:
            return page(letter)
        if "/oauth2/" in letter.path or "/.well-known/" in letter.path:
            return self._sign_in.refused(
                SignInRefusedError(90002, tenant=letter.path.split("/")[1]), _correlation(letter)
            )
        return Answer(404, headers=self.numbers(letter))

    def refuse(self, letter: Letter, fault: Refuse) -> Answer:
        """Refuse a request for no reason of its own, in the form of whoever was asked."""
        headers = _retry_after(fault.retry_after)
        if not letter.path.startswith(f"{ROOT}/"):
            error = SignInRefusedError(90033)
            answer = self._sign_in.refused(error, _correlation(letter))
            return Answer(fault.status, answer.body, headers)
        refused = RefusedError(fault.status, MESSAGES.get(fault.status, "Refused."), fault.code)
        answer = self._graph.refused(refused, self._asked(letter, frozenset()))
        return Answer(answer.status, answer.body, {**answer.headers, **headers})

    def numbers(self, letter: Letter) -> dict[str, str]:
        """Return the headers that number a request."""
        request = str(uuid.uuid4())
        return {"request-id": request, "client-request-id": _correlation(letter) or request}

    # Graph
    def _of_graph(self, letter: Letter) -> Answer:
        try:
            asked = self._asked(letter, self._roles(letter))
            if letter.path == _BATCH and letter.method == "POST":
                answer = batch(asked, self._part)
            else:
                answer = self._graph.answer(asked)
        except RefusedError as error:
            answer = self._graph.refused(error, self._asked(letter, frozenset()))
        return Answer(answer.status, answer.body, {**self.numbers(letter), **answer.headers})

    def _part(self, asked: Asked) -> Answer:
        path = f"{ROOT}{asked.path}"
        fault = self._faults.take(asked.method, path, Refuse)
        if isinstance(fault, Refuse):
            answer = self.refuse(Letter(asked.method, path, {}, b"", {}), fault)
        else:
            answer = self._graph.answer(asked)
        self._log(asked.method, path, answer.status)
        return answer

    def _asked(self, letter: Letter, roles: frozenset[str]) -> Asked:
        return Asked(
            letter.method, letter.path.removeprefix(ROOT), letter.query, letter.body, roles,
            f"{self._app.origin}{ROOT}", _correlation(letter),
        )  # fmt: skip

    def _roles(self, letter: Letter) -> frozenset[str]:
        """Return what the bearer may do; nobody's or an expired token: `RefusedError` (401)."""
        kind, _, token = letter.headers.get("authorization", "").partition(" ")
        if kind.casefold() != "bearer" or not token:
            raise _unauthorised("Access token is empty.")
        grant = self._sign_in.tokens.access(token.strip())
        if grant is None:
            raise _unauthorised("CompactToken parsing failed with error code: 80049217")
        if grant.expires <= self.clock.now():
            raise _unauthorised("Lifetime validation failed, the token is expired.")
        return grant.roles

    # the identity platform
    def _configuration(self, _letter: Letter) -> Answer:
        return Answer(200, self._sign_in.configuration())

    def _keys(self, _letter: Letter) -> Answer:
        keys: Json = self._sign_in.ids.keys()
        return Answer(200, keys)

    def _token(self, letter: Letter) -> Answer:
        return self._sign_in.token(_form(letter), _correlation(letter))

    def _device_code(self, letter: Letter) -> Answer:
        return self._sign_in.device_code(_form(letter), _correlation(letter))


def _form(letter: Letter) -> dict[str, str]:
    if "x-www-form-urlencoded" not in letter.headers.get("content-type", ""):
        return {}
    return dict(parse_qsl(letter.body.decode(errors="replace"), keep_blank_values=True))


def _correlation(letter: Letter) -> str:
    try:
        return str(uuid.UUID(letter.headers.get("client-request-id", "")))
    except ValueError:
        return ""


def _retry_after(wait: float | datetime | None) -> dict[str, str]:
    match wait:
        case None:
            return {}
        case datetime():
            return {"Retry-After": format_datetime(wait, usegmt=True)}
        case _:
            return {"Retry-After": f"{wait:g}"}


def _unauthorised(text: str) -> RefusedError:
    challenge = 'Bearer realm="", error="invalid_token"'
    return RefusedError(401, text, WWW_Authenticate=challenge)
