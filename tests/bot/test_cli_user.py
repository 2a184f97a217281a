"""``posko user`` on a real installation."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.settings_file import write_default
from desk.security import is_password
from domain.account import Role
from storage.engine import Database
from tests.fakes.desk_world import ROSTER, at


@pytest.fixture
async def place(tmp_path: Path, database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POSKO_DATABASE_URL", database_url)
    write_default(tmp_path, "tulungagung", port=0)
    async with database.begin() as uow:
        await uow.roster.replace(ROSTER, "uji", at(6))
    return tmp_path


def user(place: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["user", *arguments, "--data", str(place)])


def test_an_account_is_made_once_listed_reset_and_locked(place: Path) -> None:
    made = user(place, "add", "Rini", "--role", "penerima", "--json")
    first = json.loads(made.stdout)
    assert first["name"] == "rini"
    assert "sudah ada" in str(user(place, "add", "rini", "--role", "admin").exception)
    reset = json.loads(user(place, "reset", "rini", "--json").stdout)
    assert reset["password"] != first["password"]
    assert "rini" in user(place, "lock", "rini").stdout
    [line] = user(place, "list", "--json").stdout.splitlines()
    told = json.loads(line)
    assert (told["locked"], told["first_password"], told["role"]) == (True, True, "penerima")
    assert "terkunci, sandi pertama" in user(place, "list").stdout


async def test_the_first_password_works_and_is_kept_as_a_hash(place: Path, database: Database) -> None:
    import asyncio

    made = await asyncio.to_thread(user, place, "add", "umi", "--role", "opd", "--unit", "U1", "--json")
    async with database.begin() as uow:
        account = await uow.accounts.by_name("umi")
    assert account
    assert (account.role, account.unit, account.must_change) == (Role.UNIT, "U1", True)
    assert is_password(json.loads(made.stdout)["password"], account.password_hash)


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "a b", "--role", "admin"),
        ("add", "umi", "--role", "opd"),
        ("add", "umi", "--role", "opd", "--unit", "U99"),
        ("add", "rini", "--role", "penerima", "--unit", "U1"),
        ("add", "rini", "--role", "penerima", "--person", "000"),
        ("reset", "tidakada"),
    ],
)
def test_what_cannot_be_meant_is_refused(place: Path, arguments: tuple[str, ...]) -> None:
    answer = user(place, *arguments)
    assert answer.exit_code != 0
    assert type(answer.exception).__name__ in ("UsageError", "SystemExit")
