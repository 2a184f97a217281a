"""What crosses from a child to the parent: plain data of the shape that was asked for, and nothing else."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import ReadingError
from domain.reading import Box, Cell, FileReading, Problem, ProblemCode, Row, SheetKind, SheetReading, Verdict
from domain.reading_json import from_plain, to_plain
from domain.terms import Session
from parsers import sandbox_child, wire

READING = FileReading(
    "workbook/1",
    (
        SheetReading(
            SheetKind.DAILY,
            "DAFTAR HADIR",
            "Dinas Sosial",
            (date(2026, 11, 24),),
            (
                Row(
                    1,
                    "Budi",
                    "1.97911222006121e+17",
                    (Cell(Verdict.REPORTED, date(2026, 11, 24), Session.DATANG, None, time(7, 15), "07.15", 0.9),),
                    "DL",
                    (("H", 20),),
                    Box(1, 0, 1, 2, 3),
                ),
            ),
            problems=(Problem(ProblemCode.UNIT_MISSING, "…"),),
        ),
    ),
    extra={"kind": "xlsx"},
)


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Parcel:
    parts: tuple[tuple[str, bytes], ...]
    colour: Colour
    more: dict[str, bytes]


def test_a_reading_survives_the_wire_and_json() -> None:
    assert wire.unpack(wire.pack(READING), FileReading) == READING
    assert from_plain(to_plain(READING)) == READING


@given(st.lists(st.tuples(st.text(), st.binary())), st.dictionaries(st.text(), st.binary()))
def test_bytes_travel_beside_the_text(parts: list[tuple[str, bytes]], more: dict[str, bytes]) -> None:
    parcel = Parcel(tuple(parts), Colour.RED, more)
    assert wire.unpack(wire.pack(parcel), Parcel) == parcel


def test_half_a_surrogate_pair_is_replaced() -> None:
    assert wire.unpack(wire.pack("Subjek \udce9"), str) == "Subjek ?"


@pytest.mark.parametrize("value", [object(), {1, object()}, len])
def test_only_plain_data_is_packed(value: object) -> None:
    with pytest.raises(TypeError):
        wire.pack(value)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00" * 8,
        (99).to_bytes(8, "big") + b"{}",
        (2).to_bytes(8, "big") + b"[]",
        (22).to_bytes(8, "big") + b'{"\\u0000bytes": 999999}',
        (4).to_bytes(8, "big") + b"\xff\xfe\xfd\xfc",
    ],
)
def test_a_forged_frame_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        wire.unpack(body, Parcel)


class PanicException(BaseException):
    """Named as the one that Rust libraries raise."""


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ReadingError(ProblemCode.ENCRYPTED, "…"), ProblemCode.ENCRYPTED),
        (MemoryError(), ProblemCode.BOMB),
        (KeyError("xl/workbook.xml"), ProblemCode.DAMAGED),
        (RecursionError(), ProblemCode.DAMAGED),
        (PanicException(), ProblemCode.DAMAGED),
        (SystemExit(0), ProblemCode.CRASHED),
    ],
)
def test_every_exception_has_its_verdict(error: BaseException, code: ProblemCode) -> None:
    assert sandbox_child.fault_of(error).code is code


def test_a_dotted_name_reaches_into_modules_and_objects() -> None:
    assert sandbox_child.resolve("parsers.workbook.PARSER.name") == "workbook"
    with pytest.raises(AttributeError):
        sandbox_child.resolve("parsers.nothing")
    with pytest.raises(ModuleNotFoundError):
        sandbox_child.resolve("nothing.at.all")
