"""The sheet laboratory: pictures that follow from their seed, and a truth that fits the ink."""

from collections import Counter
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pictures

from benchmarks.paper_sheets import sheets_of
from demo.paper.__main__ import main
from demo.paper.filling import Office
from demo.paper.finder import find_geometry
from demo.paper.geometry import DAY, SIGN, Geometry
from demo.paper.habits import HARD, ORDINARY
from demo.paper.hands import SCHOOLS
from demo.paper.laboratory import SCANS, SETS, dice, filled, take
from demo.paper.ledger import EMPTY, OTHER, SIGNED
from demo.paper.settings import CAMERAS
from demo.paper.sheet import DENSITY, Sheet, printed
from domain.profile import load_profile
from domain.terms import Pattern
from tests.fakes.sheets import daily, pages


@pytest.fixture(scope="module")
def sheet() -> Sheet:
    return sheets_of(pages(9))[0]


def test_geometry_survives_json(sheet: Sheet) -> None:
    assert Geometry.from_json(sheet.geometry.to_json()) == sheet.geometry


@pytest.mark.parametrize("name", SETS)
def test_every_set_gives_a_file_that_opens_and_the_same_one_for_the_same_seed(sheet: Sheet, name: str) -> None:
    shot = take(sheet, "test", name, 3)
    assert shot.data == take(sheet, "test", name, 3).data or shot.ending == "pdf"  # a PDF carries its moment
    if shot.ending != "pdf":
        longest = max(Pictures.open(BytesIO(shot.data)).size)
        assert longest > 1200
        assert name in SCANS or longest == CAMERAS["test"][name].long_side
    assert len(shot.truths) == len(sheet.geometry.slots)


def test_another_seed_and_another_school_give_another_picture(sheet: Sheet) -> None:
    first = take(sheet, "test", "photo1280", 1).data
    assert len({first, take(sheet, "test", "photo1280", 2).data, take(sheet, "valid", "photo1280", 1).data}) == 3


def test_no_family_of_strokes_is_known_to_two_schools() -> None:
    families = [family for school in SCHOOLS.values() for family in set(school)]
    assert len(families) == len(set(families)) > 15


def test_the_truth_fits_the_ink_on_the_page(sheet: Sheet) -> None:
    rng = dice("train", "truth", 5)
    page, truths = filled(sheet, "train", rng, HARD)
    clean = printed(sheet, dice("train", "truth", 5))
    for slot, truth in zip(sheet.geometry.slots, truths, strict=True):
        if slot.kind != SIGN:
            continue
        left, top, right, bottom = (round(v * DENSITY) for v in slot.box)
        cell = (slice(top + 5, bottom - 5), slice(left + 5, right - 5))
        darker = np.count_nonzero(clean[cell].min(-1).astype(int) - page[cell].min(-1) > 40)
        if truth.ink == "empty":
            assert darker < 40
        elif truth.expected == SIGNED and truth.ink != "pencil":
            assert darker > 20


def test_an_office_that_is_told_who_is_away_signs_for_all_others(sheet: Sheet) -> None:
    shot = take(sheet, "test", "scan", 1, office=Office(done=3, away=frozenset({2, 4})))
    cells = {(t.row, t.column): t for t in shot.truths if t.kind == SIGN}
    for (row, column), truth in cells.items():
        signs = column < 3 and row not in {2, 4}
        assert truth.expected == (SIGNED if signs else EMPTY) or truth.expected == OTHER


def test_hard_sheets_carry_every_kind_of_ink(sheet: Sheet) -> None:
    seen: Counter[str] = Counter()
    for seed in range(12):
        _, truths = filled(sheet, "train", dice("train", "kinds", seed), HARD)
        seen.update(truth.ink for truth in truths)
    wanted = {"signature", "paraf", "tiny", "pencil", "dash", "dot", "letter", "tick", "cross", "strike", "row line"}
    assert wanted | {"z line", "overflow", "ticked", "empty"} <= set(seen)


def test_ordinary_sheets_are_mostly_plain(sheet: Sheet) -> None:
    _, truths = filled(sheet, "test", dice("test", "plain", 1), ORDINARY, Office(done=10))
    cells = [truth for truth in truths if truth.kind == SIGN]
    assert sum(truth.expected != OTHER for truth in cells) > 0.8 * len(cells)


def test_the_command_signs_and_photographs_a_sheet(sheet: Sheet, tmp_path: Path) -> None:
    (tmp_path / "lembar.pdf").write_bytes(sheet.pdf)
    (tmp_path / "sel.json").write_text(sheet.geometry.to_json(), "utf-8")
    files = [str(tmp_path / "lembar.pdf"), "--geometry", str(tmp_path / "sel.json"), "--out", str(tmp_path / "foto")]
    assert main([*files, "--done", "2", "--away", "1"]) == 0
    assert Pictures.open(BytesIO((tmp_path / "foto.jpg").read_bytes())).size == (1200, 1600)
    (tmp_path / "sel.json").write_text("{}", "utf-8")
    assert main(files) == 2


def test_the_command_finds_the_cells_of_a_sheet_that_came_by_mail(sheet: Sheet, tmp_path: Path) -> None:
    (tmp_path / "lembar.pdf").write_bytes(sheet.pdf)
    assert main([str(tmp_path / "lembar.pdf"), "--out", str(tmp_path / "foto"), "--set", "photo1280"]) == 0
    assert main([str(tmp_path / "lembar.pdf"), "--out", str(tmp_path / "foto"), "--page", "9"]) == 2


@pytest.mark.parametrize(("people", "pattern"), [(4, Pattern.SIX), (20, Pattern.FIVE), (23, Pattern.SIX)])
def test_the_ruled_lines_tell_where_to_sign(people: int, pattern: Pattern) -> None:
    for law in (load_profile("tulungagung"), daily(load_profile("tulungagung"))):
        for sheet in sheets_of(pages(people, pattern, profile=law))[:1]:
            found = find_geometry(sheet.pdf, sheet.geometry.page)
            wanted = {(slot.kind, slot.row, slot.column): slot for slot in sheet.geometry.slots}
            assert {(slot.kind, slot.row, slot.column) for slot in found.slots} == set(wanted)
            for slot in found.slots:
                true = wanted[slot.kind, slot.row, slot.column]
                assert np.abs(np.array(slot.box) - true.box).max() < 0.4
                assert slot.open == true.open or slot.kind == DAY


def test_a_page_without_a_table_has_nowhere_to_sign(sheet: Sheet) -> None:
    with pytest.raises(ValueError, match="tidak memuat tabel"):
        find_geometry(sheet.pdf, 1)
