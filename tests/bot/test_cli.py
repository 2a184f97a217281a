"""Every command of the command line: what scripts rely on (DESIGN.md, "Command line contract")."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot.bootstrap import open_installation
from bot.cli import run
from intake.roster_write import write_roster
from tests.fakes.desk_world import AGUS, BUDI, ROSTER, SITI, at
from tests.fakes.talk import posted
from tests.fakes.trip import DISHUB, HOST, mail, workbook

ROOT = Path(__file__).resolve().parents[2]
_OTHER_VARIABLES = ("DATA", "DATABASE_URL_FILE", "PORT", "PUBLIC_URL", "CLOCK", "PG_USER")


@dataclass
class Said:
    """What a command left: ``code`` is its exit status."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        """One JSON object a line."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass
class Command:
    """The ``posko`` command on one installation."""

    data: Path
    capture: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch

    def __call__(self, *arguments: object, bare: bool = False) -> Said:
        """Run it in this process."""
        place = [] if bare else ["--data", str(self.data)]
        self.patch.setattr(sys, "argv", ["posko", *map(str, arguments), *place])
        self.capture.readouterr()
        try:
            run()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        said = self.capture.readouterr()
        return Said(code, said.out, said.err)

    def alone(self, *arguments: object) -> Said:
        """In a process of its own: reading hides its process from others, which must not happen to the tests."""
        command = [sys.executable, str(ROOT / "posko.py"), *map(str, arguments), "--data", str(self.data)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=dict(os.environ))
        return Said(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def posko(
    database_owner_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Command:
    """A fresh installation of the small government, with a mailbox whose server is trusted."""
    for name in _OTHER_VARIABLES:
        monkeypatch.delenv(f"POSKO_{name}", raising=False)
    monkeypatch.setenv("POSKO_DATABASE_URL", database_owner_url)
    command = Command(tmp_path / "data", capsys, monkeypatch)
    (tmp_path / "roster.xlsx").write_bytes(write_roster(ROSTER))
    made = command("init", "--profile", "tulungagung", "--roster", tmp_path / "roster.xlsx", "--port", 0)
    assert made.code == 0, made.err
    assert "3 unit dan 3 pegawai" in made.out
    return command


def keys(line: dict[str, object]) -> list[str]:
    return list(line)


def test_init_makes_a_private_folder_once(posko: Command) -> None:
    assert posko.data.stat().st_mode & 0o777 == 0o700
    assert (posko.data / "status.token").stat().st_mode & 0o777 == 0o600
    again = posko("init", "--profile", "tulungagung")
    assert again.code == 2
    assert "sudah ada instalasi" in again.err
    assert posko("init", "--profile", "atlantis").code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("init", "--profile", "tulungagung"),
        ("status", "--data", "/tidak-ada"),
        ("nonsense",),
        ("calendar", "--profile", "tulungagung", "--pattern", "7", "--from", "2026-11-01", "--to", "2026-11-02"),
        ("calendar", "--profile", "tulungagung", "--pattern", "5", "--from", "2026-11-02", "--to", "2026-11-01"),
        ("calendar", "--profile", "tulungagung", "--pattern", "5", "--from", "besok", "--to", "2026-11-01"),
        ("read",),
    ],
)
def test_wrong_usage_ends_with_2_and_a_sentence(posko: Command, arguments: Sequence[str]) -> None:
    said = posko(*arguments, bare=True)
    assert said.code == 2
    assert said.err
    assert "Traceback" not in said.err
    assert said.out == ""


def test_a_roster_goes_out_and_comes_in_again_without_a_change(posko: Command, tmp_path: Path) -> None:
    assert posko("roster", "export", "--out", tmp_path / "out.xlsx").code == 0
    again = posko("roster", "import", tmp_path / "out.xlsx")
    assert (again.code, again.out) == (0, "")
    assert again.err.endswith("\n0 perubahan disimpan\n")
    assert posko("roster", "export", "--out", tmp_path / "out.csv").code == 0
    assert BUDI in (tmp_path / "out.csv").read_text("utf-8-sig")


def test_a_dry_run_shows_each_change_and_keeps_nothing(posko: Command, tmp_path: Path) -> None:
    budi = replace(ROSTER.people[BUDI], post="Kepala Seksi Parkir")
    changed = replace(ROSTER, people={**ROSTER.people, BUDI: budi})
    (tmp_path / "new.xlsx").write_bytes(write_roster(changed))
    for _ in range(2):
        shown = posko("roster", "import", tmp_path / "new.xlsx", "--dry-run", "--json")
        assert shown.code == 0
        assert [keys(line) for line in shown.lines] == [["kind", "subject", "text"]], shown.out
        assert "Kepala Seksi Parkir" in shown.lines[0]["text"]
        assert "belum disimpan" in shown.err
    assert posko("roster", "import", tmp_path / "new.xlsx").err.endswith("1 perubahan disimpan\n")
    assert posko("roster", "import", tmp_path / "new.xlsx", "--dry-run").out == ""


