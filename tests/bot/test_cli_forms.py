"""``posko forms`` as an operator uses it, in an installation that ``posko init`` made."""

import asyncio
import re
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from bot.bootstrap import open_installation
from bot.cli import app
from bot.settings import SHEETS_KEY_NAME, load_settings
from bot.settings_file import ensure_sheets_key, write_default
from domain.errors import ConfigurationError, PoskoError, UsageError
from domain.roster import Roster
from domain.terms import Pattern
from intake.roster_file import write_roster
from storage.postgres import EmbeddedPostgres
from storage.records import SheetPageRow
from tests.fakes.sheets import roster, unit

OFFICES = (unit(), unit(Pattern.SIX, "U002", "Dinas Kesehatan"))


def staff() -> Roster:
    """Two offices; nobody's NIP ends in 000, which the reader takes for a damaged number."""
    whole = roster(5, *OFFICES)
    return replace(
        whole,
        people={key: one for key, one in whole.people.items() if not key.endswith("000")},
        placements=tuple(one for one in whole.placements if not one.person.endswith("000")),
    )


def posko(*words: str | Path) -> Result:
    """One command; an error on purpose is raised."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    if isinstance(result.exception, Exception) and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


def printed(result: Result) -> dict[str, bytes]:
    """Name and content of each file that the command names on standard output."""
    return {Path(line).name: Path(line).read_bytes() for line in result.stdout.splitlines()}


def record(desk: Path, number: int, leaf: int = 0) -> SheetPageRow:
    async def look() -> SheetPageRow | None:
        async with open_installation(desk) as place, place.db.begin() as uow:
            return await uow.sheets.by_number(number, leaf)

    row = asyncio.run(look())
    assert row is not None
    return row


def numbers(desk: Path, code: str, week: str) -> list[tuple[int, int]]:
    """Number and copy of the open pages."""

    async def look() -> list[SheetPageRow]:
        async with open_installation(desk) as place, place.db.begin() as uow:
            return await uow.sheets.open_for(code, week)

    return [(row.number, row.copy) for row in asyncio.run(look())]


@pytest.fixture(scope="module")
def desk() -> Iterator[Path]:
    """An installation with two offices; its server is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="posko-test-") as folder:
        data, file = Path(folder) / "data", Path(folder) / "pegawai.xlsx"
        file.write_bytes(write_roster(staff()))
        try:
            posko("init", "--profile", "tulungagung", "--roster", file, "--data", data)
            yield data
        finally:
            EmbeddedPostgres(data).destroy()


def test_the_same_week_is_printed_again_byte_by_byte(desk: Path, tmp_path: Path) -> None:
    words = ("forms", "weekly", "--week", "2026-W48", "--unit", "U001", "--data", desk, "--out")
    first = printed(posko(*words, tmp_path / "a"))
    issued = numbers(desk, "U001", "2026-W48")
    again = posko(*words, tmp_path / "b")
    assert list(first) == ["U001_2026-W48.pdf", "U001_2026-W48.xlsx"]
    assert printed(again) == first
    assert "1 unit dicetak ulang" in again.stderr
    assert numbers(desk, "U001", "2026-W48") == issued


def test_a_new_copy_has_a_number_of_its_own_and_retires_the_earlier(desk: Path, tmp_path: Path) -> None:
    words = ("forms", "weekly", "--week", "2026-W49", "--unit", "U001", "--data", desk, "--out", tmp_path)
    first = printed(posko(*words))
    [(number, copy)] = numbers(desk, "U001", "2026-W49")
    assert copy == 1
    assert printed(posko(*words, "--new-copy")) != first
    [(later, copy)] = numbers(desk, "U001", "2026-W49")
    assert copy == 2
    assert later != number
    assert record(desk, number).retired_at is not None
    assert record(desk, later).retired_at is None
    assert printed(posko(*words)) != first


