"""Every layout, whatever a device or an editor did to its bytes (facts: devices, "Files" and "Tests")."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from devices.dates import DateOrder, order_of, plain
from devices.detect import number_in, reader_of
from devices.lines import Asks, Batch, Notes
from devices.mapped import Table, columns_of
from domain.device import FlagCode, UploadState
from domain.errors import UsageError
from parsers.sandbox import Sandbox
from storage.engine import Database
from storage.records_devices import NewLayout
from tests.fakes import logs
from tests.fakes.clock import StillClock

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
TWO = (("1000", "2019-04-11 08:13:52"), ("007", "2019-04-11 16:02:01"))


def read(data: bytes, sheets: list[list[list[str]]] | None = None) -> tuple[str, Batch, Notes]:
    reader, nuls = reader_of(data, sheets, lambda _: None)
    notes, whole = Notes(nul_bytes=nuls), Batch()
    for batch in reader.batches(notes):
        whole.punches += batch.punches
        whole.bad += batch.bad
    return reader.layout, whole, notes


def times(data: bytes) -> list[tuple[str, str, str, str]]:
    return [(user, at, verify, state) for _, user, at, verify, state, _ in read(data)[1].punches]


BOTH = [("1000", "2019-04-11 08:13:52", "1", "0"), ("007", "2019-04-11 16:02:01", "1", "0")]


@pytest.mark.parametrize(
    "data",
    [
        logs.usb(*TWO),
        logs.usb(*TWO, end="\r\n"),
        logs.usb(*TWO).rstrip(b"\n"),
        b"\xef\xbb\xbf" + logs.usb(*TWO),
        logs.usb(*TWO).decode().encode("utf-16"),
        logs.usb(*TWO).decode().encode("utf-16-le"),
        logs.usb(*TWO) + b"\x1a",
        b"\n\n" + logs.usb(*TWO),
        b"\0" * 311_077 + logs.usb(*TWO),
    ],
    ids=["LF", "CRLF", "no final newline", "BOM", "UTF-16", "UTF-16 without BOM", "^Z", "blank lines", "NUL bytes"],
)
def test_a_stick_log_reads_the_same_however_its_bytes_are_written(data: bytes) -> None:
    assert times(data) == BOTH


def test_a_line_with_nul_bytes_in_its_middle_is_set_aside_and_the_rest_goes_on() -> None:
    torn = logs.usb(TWO[0]).rstrip(b"\n")[:20] + b"\0" * 500 + logs.usb(TWO[0]) + logs.usb(TWO[1])
    layout, batch, notes = read(logs.usb(TWO[0]) + torn)
    assert layout == "attlog"
    assert [p[0] for p in batch.punches] == [1, 3]
    assert [(line, reason) for line, reason, _ in batch.bad] == [(2, "nul")]
    assert notes.nul_bytes == 500


def test_the_columns_of_stick_and_network_are_told_apart() -> None:
    assert read(logs.usb(*TWO))[0] == "attlog"
    assert read(logs.adms(*TWO))[0] == "adms"
    assert times(logs.adms(*TWO)) == BOTH
    assert times(b"46\t2025-01-29 06:58:48\t0\t15\t0\t0\t0\t0\t0\t0\t10881\n") == [
        ("46", "2025-01-29 06:58:48", "15", "0")
    ]
    assert times(b"1234\t2026-08-12 09:55:55\t0\t1\t\t0\t") == [("1234", "2026-08-12 09:55:55", "1", "0")]


def test_a_log_that_fits_both_column_orders_is_asked_about() -> None:
    both = b"5\t2026-01-05 07:00:00\t1\t4\t0\n6\t2026-01-05 07:01:00\t2\t1\t0\n"
    with pytest.raises(Asks):
        read(both)


def test_ids_are_strings_and_device_numbers_are_noticed() -> None:
    _, batch, notes = read(logs.usb(("0004", "2026-02-05 18:58:46"), device=3))
    assert batch.punches[0][1] == "0004"
    assert notes.numbers == {"3"}


def test_the_short_variant_and_the_one_with_a_name_are_read() -> None:
    assert times(b"10021\t2026-04-10 17:08:59\t1\t0\n") == [("10021", "2026-04-10 17:08:59", "-1", "-1")]
    layout, batch, notes = read(b"9\tSITI\t2013-04-20 09:36:49\t1\t0\n")
    assert (layout, batch.punches[0][1:3]) == ("attlog", ("9", "2013-04-20 09:36:49"))
    assert notes.names == {"9": "SITI"}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("12\t1971--10--29 -23:-59:-53\t1\t0\t1\t0", "date"),
        ("12\t1990-00--8 08:00:00\t1\t0\t1\t0", "date"),
        ("ZZZZZZZZZZ\t2047-02-30 08:00:00\t1\t0\t1\t0", "date"),
        ("12\t2026-02-29 08:00:00\t1\t0\t1\t0", "date"),
        ("12\t2026-04-31 08:00:00\t1\t0\t1\t0", "date"),
        ("12\t2026-04-30 24:00:00\t1\t0\t1\t0", "date"),
        ("half a li", "form"),
    ],
)
def test_an_impossible_line_is_set_aside_with_its_number_and_reason(line: str, reason: str) -> None:
    _, batch, _ = read(logs.usb(TWO[0]) + line.encode() + b"\n" + logs.usb(TWO[1]))
    assert [p[0] for p in batch.punches] == [1, 3]
    assert batch.bad == [(2, reason, line)]


def test_a_leap_day_that_exists_is_kept() -> None:
    assert times(logs.usb(("1", "2024-02-29 07:00:00")))[0][1] == "2024-02-29 07:00:00"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "No\tTMNo\tEnNo\tName\tGMNo\tMode\tDateTime\r\n1\t1\t1\tSITI\t0\t2\t2026/02/22 00:43:38\r\n",
            ("1", "2026-02-22 00:43:38", "2", "-1"),
        ),
        (
            "No\tTMNo\tEnNo\tName\tINOUT\tMode\tDateTime\n3\t1\t2\t\t1\t0\t2023/04/17 15:06:00\n",
            ("2", "2023-04-17 15:06:00", "0", "1"),
        ),
        (
            "No\tTMNo\tEnNo\tName GMNo\tMode\tDateTime\n1\t1\t9\tSITI 1\t1\t2023/01/06 10:00:17",
            ("9", "2023-01-06 10:00:17", "1", "-1"),
        ),
        (
            "No\tTMNo\tEnNo\tName\tGMNo\tMode\tIN/OUT\tAntipass\tProxyWork\tDateTime\n"
            "1\t1\t1\t          \t1\t1\tE\t0\t03-04-2015  12:15:44PM\n",
            ("1", "2015-03-04 12:15:44", "1", "-1"),
        ),
        (
            "No\tTMNo\tEnNo\tName\t\tGMNo\tMode\t\tDateTime\n1\t1\t7\tSITI\t0\t1\t12/31/2025 07:01:02\n",
            ("7", "2025-12-31 07:01:02", "1", "-1"),
        ),
        (
            "No\tTMNo\tEnNo\tName\tGMNo\tMode\tIn/Out\tAntipass\tProxyWork\tDateTime\n"
            "1\t1\t00000001\tSITI\t1\tFP\tDutyOff\t0\t0\t2026-02-14 16:40:09\n",
            ("00000001", "2026-02-14 16:40:09", "1", "1"),
        ),
        (
            "o\tTMNo\tEnNo\tName\tGMNo\tMode\tDateTime\n1\t1\t1\tSITI\t0\t2\t2026/02/22 00:43:38\n",
            ("1", "2026-02-22 00:43:38", "2", "-1"),
        ),
    ],
    ids=["GMNo", "INOUT", "merged", "12-hour", "MM/DD", "duty", "cut header"],
)
def test_every_text_log_of_timmy_machines_is_read(text: str, expected: tuple[str, ...]) -> None:
    for data in (text.encode(), text.encode("utf-16")):
        assert read(data)[0] == "glg"
        assert times(data) == [expected]


def test_day_and_month_that_can_be_swapped_are_asked_about_and_never_guessed() -> None:
    head = b"No\tTMNo\tEnNo\tName\tGMNo\tMode\tDateTime\n"
    with pytest.raises(Asks) as asked:
        read(head + b"1\t1\t7\tSITI\t0\t1\t05/06/2025 07:01:02\n")
    assert asked.value.code == "date_order_unknown"
    decided = head + b"1\t1\t7\tSITI\t0\t1\t05/06/2025 07:01:02\n2\t1\t7\tSITI\t0\t1\t25/06/2025 07:01:02\n"
    assert [at for _, at, _, _ in times(decided)] == ["2025-06-05 07:01:02", "2025-06-25 07:01:02"]
    with pytest.raises(Asks):  # both orders in one file: an operator has to look
        read(decided + b"3\t1\t7\tSITI\t0\t1\t06/25/2025 07:01:02\n")


def test_the_binary_twin_reads_as_the_text() -> None:
    layout, batch, _ = read(logs.agl((1, 2, datetime(2026, 2, 22, 0, 43, 38)), (12345, 1, datetime(2026, 2, 22, 7, 0))))
    assert layout == "agl"
    assert [p[1:4] for p in batch.punches] == [
        ("1", "2026-02-22 00:43:38", "2"),
        ("12345", "2026-02-22 07:00:00", "1"),
    ]
    cut = logs.agl((1, 2, datetime(2026, 2, 22, 0, 43, 38)), (2, 1, datetime(2026, 2, 22, 7, 0)))[:-3]
    _, batch, _ = read(cut)
    assert (len(batch.punches), batch.bad[0][1]) == (1, "cut")


@pytest.mark.parametrize(
    ("samples", "order"),
    [
        (["31/12/2025 07:00"], DateOrder.DMY),
        (["12/31/2025 07:00"], DateOrder.MDY),
        (["2025/12/31 07:00"], DateOrder.YMD),
        (["01/02/2025 07:00"], DateOrder.UNKNOWN),
        (["31/12/2025 07:00", "12/31/2025 07:00"], DateOrder.UNKNOWN),
        (["03/03/2025 07:00"], DateOrder.MDY),
    ],
)
def test_the_order_of_a_date_follows_from_days_above_twelve(samples: list[str], order: DateOrder) -> None:
    assert order_of(samples) is order


def test_unpadded_times_are_times() -> None:
    assert plain("2026-11-24 8:6", DateOrder.UNKNOWN) == ("2026-11-24 08:06:00", False)  # MLG-30
    assert plain("24/11/2026 12:00:00 AM", DateOrder.DMY) == ("2026-11-24 00:00:00", True)
    assert plain("24/11/2026 13:00:00 PM", DateOrder.DMY) is None


@pytest.mark.parametrize(
    ("name", "number"),
    [("3_attlog.dat", "3"), ("GLG_001.TXT", "1"), ("12_StandardReport.xls", "12"), ("absen.txt", None)],
)
def test_the_number_in_a_files_name(name: str, number: str | None) -> None:
    assert number_in(name) == number


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    pool = Sandbox(1)
    yield pool
    await pool.close()


async def test_a_standard_report_is_read_in_the_sandbox(database: Database, sandbox: Sandbox) -> None:
    first = datetime(2025, 6, 1)
    book = logs.standard_report(first, [("17", "Siti Aminah", {2: "07:2113:0813:32", 3: "07:0016:01"}), ("18", "", {})])
    taken = await logs.intake(database, StillClock(NOW), sandbox).file("1_StandardReport.xls", book)
    assert taken.upload is not None
    assert (taken.upload.layout, taken.upload.read, taken.new) == ("standard_report", 5, 5)
    assert FlagCode.NO_SECONDS in {f.code for f in taken.flags}
    async with database.begin() as uow:
        found = await uow.punches.of_users([(taken.upload.device_id, "17")], first, datetime(2025, 6, 30))
        [unknown] = await uow.punches.unknown()
    assert [p.at for p in found] == [
        datetime(2025, 6, 2, 7, 21),
        datetime(2025, 6, 2, 13, 8),
        datetime(2025, 6, 2, 13, 32),
        datetime(2025, 6, 3, 7, 0),
        datetime(2025, 6, 3, 16, 1),
    ]
    assert (unknown.user_id, unknown.name) == ("17", "Siti Aminah")


async def test_an_unknown_layout_is_mapped_once_and_remembered(database: Database) -> None:
    intake = logs.intake(database, StillClock(NOW))
    first = b"Pin;Nama;Tanggal;Jam\n004;SITI;05/06/2026;7:01\n"
    asked = await intake.file("a.csv", first, "apel")
    assert asked.upload is not None
    assert asked.upload.state is UploadState.ASKS
    assert {f.code for f in asked.flags} >= {FlagCode.LAYOUT_UNKNOWN}
    device = asked.device
    assert device is not None

    def told(_table: object, signature: str) -> NewLayout:
        return NewLayout(device.id, signature, {"id": 0, "name": 1, "date": 2, "time": 3}, "dmy", "admin", NOW)

    await intake.remember(device, "a.csv", first, told)
    again = await intake.file("a.csv", first, "apel")
    other = await intake.file("b.csv", b"Pin;Nama;Tanggal;Jam\n005;BUDI;07/06/2026;16:03:09\n", "apel")
    assert (again.new, other.new) == (1, 1)
    async with database.begin() as uow:
        rows = await uow.punches.of_users(
            [(device.id, "004"), (device.id, "005")], datetime(2026, 1, 1), datetime(2027, 1, 1)
        )
    assert [p.at for p in rows] == [datetime(2026, 6, 5, 7, 1), datetime(2026, 6, 7, 16, 3, 9)]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [("pin=1", "tidak dikenal"), ("id=1", "sebutkan id dan at"), ("id=Nomor,at=2", "judulnya: Pin, Waktu")],
)
def test_a_mapping_that_cannot_be_meant_says_what_is_known(columns: str, expected: str) -> None:
    table = Table.of_text("Pin;Waktu\n4;2026-11-23 07:01:00\n")
    with pytest.raises(UsageError, match=expected):
        columns_of(columns, table)
    assert columns_of("id=Pin,at=2", table) == {"id": 0, "at": 1}
