"""What the terminal shows, with and without a terminal."""

import io
import threading
from pathlib import Path

import pytest
from rich.console import Console

from demo import picture
from demo.board import Board, UnitLine
from demo.clock import at
from demo.offices import BY_CODE
from demo.scenario import DAY, EXPECTED, MORNING
from demo.screen import Screen
from demo.view import Event, Picture, look, render
from demo.watch import Watch


def frame() -> Picture:
    units = {c: UnitLine(c, BY_CODE[c].name, w.state, "2026-11-24T00:05:00+00:00") for c, w in EXPECTED.items()}
    board = Board({"received": 37, "late": 2, "missing": 3}, units, 41)
    return Picture(
        MORNING, at(DAY, "07.20"), board, 37, (Event(at(DAY, "07.05"), "Dinas Sosial mengirim daftar"),), "berjalan"
    )


@pytest.mark.parametrize("width", [80, 112, 160])
def test_a_frame_fits_the_terminal_and_names_every_state_by_sign_and_count(width: int) -> None:
    out = io.StringIO()
    Console(file=out, width=width).print(render(frame()))
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert len(lines) <= 24
    told = "\n".join(lines)
    assert "07.20.00 WIB" in told
    assert "masuk 37" in told
    assert all(look(state)[0] in told for state in ("tepat waktu", "lebih awal", "terlambat", "periksa", "belum"))
    assert "Dinas Sosial mengirim daftar" in told


def test_without_a_terminal_each_event_is_one_line_told_once() -> None:
    out = io.StringIO()
    with Screen(Console(file=out, width=80)) as screen:
        screen.show(frame())
        screen.show(frame())
    lines = out.getvalue().splitlines()
    assert [line for line in lines if "Dinas Sosial" in line] == ["07.05         Dinas Sosial mengirim daftar"]
    assert [line for line in lines if "kiriman" in line] == [
        "07.20  kiriman 37; masuk 37, terbaca 0, tepat waktu 0, lebih awal 0, terlambat 2, belum 3, periksa 0"
    ]


def test_the_picture_is_the_same_every_time_and_loads_nothing(tmp_path: Path) -> None:
    picture.save(frame(), tmp_path / "one.svg")
    picture.save(frame(), tmp_path / "two.svg")
    text = (tmp_path / "one.svg").read_text()
    assert text == (tmp_path / "two.svg").read_text()
    assert "url(http" not in text


def test_an_answer_that_is_no_board_ends_the_looking_with_its_reason() -> None:
    asked = threading.Event()

    def status() -> dict[str, object]:
        asked.set()
        return {"units": []}

    with Watch(status) as watch:
        assert asked.wait(5)
    assert "counts" in watch.fault
    assert not watch.seen
