"""The whole play against a stand-in of the service: it comes to its end, tells the truth, and leaves nothing behind."""

import io
import os
import sys
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.paper_sheets import sheets_of
from demo.play import Pace, play
from demo.stage import DemoFailed
from tests.fakes.sheets import pages

STANDIN = (sys.executable, str(Path(__file__).with_name("posko_standin.py")))
PACE = Pace(rate=900, lead=5, launcher=STANDIN)


def screen() -> tuple[Console, io.StringIO]:
    out = io.StringIO()
    return Console(file=out, width=160), out


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_morning_is_played_summed_up_and_cleared_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSKO_DATABASE_URL", "postgresql://kantor/nyata")
    (tmp_path / "lembar.pdf").write_bytes(sheets_of(pages(10))[0].pdf)
    console, out = screen()
    code = play(tmp_path, console, tmp_path / "docs" / "demo.svg", PACE)
    told = out.getvalue()
    assert code == 0, told
    assert "Semua sesuai skenario." in told
    assert "posko verify: utuh" in told
    assert "Satu tanda terima" in told
    assert "Dinas Sosial mengirim daftar dengan kode DL, S, C" in told
    assert not runs(int((tmp_path / "pid").read_text()))
    commands = (tmp_path / "commands").read_text().splitlines()
    assert [line.split()[0] for line in commands] == [
        *("init", "user", "fallback"), *("serve", "serve"), *("verify", "stop")
    ]  # fmt: skip
    assert all(commands[n].split()[1].startswith("2026-11-24T06:00:00+07:00@") for n in (2, 3))
    assert commands[4].split()[1].startswith("2026-11-24T06:50:00+07:00@")
    assert "akun penerima, sandi pertama sandi-peragaan" in told
    assert "(2 melalui WhatsApp, 2 melalui Telegram)" in told
    assert all(line.endswith(" -") for line in commands)
    svg = (tmp_path / "docs" / "demo.svg").read_text()
    assert "Dinas" in svg
    assert "@font-face" not in svg


def test_a_service_that_dies_is_told_and_everything_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "sulk").touch()
    with pytest.raises(DemoFailed, match="tidak mau"):
        play(tmp_path, screen()[0], None, PACE)
    assert (tmp_path / "commands").read_text().splitlines()[-1].startswith("stop")


def test_an_installation_that_is_no_demonstration_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "posko.toml").write_text('profile = "tulungagung"\ndemo = false\n')
    with pytest.raises(DemoFailed, match="bukan instalasi peragaan"):
        play(tmp_path, screen()[0], None, PACE)
    assert (tmp_path / "data" / "posko.toml").exists()