def test_a_wrong_roster_is_refused_with_its_place(posko: Command, tmp_path: Path) -> None:
    (tmp_path / "wrong.csv").write_text("kolom,apa\n1,2\n", encoding="utf-8")
    said = posko("roster", "import", tmp_path / "wrong.csv")
    assert said.code == 2
    assert "wrong.csv" in said.err


def test_a_template_can_be_written_without_an_installation(posko: Command, tmp_path: Path) -> None:
    assert posko("roster", "template", "--out", tmp_path / "kosong.xlsx", bare=True).code == 0
    assert (tmp_path / "kosong.xlsx").read_bytes()[:2] == b"PK"


def test_matching_prints_one_object_a_line_and_3_when_a_person_must_look(posko: Command, tmp_path: Path) -> None:
    lines = f"unit,text\nU1,{SITI}\nU1,Budi Santoso\n"
    (tmp_path / "text.csv").write_text(lines, encoding="utf-8")
    found = posko("roster", "match", tmp_path / "text.csv", "--json", "--on", "2026-11-24")
    assert found.code == 0
    assert [keys(line) for line in found.lines] == [["unit", "text", "person", "how", "candidates"]] * 2
    assert [(line["person"], line["how"]) for line in found.lines] == [(SITI, "nip"), (BUDI, "name")]
    (tmp_path / "text.csv").write_text(lines + f"U1,{AGUS}\n", encoding="utf-8")
    assert posko("roster", "match", tmp_path / "text.csv", "--on", "2026-11-24").code == 3


def test_the_calendar_prints_one_object_a_day(posko: Command) -> None:
    span = ("--pattern", 5, "--from", "2026-11-24", "--to", "2026-11-30", "--json")
    said = posko("calendar", "--profile", "tulungagung", *span, bare=True)
    assert said.code == 0
    assert [keys(line) for line in said.lines] == [["date", "working", "reason", "sessions", "deadlines"]] * 7
    tuesday, sunday, monday = said.lines[0], said.lines[5], said.lines[6]
    assert tuesday["sessions"][0] == {
        "session": "datang",
        "opens": "2026-11-24T07:00:00+07:00",
        "remind_at": "2026-11-24T07:20:00+07:00",
        "closes": "2026-11-24T07:30:00+07:00",
        "late_from": "2026-11-24T07:31:00+07:00",
    }
    assert (sunday["working"], sunday["sessions"]) == (False, [])
    kinds = {"weekly_recap", "monthly_recap", "correction_close", "keterangan_cutoff"}
    deadlines = [d for line in said.lines for d in line["deadlines"]]
    assert deadlines
    assert {d["kind"] for d in deadlines} <= kinds
    assert all(list(d) == ["kind", "due", "late_from"] for d in deadlines)
    assert monday["working"]


async def _shorts(posko: Command) -> list[str]:
    """The announcements as chats would say them."""
    async with open_installation(posko.data) as place, place.db.begin() as uow:
        return [letter.short for letter in await posted(uow, "fallback")]


def test_fallback_periods_are_declared_listed_and_ended(posko: Command) -> None:
    assert posko("fallback", "list", "--json").lines == []
    reason = ("--reason", "server padam", "--letter", "800/1", "--by", "Kepala BKD", "--json")
    on = posko("fallback", "on", "--from", "2026-11-24", *reason)
    assert on.code == 0
    (declared,) = on.lines
    assert declared["announced"] == 3
    shorts = asyncio.run(_shorts(posko))
    assert len(shorts) == 3
    assert all("DIBERLAKUKAN" in one and "DATANG: pukul 07.00" in one and len(one) <= 600 for one in shorts)
    assert posko("fallback", "on", "--from", "2026-11-25", "--unit", "U9", *reason).code == 2
    assert posko("fallback", "on", "--from", "2026-11-25", "--to", "2026-11-20", *reason).code == 2
    assert posko("fallback", "off", declared["id"], "--to", "2026-11-23").code == 2
    assert posko("fallback", "off", 99, "--to", "2026-11-27").code == 2
    assert posko("fallback", "off", declared["id"], "--to", "2026-11-27").code == 0
    (listed,) = posko("fallback", "list", "--json").lines
    assert (listed["scope"], listed["from"]) == ("semua", ["2026-11-24", "datang"])
    assert listed["to"] == ["2026-11-27", "pulang"]
    assert (listed["reason"], listed["letter"], listed["declared_by"]) == ("server padam", "800/1", "Kepala BKD")
    assert "server padam" in posko("fallback", "list").out


