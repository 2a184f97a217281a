"""``posko devices``: what scripts rely on."""

import json
from pathlib import Path

from tests.bot import test_cli
from tests.bot.test_cli import Command
from tests.fakes import logs
from tests.fakes.desk_world import BUDI, SITI

posko = test_cli.posko  # the fixture
KEYS = [
    "file", "layout", "read", "new", "duplicate", "quarantined", "unknown_ids", "first", "last", "flags", "seconds",
]  # fmt: skip


def test_one_report_a_file_with_exactly_these_keys(posko: Command, tmp_path: Path) -> None:
    log = tmp_path / "1_attlog.dat"
    log.write_bytes(logs.usb(("1000", "2026-11-23 07:13:52"), ("007", "2026-11-23 16:04:01")) + b"dirt\n")
    other = tmp_path / "GLG_001.TXT"
    other.write_text("No\tTMNo\tEnNo\tName\tGMNo\tMode\tDateTime\n1\t1\t7\tSITI\t0\t1\t05/06/2025 07:01:02\n")
    said = posko.alone("devices", "ingest", log, log, other, "--json")
    assert said.code == 3, said.err  # the second file asks for its date order
    first, again, asked = said.lines
    assert list(first) == list(again) == list(asked) == KEYS
    assert (first["file"], first["layout"], first["read"]) == ("1_attlog.dat", "attlog", 3)
    assert (first["new"], first["duplicate"], first["quarantined"], first["unknown_ids"]) == (2, 0, 1, 2)
    assert (first["first"], first["last"]) == ("2026-11-23 07:13:52", "2026-11-23 16:04:01")
    assert (again["new"], again["duplicate"], again["quarantined"]) == (0, 2, 1)
    assert [f["code"] for f in asked["flags"]] == ["date_order_unknown"]
    assert "--date-order" in said.err
    mapped = posko.alone("devices", "map", other, "--device", "mesin-1", "--date-order", "dmy")
    assert mapped.code == 0, mapped.err
    again_later = posko.alone("devices", "ingest", other, "--device", "mesin-1", "--json")
    assert json.loads(again_later.out)["first"] == "2025-06-05 07:01:02"


def test_a_machine_is_registered_its_ids_are_mapped_and_its_clock_is_corrected_by_a_named_person(
    posko: Command, tmp_path: Path
) -> None:
    made = posko(
        "devices",
        "add",
        "dishub",
        "--kind",
        "adms",
        "--serial",
        "S1",
        "--zone",
        "WITA",
        "--unit",
        "U1",
        "--number",
        "1",
    )
    assert made.code == 0, made.err
    assert "sudah dipakai" in posko("devices", "add", "lain", "--serial", "S1").err
    assert posko("devices", "add", "x", "--unit", "U9").code == 2
    [listed] = posko("devices", "list", "--json").lines
    assert (listed["zone"], listed["serial"], listed["unit"], listed["synced_to"]) == ("WITA", "S1", "U1", None)
    log = tmp_path / "1_attlog.dat"
    log.write_bytes(logs.usb((SITI, "2026-11-23 07:13:52"), ("7", "2000-01-01 00:04:01"), ("7", "2026-11-23 16:04:01")))
    assert posko.alone("devices", "ingest", log).code == 0
    unknown = posko("devices", "users", "--json").lines
    assert {u["id"]: [s["reason"] for s in u["suggestions"]] for u in unknown} == {SITI: ["nip"], "7": []}
    mapped = posko(
        "devices", "users", "--device", "dishub", "--set", f"{SITI}={SITI}", "--from", "2026-11-01", "--json"
    )
    assert [u["id"] for u in mapped.lines] == ["7"]
    again = posko("devices", "users", "--device", "dishub", "--set", f"{SITI}={BUDI}", "--from", "2026-11-20")
    assert (again.code, "akhiri dulu" in again.err) == (2, True)
    assert posko("devices", "users", "--device", "dishub", "--end", SITI, "--from", "2026-11-30").code == 0
    ends = ("--from", "2000-01-01 00:00:00", "--to", "2000-01-01 01:00:00", "--real", "2026-11-23 07:00:00")
    assert posko("devices", "offset", "--device", "dishub", *ends).code == 2  # no reason given
    corrected = posko("devices", "offset", "--device", "dishub", *ends, "--reason", "listrik padam", "--by", "kasubbag")
    assert (corrected.code, "kasubbag" in corrected.out) == (0, True)
    assert posko("devices", "offset", "--device", "dishub", "--revoke", "1").out == ""


def test_shifts_are_made_and_people_assigned(posko: Command) -> None:
    assert "22.00-06.00" in posko("devices", "shift", "--code", "MALAM", "--hours", "22.00-06.00").out
    assert posko("devices", "shift", "--code", "X", "--hours", "pagi").code == 2
    assert posko("devices", "assign", "MALAM", SITI, "--from", "2026-11-01", "--letter", "800/1").code == 0
    assert posko("devices", "assign", "SIANG", SITI, "--from", "2026-11-01").code == 2


def test_shifts_of_many_people_come_from_a_spreadsheet_all_or_nothing(posko: Command, tmp_path: Path) -> None:
    assert posko("devices", "shift", "--code", "MALAM", "--hours", "22.00-06.00").code == 0
    template = tmp_path / "pola.xlsx"
    assert posko("devices", "shift-template", "--out", template).code == 0
    assert template.read_bytes()[:2] == b"PK"
    file = tmp_path / "pola.csv"
    file.write_text(f"nip;pola;mulai\n{SITI};MALAM;23-11-2026\n123;MALAM;23-11-2026\n")
    refused = posko("devices", "shift-import", file)
    assert refused.code == 2
    assert "baris 3" in refused.err
    file.write_text(f"nip;pola;mulai\n{SITI};MALAM;23-11-2026\n{BUDI};MALAM;23-11-2026\n")
    dry = posko("devices", "shift-import", file, "--dry-run", "--json")
    assert [(line["row"], line["person"], line["what"]) for line in dry.lines] == [(2, SITI, "baru"), (3, BUDI, "baru")]
    assert "2 penetapan baru (disimpan)" in posko("devices", "shift-import", file, "--by", "kasubag").err
    assert "0 penetapan baru (disimpan), 2 sudah berlaku" in posko("devices", "shift-import", file).err
