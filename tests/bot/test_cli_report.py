"""The whole way: sheets are taken in, ``posko report`` makes the recaps, ``posko verify --report`` knows them again."""

import asyncio
import json
import tempfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import psycopg
import pypdfium2
import pytest
from typer.testing import CliRunner, Result

from bot.bootstrap import open_installation
from bot.cli import app
from domain.errors import PoskoError, UsageError
from domain.marks import FactSource
from domain.reading import Verdict
from domain.terms import Session, StatusKey
from intake.roster_file import write_roster
from storage.postgres import EmbeddedPostgres
from storage.records import OutboxRow
from tests.fakes.desk_world import BUDI, IN, OUT, ROSTER, SITI, WIB
from tests.fakes.rows import new_fact
from tests.fakes.trip import workbook

DISHUB, DISCIPLINE = "dishub@presensi.test", "disiplin@bkd.test"
TUESDAY = date(2026, 11, 24)


def posko(*words: object) -> Result:
    """One command; an error on purpose is raised."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    if isinstance(result.exception, Exception) and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def reports(*words: object, code: int = 0) -> list[dict[str, Any]]:
    """What ``posko report … --json`` prints; 3: something in it waits for a person."""
    result = posko("report", *words, "--json")
    assert result.exit_code == code, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def clock_at(moment: datetime, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the installation's clock stands (nearly) at ``moment``."""
    (data / "clock.json").unlink(missing_ok=True)
    monkeypatch.setenv("POSKO_CLOCK", f"{moment.isoformat()}@2026-11-20T00:00:00Z x0.000001")


@pytest.fixture(scope="module")
def desk() -> Iterator[Path]:
    """A demonstration installation in which Dinas Perhubungan sent two sheets on a Tuesday, one of them late."""
    with tempfile.TemporaryDirectory(prefix="posko-test-") as folder:
        data, file = Path(folder) / "data", Path(folder) / "pegawai.xlsx"
        file.write_bytes(write_roster(ROSTER))
        sheets = {IN: Path(folder) / "datang.xlsx", OUT: Path(folder) / "pulang.xlsx"}
        for session, path in sheets.items():
            path.write_bytes(workbook(SITI, BUDI, mark="07.05" if session is IN else "15.40", session=session))
        try:
            with pytest.MonkeyPatch.context() as patch:
                posko("init", "--profile", "tulungagung", "--roster", file, "--data", data, "--demo")
                settings = data / "posko.toml"
                settings.write_text(settings.read_text().replace("weekly = []", f'weekly = ["{DISCIPLINE}"]'))
                clock_at(datetime(2026, 11, 23, 6, tzinfo=WIB), data, patch)
                posko("fallback", "on", "--from", "2026-11-23", "--reason", "padam", "--no-announce", "--data", data)
                for session, moment in ((IN, "07:18"), (OUT, "16:04")):
                    arrived = f"2026-11-24T{moment}:00+07:00"
                    posko("ingest", sheets[session], "--arrived", arrived, "--from", DISHUB, "--data", data)
            yield data
        finally:
            EmbeddedPostgres(data).destroy()


