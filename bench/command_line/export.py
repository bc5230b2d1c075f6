"""`ledger export`: one handset's history, handed out with its proof, and a statement around it.

What is handed out ends with the bench's own word that nothing followed: the handset is `exported`,
and a checkpoint over that is signed. Neither is possible while a bench works on the record.
"""

from __future__ import annotations

import uuid
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.command_line.audit import write_bundle
from bench.command_line.forms import RecordForm, form_of
from bench.command_line.program import Program, header_of
from bench.command_line.statement import write_statement
from bench.custody import checkpoints, queries
from bench.custody.audit.export import believed, uid_of
from bench.custody.database import told
from bench.custody.entries import Entry
from bench.custody.proof.checkpoint import ED25519, Checkpoint
from bench.custody.proof.note import SignedNote, VerifierKey
from bench.custody.proof.policy import TrustPolicy
from bench.custody.statement.content import Bound, StatementContent, VerifierKeyLine
from bench.custody.statement.rows import event_rows, handset_of
from bench.custody.statement.seal import Seal, open_seal, own_seal
from bench.events.orders import CustodyKind
from bench.problems import Problem, ProblemCode, ProblemError

FORMAT_PAGE = "resources/help/custody-bundle.md, in every copy of the program"


@dataclass(frozen=True)
class Export:
    """What is to be handed out, and where to; `as_it_is` writes nothing to the record."""

    record: Path
    handset: str
    out: Path
    pdf: Path | None = None
    seal: Path | None = None
    policy: Path | None = None
    as_it_is: bool = False


def export(wanted: Export, program: Program) -> int:
    """Write the bundle, and the statement where one is wanted; return the exit code.

    Raises `ProblemError` for a record that cannot be opened.
    """
    if not wanted.as_it_is:
        _hand_out(wanted, program)
    policy = None if wanted.policy is None else _policy(wanted.policy)
    form = form_of(wanted.record)
    read = form.opener.read
    code = write_bundle([wanted.record], wanted.handset, wanted.out, policy, connect=read)
    if code or wanted.pdf is None:
        return code
    content, seal = _content(wanted, form, policy), _seal(wanted, form)
    bundle = wanted.out.read_bytes()
    return write_statement(wanted.pdf, content, bundle, seal, fonts=program.fonts)


def _hand_out(wanted: Export, program: Program) -> None:
    with closing(program.open_record(wanted.record)) as ledger:
        known = ledger.device(wanted.handset)
        if known is None:
            problem = Problem(ProblemCode.HANDSET_UNKNOWN, wanted.record.name)
            raise ProblemError(problem)
        ledger.append((Entry(CustodyKind.EXPORTED, known.ref),))
        ledger.checkpoint("exported")


def _content(wanted: Export, form: RecordForm, policy: TrustPolicy | None) -> StatementContent:
    """Read what the statement says; its bounds are those of the checkpoints that are believed."""
    header = header_of(wanted.record, form)
    with told(wanted.record), closing(form.opener.read(wanted.record)) as connection:
        events = queries.history(connection, uid_of(connection, wanted.handset))
        notes = believed(connection, policy)
        newest = checkpoints.last(connection)
        (key,) = connection.execute("SELECT public_key FROM header").fetchone()
    assert newest is not None, "a bundle was made, so there is a checkpoint"
    bench = VerifierKeyLine("bench", str(VerifierKey(header.origin, ED25519, key)))
    now = datetime.now(UTC)
    return StatementContent(
        document=str(uuid.uuid4()),
        made_at=now,
        origin=header.origin,
        handset=handset_of(events),
        events=event_rows(events, [_bound(note, policy) for note in notes]),
        note=str(newest.note).encode(),
        keys=(bench,),
        format_page=FORMAT_PAGE,
        signatory=_seal(wanted, form).signatory,
        simulated=header.simulated,
    )


def _bound(note: SignedNote, policy: TrustPolicy | None) -> Bound:
    """A witness's time counts where a policy says which witnesses do."""
    times = policy.check(note).times.values() if policy else ()
    at = datetime.fromtimestamp(min(times), UTC) if times else None
    return Bound(Checkpoint.parse(note.text).size, at)


def _seal(wanted: Export, form: RecordForm) -> Seal:
    """Open the seal that is named, or the bench's own, which is made where there is none."""
    if wanted.seal is not None:
        return open_seal(wanted.seal)
    bench = header_of(wanted.record, form).bench
    return own_seal(wanted.record.with_suffix(".seal.pem"), bench, datetime.now(UTC))


def _policy(path: Path) -> TrustPolicy:
    try:
        return TrustPolicy.parse(path.read_bytes())
    except ValueError as error:
        problem = Problem(ProblemCode.POLICY_UNUSABLE, path.name, str(error))
        raise ProblemError(problem) from error
