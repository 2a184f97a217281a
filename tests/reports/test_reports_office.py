"""The workbooks as an office opens them: LibreOffice computes, lays out and prints every sheet."""

import shutil
import subprocess
from pathlib import Path

import pypdfium2
import pytest

from domain.profile import load_profile
from reports.content import monthly_identity, weekly_identity
from reports.figures_monthly import monthly
from reports.figures_weekly import weekly
from reports.xlsx_monthly import monthly_xlsx
from reports.xlsx_weekly import weekly_xlsx
from tests.fakes.report_world import month_input, week_input

TLG = load_profile("tulungagung")


def printed(data: bytes, folder: Path) -> list[str]:
    """The text of each page that LibreOffice prints."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("butuh LibreOffice (Debian: apt install libreoffice-calc-nogui)")
    (folder / "laporan.xlsx").write_bytes(data)
    command = [office, f"-env:UserInstallation={(folder / 'profil').as_uri()}", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "laporan.xlsx"], cwd=folder, check=True, capture_output=True, timeout=120)
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(folder / "laporan.pdf")]


def test_libreoffice_prints_every_sheet_of_a_week(tmp_path: Path) -> None:
    week = weekly(week_input(TLG, 5, 6), TLG)
    pages = printed(weekly_xlsx(week, weekly_identity(week, TLG), TLG), tmp_path)
    whole = "\n".join(pages)
    assert f"dari {len(pages)}" in pages[0]
    for words in (
        "Ketepatan unit terendah",
        "DATANG 07.00–07.30 WIB",
        "Sidik berkas (SHA-256)",
        "ambang ditetapkan PPK",
        "setelah pemeriksaan.",
    ):
        assert words in whole
    assert "###" not in whole  # LibreOffice prints these where a column is too narrow for a number
    assert "Err:" not in whole


def test_libreoffice_fits_thirty_one_days_on_the_width_of_a_page(tmp_path: Path) -> None:
    month = monthly(month_input(TLG, 3, 8), TLG)
    pages = printed(monthly_xlsx(month, monthly_identity(month, TLG), TLG), tmp_path)
    recap = next(page for page in pages if "Pangkat/Gol." in page)
    assert all(f"{n}" in recap.split() for n in range(1, 32))
    assert "Jumlah" in recap
    assert "###" not in "\n".join(pages)