def test_local_holidays_are_added_and_listed(posko: Command) -> None:
    added = posko("holiday", "add", "--from", "2026-11-18", "--reason", "Hari jadi")
    assert added.code == 0
    assert posko("holiday", "add", "--from", "2026-11-18", "--reason", "x", "--unit", "U9").code == 2
    (line,) = posko("holiday", "list", "--json").lines
    assert (line["from"], line["to"], line["working"], line["reason"]) == (
        "2026-11-18", "2026-11-18", False, "Hari jadi",
    )  # fmt: skip


def test_status_is_the_figures_of_today(posko: Command) -> None:
    (found,) = posko("status", "--json").lines
    assert {"now", "date", "session", "counts", "units", "mailboxes"} <= set(found)
    assert found["units"] == [], "nothing is due outside a fallback period"
    assert found["counts"]["messages"] == 0
    assert posko("status").code == 0


def test_migrating_an_up_to_date_database_changes_nothing(posko: Command) -> None:
    assert posko("migrate").code == 0
    assert posko("migrate").code == 0


def test_the_doctor_runs_and_says_what_to_mend(posko: Command) -> None:
    said = posko("doctor", "--json")
    assert said.code in (1, 3), "no mailbox and no backup is set up"
    assert said.lines
    assert "Traceback" not in said.err


def test_stop_leaves_a_foreign_database_alone(posko: Command) -> None:
    assert posko("stop").code == 2
    assert posko("work", "--queues", "read,nonsense").code == 2


READ_KEYS = ["file", "sha256", "kind", "form", "unit", "head", "rows", "problems", "seconds"]
ROW_KEYS = ["no", "name", "nip", "person", "match", "cells"]
CELL_KEYS = ["date", "session", "verdict", "code", "time", "confidence", "box"]


def test_read_prints_one_object_a_file_and_stores_nothing(posko: Command, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(workbook())
    (tmp_path / "b.xlsx").write_bytes(b"no workbook")
    said = posko.alone("read", tmp_path / "a.xlsx", tmp_path / "b.xlsx", "--json")
    assert said.code == 3, said.err
    good, bad = sorted(said.lines, key=lambda line: str(line["file"]))
    assert keys(good) == keys(bad) == READ_KEYS
    assert (good["kind"], good["unit"]["code"], good["problems"]) == ("daily", "U1", [])
    assert [(row["person"], row["match"]) for row in good["rows"]] == [(SITI, "nip"), (BUDI, "nip")]
    assert {tuple(row) for row in good["rows"]} == {tuple(ROW_KEYS)}
    cells = good["rows"][0]["cells"]
    assert {tuple(cell) for cell in cells} == {tuple(CELL_KEYS)}
    assert (cells[0]["session"], cells[0]["verdict"], cells[0]["time"]) == ("datang", "reported", "07:05")
    assert bad["problems"][0]["message"]
    (found,) = posko("status", "--json").lines
    assert found["counts"]["messages"] == 0
    assert list((posko.data / "originals").rglob("?" * 64)) == []


INGEST_KEYS = {
    "number", "message_sha256", "unit", "sender", "authentic", "date", "session", "timeliness", "late_minutes", "kind",
    "rows", "signed", "reported", "code", "empty", "unsure", "questions", "flags", "problems",
}  # fmt: skip


def test_ingest_records_and_verify_finds_a_single_changed_byte(posko: Command, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.xlsx").write_bytes(workbook())
    bare = posko.alone("ingest", tmp_path / "in", "--arrived", "2026-11-24T07:33:00+07:00", "--from", DISHUB, "--json")
    assert bare.code == 0, bare.err
    (line,) = bare.lines
    assert set(line) == INGEST_KEYS
    assert (line["number"], line["unit"], line["sender"]) == ("TLG-20261124-D-0001", "U1", DISHUB)
    assert (line["date"], line["session"], line["timeliness"], line["late_minutes"]) == (
        "2026-11-24", "datang", "late", 3,
    )  # fmt: skip
    assert (line["rows"], line["reported"], line["authentic"]) == (2, 2, True)
    (tmp_path / "surel.eml").write_bytes(mail(workbook(mark="07.06"), when=at(7, 18)))
    saved = posko.alone("ingest", tmp_path / "surel.eml", "--json")
    assert saved.code == 0, saved.err
    assert (saved.lines[0]["authentic"], saved.lines[0]["number"]) == (False, line["number"]), HOST
    whole = posko("verify", "--json")
    assert (whole.code, whole.lines[0]["clean"]) == (0, True)
    (original,) = (posko.data / "originals").rglob(line["message_sha256"])
    original.chmod(0o600)
    original.write_bytes(bytes([original.read_bytes()[0] ^ 1]) + original.read_bytes()[1:])
    broken = posko("verify")
    assert broken.code == 1
    assert f"SALAH: berkas asli berubah: {line['message_sha256']}" in broken.out
    assert posko("ingest", tmp_path / "in", "--arrived", "kemarin").code == 2
    assert posko("ingest", tmp_path / "in", "--arrived", "2026-11-24T07:33:00").code == 2
