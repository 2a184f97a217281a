"""Geometry of the printed page: nothing overlaps, all inside, every box has one address."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.reading import SheetKind
from domain.sheet_code import TAGS
from domain.sheet_layout import (
    MARGIN,
    QR_QUIET,
    QUIET,
    ROWS_A_PAGE,
    TABLE_TOP,
    TAG,
    CodeTick,
    DayTick,
    HeadBlock,
    HeadSign,
    Layout,
    Name,
    Note,
    Paper,
    Rect,
    Sign,
)
from domain.terms import Session

CODES = ("DL", "S", "C", "I", "TB", "TK")
WEEKLY = st.builds(
    Layout,
    st.sampled_from(Paper),
    st.just(SheetKind.WEEKLY),
    st.integers(5, 7),
    st.integers(1, ROWS_A_PAGE),
    st.integers(1, 6).map(lambda n: CODES[:n]),
    st.booleans(),
)
DAILY = st.builds(
    Layout,
    st.sampled_from(Paper),
    st.just(SheetKind.DAILY),
    st.just(1),
    st.integers(1, ROWS_A_PAGE),
    st.integers(1, 6).map(lambda n: CODES[:n]),
    st.booleans(),
)


def furniture(layout: Layout) -> list[Rect]:
    """Tags and QR codes with the white they need, and the table."""
    left, right = layout.columns["no"][0], layout.columns["note"][1]
    return [
        *(tag.grown(QUIET - 1e-6) for tag in layout.tags),
        *(qr.grown(QR_QUIET - 1e-6) for qr in layout.qr_codes),
        Rect(left, TABLE_TOP, right, layout.table_bottom),
    ]


@settings(max_examples=60, deadline=None)
@given(st.one_of(WEEKLY, DAILY))
def test_nothing_overlaps_and_all_is_inside_the_printable_page(layout: Layout) -> None:
    fixed = furniture(layout)
    blocks = [layout.header, layout.officer_block, *([layout.head_block] if layout.head else [])]
    for one, other in combinations(fixed, 2):
        assert not one.overlaps(other)
    for block in blocks:
        assert not any(block.overlaps(other) for other in fixed)
        assert block.width > 35
    for rect in (*layout.tags, *layout.qr_codes, *blocks, fixed[-1]):
        assert rect.x0 >= MARGIN
        assert rect.y0 >= MARGIN
        assert rect.x1 <= layout.width - MARGIN
        assert rect.y1 <= layout.height - MARGIN


@settings(max_examples=30, deadline=None)
@given(st.one_of(WEEKLY, DAILY))
def test_every_box_is_addressed_both_ways(layout: Layout) -> None:
    boxes = [(place, layout.box(place)) for place in layout.places()]
    for place, box in boxes:
        assert layout.at((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2) == place
        assert box.width > 0
        assert box.height > 0
    for (_, one), (_, other) in combinations(boxes, 2):
        assert not one.grown(-1e-6).overlaps(other)
    assert layout.at(1, 1) is None


@settings(max_examples=30, deadline=None)
@given(st.one_of(WEEKLY, DAILY))
def test_rows_are_seven_millimetres_or_more_and_names_have_room(layout: Layout) -> None:
    assert layout.row_height >= 7
    assert layout.columns["name"][1] - layout.columns["name"][0] >= 30
    assert layout.sign_width >= 6.5


@pytest.mark.parametrize("paper", Paper)
def test_a_full_page_has_cells_for_every_row_day_and_session(paper: Paper) -> None:
    layout = Layout(paper, SheetKind.WEEKLY, 6, ROWS_A_PAGE, CODES[:4], True)
    places = list(layout.places())
    assert sum(isinstance(p, Sign) for p in places) == ROWS_A_PAGE * 6 * 2
    assert sum(isinstance(p, CodeTick) for p in places) == ROWS_A_PAGE * 4
    assert sum(isinstance(p, DayTick) for p in places) == ROWS_A_PAGE * 6
    assert sum(isinstance(p, HeadSign) for p in places) == 12
    assert sum(isinstance(p, Name) for p in places) == ROWS_A_PAGE
    assert HeadBlock() in places
    assert layout.row_height >= (8 if paper is Paper.A4 else 9)


def test_a_profile_without_the_heads_signature_has_no_place_for_it() -> None:
    layout = Layout(Paper.A4, SheetKind.DAILY, 1, 10, CODES[:4], False)
    places = list(layout.places())
    assert not any(isinstance(p, HeadSign | HeadBlock) for p in places)
    assert sum(isinstance(p, Note) for p in places) == 10


def test_tags_are_twelve_millimetres_at_corners_sides_and_bottom() -> None:
    layout = Layout(Paper.A4, SheetKind.WEEKLY, 5, 20, CODES[:4], True)
    assert len(layout.tags) == TAGS
    assert all(tag.width == tag.height == pytest.approx(TAG) for tag in layout.tags)
    assert layout.tags[8].x0 == pytest.approx((layout.width - TAG) / 2)


def test_cells_of_a_row_touch_and_pulang_is_right_of_datang() -> None:
    layout = Layout(Paper.F4, SheetKind.WEEKLY, 6, 20, CODES[:4], True)
    datang, pulang = layout.box(Sign(3, 2, Session.DATANG)), layout.box(Sign(3, 2, Session.PULANG))
    assert datang.x1 == pytest.approx(pulang.x0)
    assert layout.box(Sign(3, 3, Session.DATANG)).x0 == pytest.approx(pulang.x1)
    assert layout.box(Sign(4, 2, Session.DATANG)).y0 == pytest.approx(datang.y1)
    assert pulang.moved(-pulang.x0, 0).x0 == 0
