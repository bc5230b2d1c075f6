"""`intune …` at a simulated service: what is said, with which exit code, and what never is."""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import logging
import threading
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bench.command_line import intune as command
from bench.command_line import intune_record
from bench.command_line.errands import intune as errand
from bench.command_line.program import Program
from bench.custody.database import connect_reader
from bench.custody.keys.systemd_creds import SystemdCreds
from bench.enrolment.intune.fallback import TOKEN_KEY
from bench.enrolment.intune.intune import Intune
from bench.enrolment.intune.kept_sign_in import KeptSignIn
from bench.enrolment.intune.permissions import READING, Permission
from bench.enrolment.intune.token_file import content_of
from bench.enrolment.intune.verdicts import Expected
from bench.enrolment.secrets.store import SecretStore
from bench.ports import ManagementAddress
from bench.problems import ProblemError
from hardware.simulator.intune import SimulatedIntune
from hardware.simulator.intune.faults import Refuse
from tests.bench.custody.record import device, imei, open_ledger, scanned
from tests.bench.custody.test_policies import staged
from tests.peers.intune.graph_bench import NAME, QUICK
from tests.peers.intune.intune_room import papers

_Change = Callable[[ManagementAddress], ManagementAddress]


@contextmanager
def service_beside(interval: int = 5) -> Iterator[SimulatedIntune]:
    """Serve on a thread of its own: a command has its own loop."""
    service = SimulatedIntune(interval=timedelta(seconds=interval), papers=papers())
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(service.__aenter__(), loop).result(30)
        service.make_profile(NAME)
        yield service
    finally:
        asyncio.run_coroutine_threadsafe(_closed(service), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _closed(service: SimulatedIntune) -> None:
    await service.__aexit__(None, None, None)
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


@pytest.fixture
def service() -> Iterator[SimulatedIntune]:
    with service_beside() as serving:
        yield serving


def reach(service: SimulatedIntune, change: _Change = lambda a: a) -> command.Reach:
    def made(permissions: Sequence[Permission]) -> Intune:
        return Intune(change(service.address), permissions=permissions, patience=QUICK)

    return made


def store(folder: Path) -> SecretStore:
    return SecretStore(folder / "secrets", SystemdCreds("no-such-program"))


# ── profiles and tokens ─────────────────────────────────────────────────────────────────────────
def test_the_certificate_is_tried_by_signing_in(
    service: SimulatedIntune, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.sign_in(reach(service)) == 0
    assert capsys.readouterr().out == "signed in\n"
    assert command.sign_in(reach(service, lambda a: replace(a, client="x"))) == 3
    assert "AADSTS700016" in capsys.readouterr().err


def test_profiles_are_listed_with_the_end_of_their_tokens(
    service: SimulatedIntune, capsys: pytest.CaptureFixture[str]
) -> None:
    service.revoke(NAME)
    service.make_profile("B", days=2)
    assert command.show_profiles(reach(service)) == 0
    said = capsys.readouterr().out
    assert f"{NAME}  corporateOwnedFullyManaged, default, 0 enrolled, no token\n" in said
    assert f"until {datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}" in said


def test_a_token_is_made_and_revoked_and_never_shown(
    service: SimulatedIntune, capsys: pytest.CaptureFixture[str]
) -> None:
    before = service.token(NAME)
    assert command.make_token(reach(service), NAME, 3) == 0
    after = service.token(NAME)
    assert before != after
    assert command.revoke_token(reach(service), NAME) == 0
    said = "".join(capsys.readouterr())
    assert f"a new token, until {datetime.now(UTC) + timedelta(days=3):%Y-%m-%d}" in said
    assert before not in said
    assert after not in said


def test_a_profile_that_is_not_there_is_asked_wrongly(
    service: SimulatedIntune, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.make_token(reach(service), "A33", 3) == 2
    assert NAME in capsys.readouterr().err


def test_a_token_file_is_kept_once_it_enrols(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    token, now = "CANARYCANARYCANARYCA", datetime.now(UTC)
    file, kept = tmp_path / "token.json", store(tmp_path)
    file.write_text(json.dumps({TOKEN_KEY: token}))
    assert command.import_token(kept, file, "intune-token", now) == 0
    assert content_of(store(tmp_path).secret("intune-token"), "intune-token", now).text
    file.write_text(json.dumps({TOKEN_KEY: token, "expirationDateTime": "2020-01-01T00:00:00Z"}))
    assert command.import_token(kept, file, "intune-token", now) == 3
    file.write_bytes(token.encode() + b"\xff")
    assert command.import_token(kept, file, "intune-token", now) == 2
    assert command.import_token(kept, tmp_path / "none", "intune-token", now) == 2
    file.write_text(token)
    assert command.import_token(kept, file, "Not A Name", now) == 2
    assert token not in "".join(capsys.readouterr())


# ── the record ──────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def record(tmp_path: Path) -> Path:
    """Three handsets, the first two staged, the third at the bench."""
    with closing(open_ledger(tmp_path)) as ledger:
        for number in (1, 2):
            ledger.append(staged(number, "ab" * 32))
        ledger.append([scanned(3)])
    return tmp_path / "ledger.db"


def enrol(service: SimulatedIntune, number: int) -> None:
    there = str(device(number).serial)
    told = (str(imei(number)),)
    service.enrol(service.token(NAME), serial=there, imeis=told, model="SM-A325F")
    service.check_in(there)


def rows(out: Path) -> list[list[str]]:
    with out.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def test_a_record_that_agrees_with_the_service_is_well(
    service: SimulatedIntune, record: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in (1, 2):
        enrol(service, number)
    out = tmp_path / "out.csv"
    assert intune_record.reconcile(reach(service), record, out, connect_reader) == 0
    assert [row[0] for row in rows(out)] == ["seen, compliant"] * 2
    assert "      2  seen, compliant\n" in capsys.readouterr().out
    assert out.stat().st_mode & 0o077 == 0
    enrol(service, 3)
    assert intune_record.reconcile(reach(service), record, out, connect_reader) == 0
    assert rows(out)[-1][0] == "seen, not staged here"


def test_the_record_is_read_one_handset_at_a_time(tmp_path: Path) -> None:
    """Every third is staged; what Python holds is alike for a few of them and for many."""

    def peak(folder: Path, count: int) -> tuple[int, list[Expected]]:
        folder.mkdir()
        with closing(open_ledger(folder)) as ledger:
            ledger.append([scanned(number) for number in range(count) if number % 3])
            for number in range(0, count, 3):
                ledger.append(staged(number, "ab" * 32))
        due = [each for each in of_record(folder) if each.due]
        tracemalloc.start()
        try:
            assert sum(1 for _ in of_record(folder)) == count
            return tracemalloc.get_traced_memory()[1], due
        finally:
            tracemalloc.stop()

    def of_record(folder: Path) -> Iterator[Expected]:
        return intune_record._of_record(folder / "ledger.db", connect_reader)

    few, _ = peak(tmp_path / "few", 30)
    many, due = peak(tmp_path / "many", 1500)
    assert sorted(each.serial for each in due) == sorted(
        str(device(number).serial) for number in range(0, 1500, 3)
    )
    assert many < few + 100 * 1024


def test_differences_are_an_exit_code_and_no_cell_is_a_formula(
    service: SimulatedIntune, record: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    enrol(service, 1)
    told = service.token(NAME)
    service.enrol(told, serial="=1+1", imeis=(), model="x")
    out = tmp_path / "out.csv"
    out.write_text("older")
    assert intune_record.reconcile(reach(service), record, out, connect_reader) == 1
    assert [row[0] for row in rows(out)] == ["seen, compliant", "missing", "not in the record"]
    assert rows(out)[2][8] == "'=1+1"
    assert "      1  missing\n" in capsys.readouterr().out


def test_where_the_service_fails_no_table_is_left(
    service: SimulatedIntune, record: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    service.faults.add(Refuse(500), "*managedDevices*")
    out = tmp_path / "out.csv"
    assert intune_record.reconcile(reach(service), record, out, connect_reader) == 3
    assert (
        intune_record.reconcile(reach(service), record, tmp_path / "a" / "b", connect_reader) == 2
    )
    assert not out.exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    assert capsys.readouterr().err.startswith("staging-bench: Intune — ")


def test_identifiers_are_listed_from_a_file(
    service: SimulatedIntune, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(f"{imei(1)},pallet\r\nR58N00001XY\r\n")
    assert intune_record.identities(reach(service), file, chunk=1) == 0
    assert intune_record.identities(reach(service), file) == 1
    assert f"{imei(1)}: refused" in capsys.readouterr().out
    file.write_text("=cmd|x\r\n")
    assert intune_record.identities(reach(service), file) == 2
    file.write_bytes(b"\xff\xfe")
    assert intune_record.identities(reach(service), file) == 2
    file.write_text(f"{imei(1)}\r\n{imei(2)}\r\n")
    service.faults.add(Refuse(403), "*import*")
    assert intune_record.identities(reach(service), file) == 3
    assert "      2  not sent" in capsys.readouterr().out


# ── the settings ────────────────────────────────────────────────────────────────────────────────
def _asked(tmp_path: Path, service: SimulatedIntune, *words: str, **changed: str) -> int:
    """Do a command at a bench whose settings name the service; the key is one of its secrets."""
    there = service.address
    keys = {
        "client": there.client, "graph": there.graph, "authority": there.authority,
        "trust": str(there.certificates), "certificate": "intune-certificate",
    } | changed  # fmt: skip
    lines = [f"{key} = {json.dumps(value)}" for key, value in keys.items()]
    ledger = json.dumps(str(tmp_path / "ledger.db"))
    settings = tmp_path / "settings.toml"
    settings.write_text("\n".join(["[station]", f"ledger = {ledger}", "[intune]", *lines]))
    parser = argparse.ArgumentParser()
    parser.add_argument("--settings", type=Path)
    errand.add(parser.add_subparsers())
    asked = parser.parse_args(["--settings", str(settings), "intune", *words])
    done: int = asked.make(asked).work(Program(tmp_path, str))
    return done


def test_the_service_of_the_settings_is_asked_with_the_key_among_the_secrets(
    service: SimulatedIntune, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store(tmp_path).keep("intune-certificate", service.address.key)
    assert _asked(tmp_path, service, "profiles") == 0
    assert capsys.readouterr().out.startswith(f"{NAME}  corporateOwnedFullyManaged")
    assert _asked(tmp_path, service, "sign-in") == 0


def test_settings_that_lead_to_no_service_are_told_of(
    service: SimulatedIntune, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _asked(tmp_path, service, "profiles") == 2
    assert "intune-certificate" in capsys.readouterr().err
    store(tmp_path).keep("intune-certificate", service.address.key)
    assert _asked(tmp_path, service, "profiles", client="") == 2
    assert _asked(tmp_path, service, "profiles", trust=str(tmp_path / "none.pem")) == 2
    assert _asked(tmp_path, service, "profiles", graph="https://127.0.0.1:9/beta") == 3
    assert service.address.key not in "".join(capsys.readouterr())


def test_a_person_signs_in_for_the_bench_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with service_beside(interval=1) as service:
        service.granted.update(READING)
        monkeypatch.setattr(command, "_show", lambda p: service.approve_device_code(p.code))
        assert _asked(tmp_path, service, "profiles", certificate="") == 3
        assert _asked(tmp_path, service, "sign-in", certificate="") == 0
        assert _asked(tmp_path, service, "profiles", certificate="") == 0
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0


# ── parsing ─────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "words",
    [
        ["token", "A"], ["token", "A", "--days", "0"], ["token", "A", "--days", "1", "--revoke"],
        ["reconcile", "/nowhere"], ["identities", "/nowhere"], ["sign-in", "--may", "fly"], [],
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_ends_with_two(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser()
    errand.add(parser.add_subparsers())
    with pytest.raises(SystemExit) as ended:
        parser.parse_args(["intune", *words])
    assert ended.value.code == 2
    assert capsys.readouterr().err


def test_no_secret_can_be_asked_for_on_the_command_line() -> None:
    parser = argparse.ArgumentParser()
    errand.add(parser.add_subparsers())
    asked = parser.parse_args(["intune", "token", "A32", "--days", "30"])
    assert (asked.name, asked.days, asked.revoke) == ("A32", 30, False)


# ── secrets ─────────────────────────────────────────────────────────────────────────────────────
def test_no_token_and_no_key_reaches_a_log_an_error_or_a_repr(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """Everything logs all it can, aiohttp and msal too; the service refuses again and again."""
    caplog.set_level(logging.DEBUG)
    for name in ("msal", "aiohttp", "asyncio", "urllib3", "requests"):
        caplog.set_level(logging.DEBUG, logger=name)
    shown: list[str] = []
    with service_beside(interval=1) as service:
        service.granted.update(READING)
        kept = KeptSignIn(store(tmp_path))

        async def play(key: str) -> None:
            address = replace(service.address, key=key)
            async with Intune(address, cache=kept, interval=0, patience=QUICK) as intune:
                if not key:
                    await intune.tokens.sign_in(lambda p: service.approve_device_code(p.code))
                content = await intune.content(NAME)
                held = [intune, vars(intune), intune.tokens, vars(intune.tokens), content]
                shown.append(repr(held))
                for fault in (Refuse(401), Refuse(403), Refuse(500), Refuse(404)):
                    service.faults.add(fault, times=2)
                    shown.append(await _failing(intune))
                    service.faults.clear()

        for key in (service.address.key, ""):
            asyncio.run(play(key))
        secrets = {
            service.token(NAME),
            *_given_out(service),
            *service.address.key.splitlines()[1:3],
        }
    assert len(shown) == 10
    assert len(secrets) >= 6
    told = caplog.text + "".join(capsys.readouterr()) + "".join(shown)
    assert "msal" in caplog.text
    assert not [secret for secret in secrets if secret in told]


async def _failing(intune: Intune) -> str:
    with pytest.raises(ProblemError) as caught:
        await intune.content(NAME)
    error = caught.value
    return f"{error!r} {error} {vars(error)} {error.__context__!r} {error.__cause__!r}"


def _given_out(service: SimulatedIntune) -> list[str]:
    tokens = service._open_sign_in().tokens
    return [*tokens._access, *tokens._refresh]
