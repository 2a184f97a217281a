"""``posko retry`` on a real installation."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.settings_file import write_default
from storage.engine import Database
from storage.records import MessageState
from tests.fakes.rows import NOW, new_message, new_outbox


@pytest.fixture
async def place(tmp_path: Path, database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POSKO_DATABASE_URL", database_url)
    write_default(tmp_path, "tulungagung", port=0)
    async with database.begin() as uow:
        letter = await uow.outbox.put(new_outbox("a"))
        assert letter == 1
        await uow.outbox.mark_failed(letter, "550", "kotak tidak ada", NOW)
        message = await uow.messages.add(new_message())
        assert message == 1
        await uow.messages.finish(message, MessageState.QUARANTINE, "rusak")
    return tmp_path


def retry(place: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["retry", *arguments, "--data", str(place)])


def test_what_is_stuck_is_listed_begun_anew_once_and_then_gone(place: Path) -> None:
    lines = [json.loads(line) for line in retry(place, "list", "--json").stdout.splitlines()]
    assert [(one["kind"], one["id"], one["error"], one["hindrance"]) for one in lines] == [
        ("letter", 1, "kotak tidak ada", None),
        ("message", 1, "rusak", None),
    ]
    assert "kotak tidak ada" in retry(place, "list").stdout
    assert "Surat 1 masuk antrean kirim." in retry(place, "letter", "1", "--by", "Rini").stdout
    assert "Kiriman 1 masuk antrean." in retry(place, "message", "1").stdout
    assert "tidak lagi tertahan" in str(retry(place, "letter", "1").exception)
    assert "tidak lagi tertahan" in str(retry(place, "message", "1").exception)
    assert "Tidak ada yang tertahan." in retry(place, "list").output


async def test_who_asked_for_it_is_in_the_audit_trail(place: Path, database: Database) -> None:
    await asyncio.to_thread(retry, place, "letter", "1", "--by", "Rini")
    async with database.begin() as uow:
        assert [(row.action, row.subject_id) for row in await uow.audit.of("Rini")] == [("letter_retried", "1")]
        assert ("send", "todo", 1) in await uow.desk_figures.jobs()
