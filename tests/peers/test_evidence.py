"""What a demo leaves for an auditor: evidence that strangers check, a record that says it all."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import zxingcpp

from bench.custody import queries
from bench.custody.database import connect_reader
from bench.custody.verification import verify_file
from tests.peers.workbench import ROOT
from tests.verifiers.verifiers import VERIFIER, Case, node, node_verdicts, python_verdict


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo of three handsets: not to be changed."""
    folder = tmp_path_factory.mktemp("kept")
    asked = ("demo", "--alone", "--headless", "--handsets", "3", "--out", folder)
    subprocess.run([sys.executable, "main.py", *asked], cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def evidence(kept: Path) -> Path:
    """What it laid out for an auditor."""
    (folder,) = kept.glob("evidence-*")
    return folder


@pytest.fixture(scope="module")
def case(evidence: Path) -> Case:
    return Case((evidence / "policy").read_bytes(), (evidence / "bundle.json").read_bytes())


def program(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *map(str, words)], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_both_verifiers_accept_the_bundle_of_a_demo(evidence: Path) -> None:
    words = ("--policy", evidence / "policy", evidence / "bundle.json")
    first = program(VERIFIER, *words)
    assert first.returncode == 0, first.stdout
    assert "SIMULATED" in first.stdout
    second = subprocess.run(
        [node(), "tests/verifiers/verify_bundle.mjs", *map(str, words)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert second.returncode == 0, second.stdout


def flipped(case: Case, at: int, bit: int) -> Case:
    data = bytearray(case.data)
    data[at] ^= 1 << bit
    return Case(case.policy, bytes(data), f"bit {bit} of byte {at}")


def refused_by_both(cases: list[Case]) -> None:
    assert [each.done for each in cases if python_verdict(each)[0] != 1] == []
    answers = zip(cases, node_verdicts(cases), strict=True)
    assert [each.done for each, (code, _) in answers if code != 1] == []


def test_both_refuse_it_after_any_one_byte_changed(case: Case) -> None:
    rng = random.Random(20)
    refused_by_both(
        [flipped(case, rng.randrange(len(case.data)), rng.randrange(8)) for _ in range(150)]
    )


@pytest.mark.soak
def test_both_refuse_it_after_each_byte_changed(case: Case) -> None:
    rng = random.Random(21)
    refused_by_both([flipped(case, at, rng.randrange(8)) for at in range(len(case.data))])


def test_the_record_shows_a_correction_a_sign_off_and_an_erased_person(kept: Path) -> None:
    connection = connect_reader(kept / "ledger.db")
    bodies = [json.loads(e.body) for e in queries.events_between(connection, 0)]
    (erased,) = connection.execute("SELECT id FROM person WHERE standing = 'erased'").fetchone()
    names = [text for (text,) in connection.execute("SELECT text FROM personal_text")]
    connection.close()
    kinds = Counter(body["type"] for body in bodies)
    assert (kinds["corrected"], kinds["signed_off"], kinds["erased"]) == (1, 1, 1)
    (corrected,) = (body for body in bodies if body["type"] == "corrected")
    (signed_off,) = (body for body in bodies if body["type"] == "signed_off")
    assert corrected["actor"] == {"id": erased, "how": "badge+pin"}
    assert signed_off["second"]["id"] not in (erased, "technician")
    assert "Training technician" not in names
    assert "Training supervisor" in names
    assert verify_file(kept / "ledger.db", thorough=True).verifies


def test_the_history_shows_the_correction_beside_what_it_corrects(
    kept: Path, evidence: Path
) -> None:
    uid = json.loads((evidence / "bundle.json").read_text("utf-8"))["device"]["uid"]
    told = program("main.py", "ledger", "show", kept / "ledger.db", uid).stdout
    assert "^ corrected by event" in told
    assert "corrects event" in told
    assert "signed_off" in told


def test_the_docket_gives_the_checkpoint_back_and_the_record_contains_it(
    kept: Path, evidence: Path, tmp_path: Path
) -> None:
    docket = evidence / "docket.pdf"
    subprocess.run(
        ["pdftoppm", "-png", "-r", "200", "-singlefile", docket, tmp_path / "page"], check=True
    )
    from PIL import Image  # noqa: PLC0415 - as heavy as it is rare

    with Image.open(tmp_path / "page.png") as page:
        (code,) = zxingcpp.read_barcodes(page)
    note = evidence / "checkpoint"
    assert code.bytes == note.read_bytes()
    words = ("--checkpoint", note, "--policy", evidence / "policy")
    done = program("main.py", "ledger", "verify", kept / "ledger.db", *words)
    assert done.returncode == 0, done.stdout


def test_a_record_that_parts_from_its_evidence_is_told_so(kept: Path, evidence: Path) -> None:
    same = program("main.py", "ledger", "diff", kept / "ledger.db", evidence / "bundle.json")
    assert same.returncode == 0, same.stdout
    other = program("main.py", "ledger", "diff", kept / "ledger.db", evidence / "policy")
    assert other.returncode == 2
