"""What both verifiers say of bundles, as the bench exports them and as someone would like them."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from bench.custody.audit.assembly import bundle
from bench.custody.audit.bundle import to_bytes
from bench.custody.chain import leaf_hash
from bench.custody.entries import Actor, Entry, Proof
from bench.custody.proof.policy import TrustPolicy
from bench.custody.proof.tlog_proof import TlogProof
from bench.events.orders import CustodyKind, Json
from tests.bench.custody.audit.exported import (
    EAST,
    export,
    fill,
    header,
    kept_notes,
    open_record,
    policy,
    section_of,
)
from tests.bench.custody.proof.signers import cosigned
from tests.bench.custody.record import device, scanned
from tests.verifiers.made import REFUSED, UNCHECKED, VALID, Made, reason_of, with_events
from tests.verifiers.verifiers import (
    FORMAT_PAGE,
    SECOND,
    VERIFIER,
    Case,
    both_verdicts,
    node,
    python_verdict,
)


# ── what the bench exports ──────────────────────────────────────────────────────────────────────
def test_both_verifiers_accept_what_the_bench_exports(made: Made) -> None:
    assert both_verdicts(made.one) == VALID
    assert both_verdicts(made.all) == VALID
    assert both_verdicts(made.stated) == VALID


def test_the_verdict_says_each_event_and_the_bounds_in_time(made: Made) -> None:
    _, words = python_verdict(made.one)
    first, second, *_, last = words.splitlines()
    origin = header().origin
    assert (
        first == f"{origin} 3 scanned 2026-11-02T09:00:02.000Z: not later than 2027-01-15T08:00:00Z"
    )
    assert second.endswith(
        "not later than 2027-01-15T09:00:00Z, not shown before 2027-01-15T08:00:00Z"
    )
    assert last.startswith("valid: 5 SIMULATED events of device-1, none left out")
    assert "without a central statement" in last
    assert python_verdict(made.stated)[1].endswith(UNCHECKED)


def test_both_programs_say_the_same_by_their_exit_codes(made: Made, tmp_path: Path) -> None:
    trusted, good, bad = (tmp_path / name for name in ("policy", "good.json", "bad.json"))
    trusted.write_bytes(made.one.policy)
    good.write_bytes(made.one.data)
    bad.write_bytes(made.one.data[:-1])
    for program in ([sys.executable, str(VERIFIER)], [node(), str(SECOND)]):
        assert _code([*program, "--policy", str(trusted), str(good)]) == 0
        assert _code([*program, "--policy", str(trusted), str(bad)]) == 1
        assert _code([*program, "--policy", str(good), str(good)]) == 2
        assert _code([*program, str(good)]) == 2
        assert _code([*program, "--policy", str(trusted), str(tmp_path / "none")]) == 2
        assert _code([*program, "--policy", str(tmp_path), str(good)]) == 2


def _code(command: list[str]) -> int:
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert b"Traceback" not in done.stderr
    return done.returncode


def test_each_proof_with_its_checkpoint_is_a_published_proof_that_others_read(made: Made) -> None:
    trust = TrustPolicy.parse(made.all.policy)
    for section in json.loads(made.all.data)["origins"]:
        for event in section["events"]:
            seq = json.loads(event["body"])["seq"]
            note = next(n for n in section["checkpoints"] if int(n.split("\n")[1]) >= seq)
            proof = TlogProof.parse((event["proof"] + note).encode())
            assert proof.index == seq - 1
            proof.check(leaf_hash(event["body"].encode()), trust)


def test_a_sign_off_is_in_its_handsets_bundle_and_cannot_be_left_out(tmp_path: Path) -> None:
    with closing(open_record(tmp_path)) as ledger:
        (wrong,) = ledger.append([scanned(1)])
        data: dict[str, Json] = {"of": wrong.hash.hex()}
        mend = Entry(CustodyKind.CORRECTED, device(1, 1), data=data, reason="misread")
        first, second = (Actor(name, Proof.BADGE_PIN) for name in ("p-1234", "p-5678"))
        ledger.append([mend], by=first, second=second)
        export(ledger, device(1, 1))
        case = Case(policy(), to_bytes(bundle([section_of(ledger, "device-1")])))
    assert both_verdicts(case) == VALID
    kinds = [line.split()[2] for line in python_verdict(case)[1].splitlines()[:-1]]
    assert kinds == ["scanned", "corrected", "signed_off", "exported"]
    assert "not the next event" in reason_of(with_events(case, lambda events: events.pop(2)))


def test_a_line_of_a_key_that_nobody_knows_does_no_harm(tmp_path: Path) -> None:
    with closing(open_record(tmp_path)) as ledger:
        fill(ledger)
        export(ledger, device(1, 1))
        ledger.keep_cosigned(cosigned(kept_notes(ledger)[-1], EAST))
        case = Case(policy(), to_bytes(bundle([section_of(ledger, "device-1")])))
    assert EAST in case.data.decode()
    assert both_verdicts(case) == VALID
    assert both_verdicts(replace(case, data=case.data.replace(b"north", b"norths", 1))) == REFUSED
    harmed = case.data.replace(EAST.encode(), b"witness.example/eash")
    assert both_verdicts(replace(case, data=harmed)) == REFUSED


def test_the_example_of_the_format_page_is_verified() -> None:
    _, blocks = FORMAT_PAGE.read_text(encoding="utf-8").split("<!-- example policy -->")
    trusted, data = (part.split("```\n")[1] for part in blocks.split("<!-- example bundle -->"))
    case = Case(trusted.encode(), data.removesuffix("\n").encode())
    assert both_verdicts(case) == VALID


def test_the_verifier_needs_nothing_but_the_standard_library_and_cryptography() -> None:
    lines = VERIFIER.read_text(encoding="utf-8").splitlines()
    imported = [
        line.split()[1].split(".")[0] for line in lines if line.startswith(("import", "from"))
    ]
    assert set(imported) - sys.stdlib_module_names == {"cryptography"}