def test_all_units_get_a_sheet_and_one_file_may_be_asked_for(desk: Path, tmp_path: Path) -> None:
    words = ("forms", "weekly", "--week", "2026-W50", "--data", desk, "--out")
    every = printed(posko(*words, tmp_path, "--all"))
    assert list(every) == [f"{code}_2026-W50{suffix}" for code in ("U001", "U002") for suffix in (".pdf", ".xlsx")]
    one = printed(posko(*words, tmp_path / "lembar.xlsx", "--unit", "U002"))
    assert one == {"lembar.xlsx": every["U002_2026-W50.xlsx"]}
    assert openpyxl.load_workbook(tmp_path / "lembar.xlsx").sheetnames[0] == "2026-W50"
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--week", "2026-W48"), "pilih salah satu"),
        (("--week", "2026-W48", "--unit", "U001", "--all"), "pilih salah satu"),
        (("--week", "kemarin", "--unit", "U001"), "2026-W48"),
        (("--week", "2026-W48", "--unit", "X9"), "tidak ada unit berkode X9"),
    ],
)
def test_what_cannot_be_meant_is_said(desk: Path, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        posko("forms", "weekly", *words, "--data", desk, "--out", tmp_path)


def test_all_units_do_not_fit_into_one_file_and_a_closed_folder_is_said_so(desk: Path, tmp_path: Path) -> None:
    words = ("forms", "weekly", "--week", "2026-W51", "--data", desk, "--out")
    with pytest.raises(UsageError, match="harus folder"):
        posko(*words, tmp_path / "semua.pdf", "--all")
    (tmp_path / "penghalang").write_text("")
    with pytest.raises(PoskoError, match="tidak dapat menulis"):
        posko(*words, tmp_path / "penghalang" / "di-sini", "--unit", "U001")


def test_sheets_of_another_key_are_not_printed_again_but_anew(desk: Path, tmp_path: Path) -> None:
    words = ("forms", "weekly", "--week", "2026-W47", "--unit", "U002", "--data", desk, "--out", tmp_path)
    key, kept = desk / SHEETS_KEY_NAME, (desk / SHEETS_KEY_NAME).read_text()
    posko(*words)
    try:
        key.write_text("ab" * 32)
        with pytest.raises(ConfigurationError, match=r"pulihkan sheets\.key"):
            posko(*words)
        posko(*words, "--new-copy")
    finally:
        key.write_text(kept)
    assert [copy for _, copy in numbers(desk, "U002", "2026-W47")] == [2]


def test_a_forms_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    """An installation made before sheets were printed gets its key later."""
    write_default(tmp_path, "tulungagung")
    key = tmp_path / SHEETS_KEY_NAME
    key.unlink()
    with pytest.raises(ConfigurationError, match="posko migrate"):
        _ = load_settings(tmp_path).sheets_key_bytes
    ensure_sheets_key(tmp_path)
    made = key.read_text()
    ensure_sheets_key(tmp_path)
    assert key.read_text() == made
    assert re.fullmatch("[0-9a-f]{64}\n", made)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert load_settings(tmp_path).sheets_key_bytes.hex() == made.strip()
    assert made.strip() not in repr(load_settings(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["posko.toml", "sheets.key", "status.token"]
    key.write_text("abc")
    with pytest.raises(ConfigurationError, match="heksadesimal"):
        load_settings(tmp_path)


def test_annexes_come_from_the_profile(tmp_path: Path) -> None:
    write_default(tmp_path / "d", "bulungan")
    files = printed(posko("forms", "annex", "--kind", "letter", "--data", tmp_path / "d", "--out", tmp_path / "keluar"))
    assert list(files) == ["lampiran-C_letter.pdf", "lampiran-C_letter.xlsx"]
    assert files["lampiran-C_letter.pdf"].startswith(b"%PDF")
    with pytest.raises(UsageError, match="yang ada: apel, letter"):
        posko("forms", "annex", "--kind", "weekly", "--data", tmp_path / "d", "--out", tmp_path)
