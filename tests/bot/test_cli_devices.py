"""``posko devices``: what scripts rely on."""

import json
from pathlib import Path

from tests.bot import test_cli
from tests.bot.test_cli import Command
from tests.fakes import logs

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
