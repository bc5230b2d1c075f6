"""The file of connectors."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from bench.enrolment.secrets.held import HeldSecrets
from bench.inventory.connectors.filed import SnipeIt, parse, read
from bench.inventory.connectors.secret import secret_of
from bench.problems import ProblemCode, ProblemError

HELP = Path(__file__).parents[4] / "resources" / "help"
SNIPE = '[snipe-it]\nurl = "https://assets.example"\ntoken = "t"\n'


def _parsed(text: str) -> str:
    with pytest.raises(ValueError, match=r".+") as raised:
        parse(tomllib.loads(text))
    return str(raised.value)


def test_what_is_not_given_has_a_default_that_works() -> None:
    assert parse(tomllib.loads(SNIPE)).snipe_it == SnipeIt("https://assets.example", "t")
    assert parse({}).names == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[snipeit]\n", "snipeit is not known; did you mean snipe-it?"),
        (SNIPE + 'tokn = "x"\n', "snipe-it.tokn is not known; did you mean snipe-it.token?"),
        (SNIPE + "per_minute = 3\n", "did you mean snipe-it.per-minute?"),
        (SNIPE + 'per-minute = "3"\n', "snipe-it.per-minute: give a whole number"),
        (SNIPE + "per-minute = 0\n", "from 1 to 100000"),
        (SNIPE + "per-minute = true\n", "give a whole number"),
        (SNIPE + 'status = { stagd = "x" }\n', "did you mean snipe-it.status.staged?"),
        (SNIPE + "status = { staged = true }\n", "give a name or a number"),
        (SNIPE + 'check-out = { handed-over = "7" }\n', "give user:N, location:N or asset:N"),
        (SNIPE + 'imei-column = "IMEI; DROP"\n', "is no column"),
        ('[snipe-it]\nurl = "http://assets.example"\ntoken = "t"\n', "give an https address"),
        ('[snipe-it]\nurl = "https://u:p@assets.example"\ntoken = "t"\n', "without user"),
        ('[snipe-it]\nurl = "http://localhost.evil.example"\ntoken = "t"\n', "https"),
        ("snipe-it = 3\n", "write it as a section"),
        ('[drop]\nfolder = "ftp://x/y"\n', "sftp://USER@HOST/PATH"),
        ('[drop]\nfolder = "sftp://u@h/y"\n', "drop.host-key is missing"),
        ("[drop]\n", "drop.folder is missing"),
        ('[servicenow]\nurl = "https://x"\n', "servicenow.token is missing"),
    ],
)
def test_what_cannot_be_used_names_the_key_and_the_remedy(text: str, said: str) -> None:
    assert said in _parsed(text)


def test_a_file_that_cannot_be_read_is_a_problem_in_words(tmp_path: Path) -> None:
    path = tmp_path / "connectors.toml"
    for content in (None, b"[snipe-it", b"\xff\xfe", b"a = " + b"[" * 5000):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(ProblemError) as raised:
            read(path)
        assert raised.value.problem.code is ProblemCode.CONNECTORS_UNUSABLE
        assert "connectors.toml" in str(raised.value)


def test_a_secret_is_one_by_its_name_or_a_file_for_its_owner_alone(tmp_path: Path) -> None:
    assert secret_of("snipe-it", HeldSecrets({"snipe-it": "x\n"})) == "x"
    path = tmp_path / "token"
    path.write_text("y\n")
    path.chmod(0o600)
    assert secret_of(str(path), HeldSecrets({})) == "y"
    path.chmod(0o640)
    with pytest.raises(ProblemError, match="chmod 600"):
        secret_of(str(path), HeldSecrets({}))
    with pytest.raises(ProblemError):
        secret_of(str(tmp_path / "none"), HeldSecrets({}))


@pytest.mark.parametrize("page", ["connectors.md", "connectors-snipe-it.md"])
def test_every_example_of_the_help_can_be_used(page: str) -> None:
    blocks = (HELP / page).read_text("utf-8").split("```toml\n")[1:]
    assert blocks
    for block in blocks:
        assert parse(tomllib.loads(block.partition("```")[0])).names