@pytest.fixture
def friday(desk: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    clock_at(datetime(2026, 11, 27, 16, 15, tzinfo=WIB), desk, monkeypatch)
    return desk


def letters(data: Path) -> list[OutboxRow]:
    async def look() -> list[OutboxRow]:
        async with open_installation(data) as place, place.db.begin() as uow:
            query = "SELECT id FROM outbox WHERE kind = 'report' ORDER BY id"
            with psycopg.connect(place.db.url) as connection:
                ids = [id_ for (id_,) in connection.execute(query)]
            return [await uow.outbox.get(id_) for id_ in ids]

    return asyncio.run(look())


def decide(data: Path, person: str, session: Session) -> None:
    """A person at the desk settles a cell after the report was made."""

    async def write() -> None:
        async with open_installation(data) as place, place.db.begin() as uow:
            now = place.clock.now() + timedelta(minutes=1)
            fact = new_fact(
                f"uji:{person}:{session}", person=person, unit="U1", date=TUESDAY, session=session,
                verdict=Verdict.CODE, source=FactSource.DESK, key=StatusKey.DINAS_LUAR, recorded_at=now, by="bkd",
            )  # fmt: skip
            assert await uow.facts.add_many([fact]) == 1

    asyncio.run(write())


def figures_of(data: Path, number: str) -> Path:
    """Where the figures of the newest version lie."""

    async def look() -> Path:
        async with open_installation(data) as place, place.db.begin() as uow:
            row = await uow.reports.latest(number)
            assert row is not None
            return Path(place.blobs.place(row.figures_sha256))

    return asyncio.run(look())


def test_sheets_that_were_taken_in_become_the_figures_of_the_week(friday: Path, tmp_path: Path) -> None:
    before = letters(friday)  # tests of this file come in any order and share the desk
    five, six = reports("weekly", "--week", "2026-W48", "--out", tmp_path, "--data", friday)
    assert five["number"] == "TLG-RM-2026W48-5H"
    assert six["number"] == "TLG-RM-2026W48-6H"
    totals = five["totals"]
    assert (totals["kiriman wajib"], totals["tepat waktu"], totals["terlambat"]) == (20, 1, 1)
    assert totals["belum diterima"] == 18
    pdf, xlsx = map(Path, five["files"])
    text = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()
    assert "REKAP MINGGUAN PRESENSI MANUAL UNIT LIMA HARI KERJA" in text
    assert "23–27 NOVEMBER 2026" in text
    book = openpyxl.load_workbook(xlsx)
    people = {row[1].value: [cell.value for cell in row] for row in book["Pegawai"].iter_rows(min_row=2)}
    assert any("k" in line for line in people.values())  # typed marks, no signatures
    assert letters(friday) == before


def test_the_same_figures_are_the_same_version_and_the_same_bytes(friday: Path, tmp_path: Path) -> None:
    words = ("weekly", "--week", "2026-W48", "--pattern", 5, "--data", friday, "--out")
    (first,) = reports(*words, tmp_path / "a")
    (again,) = reports(*words, tmp_path / "b")
    assert (again["version"], again["new"], again["sha256"]) == (first["version"], False, first["sha256"])
    assert [Path(f).read_bytes() for f in first["files"]] == [Path(f).read_bytes() for f in again["files"]]


def test_a_report_is_known_again_by_number_code_and_file_and_a_changed_file_is_told(
    friday: Path, tmp_path: Path
) -> None:
    (found,) = reports("weekly", "--week", "2026-W48", "--pattern", 5, "--out", tmp_path, "--data", friday)
    code = f"POSKO/L/{found['number']}/{found['version']}/{found['sha256'][:16].upper()}"
    for asked in (found["number"].lower(), code, *found["files"]):
        result = posko("verify", "--report", asked, "--data", friday)
        assert result.exit_code == 0, result.output
        assert found["sha256"] in result.stdout
        assert "Siti" not in result.stdout
    verified = posko("verify", "--report", found["number"], "--hash", found["sha256"][:16], "--data", friday)
    assert "sesuai dengan catatan kami" in verified.stdout
    for asked, options in (
        (found["number"], ("--hash", "ab" * 32)),
        (code[:-1] + ("0" if code[-1] != "0" else "1"), ()),
        ("TLG-RM-2020W01", ()),
    ):
        assert posko("verify", "--report", asked, *options, "--data", friday).exit_code == 1
    workbook_path = next(Path(f) for f in found["files"] if f.endswith("xlsx"))
    book = openpyxl.load_workbook(workbook_path)
    book["Pegawai"]["D2"] = "✓"
    book.save(workbook_path)
    changed = posko("verify", "--report", workbook_path, "--data", friday, "--json")
    assert changed.exit_code == 1
    assert "mungkin sudah diubah" in json.loads(changed.stdout)["verdict"]
    assert json.loads(changed.stdout)["number"] == found["number"]
    with pytest.raises(UsageError, match="bersama --report"):
        posko("verify", "--hash", "ab", "--data", friday)
    kept = figures_of(friday, found["number"])
    whole = kept.read_bytes()
    kept.chmod(0o600)
    try:
        kept.write_bytes(b"lain")
        damaged = posko("verify", "--report", found["number"], "--data", friday)
    finally:
        kept.write_bytes(whole)
    assert damaged.exit_code == 1
    assert "catatan kami sendiri" in damaged.stdout


def test_a_later_version_replaces_lists_and_goes_to_everybody_who_had_the_earlier(friday: Path, tmp_path: Path) -> None:
    words = ("weekly", "--week", "2026-W48", "--pattern", 5, "--data", friday, "--out", tmp_path)
    (sent,) = reports(*words, "--send")
    assert sent["letters"] == [DISCIPLINE]
    (again,) = reports(*words, "--send")
    assert again["letters"] == []  # once is enough
    decide(friday, BUDI, IN)
    (later,) = reports(*words)  # not asked to send: who has the earlier one gets it all the same
    assert (later["version"], later["new"], later["letters"]) == (sent["version"] + 1, True, [DISCIPLINE])
    *_, letter = [row for row in letters(friday) if "5H" in row.subject]
    assert f"MENGGANTIKAN versi {sent['version']}" in letter.subject
    assert "Budi Santoso" in letter.body
    assert "DL" in letter.body
    assert [f.name for f in letter.files] == [f"TLG-RM-2026W48-5H_v{later['version']}.{s}" for s in ("pdf", "xlsx")]
    old = posko("verify", "--report", f"{sent['number']} versi {sent['version']}", "--data", friday)
    assert "sudah digantikan versi" in old.stdout


def test_the_month_has_a_consolidated_recap_and_one_for_each_unit(
    desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock_at(datetime(2026, 11, 30, 17, 16, tzinfo=WIB), desk, monkeypatch)
    words = ("monthly", "--month", "2026-11", "--data", desk, "--out", tmp_path)
    (whole,) = reports(*words, "--format", "xlsx", code=3)  # most of the month is still open
    assert whole["number"] == "TLG-RB-202611"
    assert [Path(f).suffix for f in whole["files"]] == [".xlsx"]
    assert whole["totals"]["pegawai"] == 3
    (unit,) = reports(*words, "--unit", "U1", code=3)
    assert (unit["number"], unit["scope"], unit["totals"]["pegawai"]) == ("TLG-RU-202611-U1", "Dinas Perhubungan", 2)


@pytest.mark.parametrize(
    ("words", "error", "said"),
    [
        (("weekly", "--week", "besok"), UsageError, "2026-W48"),
        (("monthly", "--month", "2026-13"), UsageError, "2026-11"),
        (("monthly", "--month", "2026-11", "--unit", "X9"), UsageError, "tidak ada unit berkode X9"),
        (("monthly", "--month", "2026-11", "--unit", "U1", "--send"), UsageError, "menurut jadwal"),
        (("weekly", "--week", "2026-W48", "--format", "doc"), UsageError, "pdf, xlsx"),
        (("weekly", "--week", "2026-W20"), PoskoError, "tidak ada yang wajib"),
    ],
)
def test_what_cannot_be_meant_is_said(
    friday: Path, tmp_path: Path, words: tuple[str, ...], error: type[PoskoError], said: str
) -> None:
    with pytest.raises(error, match=said):
        posko("report", *words, "--data", friday, "--out", tmp_path)
