"""What is said at the door, as its description publishes it and its parser holds to it."""

from __future__ import annotations

import base64
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bench.inventory.centre import MOST_BODY, MOST_EVENTS, Answer, Asks, Status
from bench.inventory.door.refusals import Code, DoorError

_MOST_NUMBER = 2**53 - 1
"""The largest whole number that every reader of JSON agrees on (RFC 8259, 6)."""
_STRICT = ConfigDict(strict=True)


def _whole(said: object) -> object:
    """Take 1.0 for 1, as JSON Schema does (draft 2020-12 validation, 6.1.1)."""
    return int(said) if type(said) is float and said.is_integer() else said


_Whole = Annotated[int, BeforeValidator(_whole)]
_Release = Annotated[int, Field(ge=0, le=_MOST_NUMBER), BeforeValidator(_whole)]
Body = Annotated[
    str,
    Field(
        max_length=MOST_BODY,
        pattern=r"^[^\x00]*$",
        description=f"An event's exact text: at most {MOST_BODY} bytes of UTF-8.",
    ),
]
Signature = Annotated[
    str,
    Field(
        pattern="^[A-Za-z0-9+/]{85}[AQgw]==$",
        description="Ed25519 over the event's leaf hash: 64 bytes, base64.",
    ),
]
ImeiAsked = Annotated[str, Field(pattern="^[0-9]{14,16}$")]


class AsksSaid(BaseModel):
    """What is asked beside. What is not known here is not answered."""

    model_config = _STRICT
    hello: bool = Field(default=False, description="Who the store is.")
    imeis: list[ImeiAsked] = Field(
        default_factory=list, max_length=100, description="Where do other benches have these?"
    )
    release: _Release | None = Field(
        default=None, description="The newest release after this number."
    )
    part: str = Field(default="", pattern="^([0-9a-f]{64})?$", description="A text by its SHA-256.")


class ExchangeSaid(BaseModel):
    """Events that follow one another from number `from_seq`, and what is asked beside."""

    model_config = _STRICT
    epoch: _Whole = Field(ge=1, le=2**31 - 1)
    from_seq: _Whole = Field(ge=1, le=_MOST_NUMBER - MOST_EVENTS)
    bodies: list[Body] = Field(default_factory=list, max_length=MOST_EVENTS)
    sigs: list[Signature] = Field(
        default_factory=list, max_length=MOST_EVENTS, description="As many as there are bodies."
    )
    asks: AsksSaid = Field(default_factory=AsksSaid)

    @property
    def signatures(self) -> list[bytes]:
        """The signatures as bytes."""
        return [base64.b64decode(each) for each in self.sigs]

    @property
    def asked(self) -> Asks:
        """What is asked beside, in the bench's words."""
        asks = self.asks
        return Asks(asks.hello, tuple(asks.imeis), asks.release, asks.part)


class AnswersSaid(BaseModel):
    """By what was asked."""

    model_config = ConfigDict(extra="allow")
    hello: dict[str, Any] | None = Field(
        default=None, description="name, simulated, form, bench, epoch, now"
    )
    sightings: list[dict[str, Any]] | None = Field(
        default=None, description="each: imei, bench, at, type, phase"
    )
    release: str | None = Field(default=None, description="A signed note, or null.")
    part: str | None = Field(default=None, description="A text, or null.")


class ExchangeAnswered(BaseModel):
    """How it went, and where the store stands with this bench and epoch."""

    status: Status
    accepted_through: int | None = Field(description="The number of the last event it has.")
    head_hash: str | None = Field(description="That event's leaf hash: 32 bytes, base64.")
    stored: int = Field(ge=0, description="How many of these were new.")
    answers: AnswersSaid


class HealthAnswered(BaseModel):
    """The door is open."""

    status: Annotated[str, Field(pattern="^ok$")]


class ProblemAnswered(BaseModel):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    code: Code
    detail: str = ""


def parse(body: bytes | bytearray) -> ExchangeSaid:
    """Read a request's body. Raises `DoorError` that names the places, never what stood there."""
    try:
        said = ExchangeSaid.model_validate_json(body)
    except ValidationError as error:
        raise DoorError(Code.MALFORMED, _places(error)) from error
    if any(len(each) * 3 > MOST_BODY and len(each.encode()) > MOST_BODY for each in said.bodies):
        raise DoorError(Code.MALFORMED, f"A body is longer than {MOST_BODY} bytes.")
    return said


def answered(answer: Answer) -> dict[str, Any]:
    """Return an answer as it is sent."""
    head = answer.head_hash
    return {
        "status": answer.status.value,
        "accepted_through": answer.accepted_through,
        "head_hash": None if head is None else base64.b64encode(head).decode(),
        "stored": answer.stored,
        "answers": dict(answer.answers),
    }


def _places(error: ValidationError) -> str:
    known = {"epoch", "from_seq", "bodies", "sigs", "asks", "hello", "imeis", "release", "part"}
    found = {
        ".".join(str(part) for part in each["loc"] if part in known)
        for each in error.errors(include_url=False, include_context=False, include_input=False)
    }
    return f"See: {', '.join(sorted(found - {''})) or 'the body'}."
