"""The head's room on drawn flat pages: a stamp, a signature, both."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from domain.reading import HeadMark
from domain.sheet_layout import HeadBlock, Layout
from parsers.vision.page import SCALE, Page
from parsers.vision.placing import Place
from parsers.vision.stamps import stamp_in
from parsers.vision.ticks import read_head_block
from tests.fakes.sheets import pages

LAYOUT: Layout = pages(12)[0].layout
ROOM = LAYOUT.box(HeadBlock())


FLAT = Place(np.diag([SCALE, SCALE, 1.0]), np.zeros((6, 2)), (0.0, 0.0), 1.0)
"""A page that was photographed at its own scale."""


def flat(*, stamp: tuple[float, float] | None = None, radius: float = 17.0, signed: float | None = None) -> Page:
    """A page with a stamp so far from the room's middle, and a scrawl so far right of it (millimetres)."""
    height, width = round(LAYOUT.height * SCALE), round(LAYOUT.width * SCALE)
    dark = np.zeros((height, width), np.float32)
    x, y = (ROOM.x0 + ROOM.x1) / 2, (ROOM.y0 + ROOM.y1) / 2
    if stamp:
        centre = round((x + stamp[0]) * SCALE), round((y + stamp[1]) * SCALE)
        for share in (1.0, 0.9, 0.6):
            cv2.circle(dark, centre, round(radius * share * SCALE), 0.8, 3)
    if signed is not None:
        at = np.linspace(0, 9 * np.pi, 120)
        curve = np.stack([x + signed - 9 + at * 18 / at[-1], y + 4 * np.sin(at)], axis=1)
        cv2.polylines(dark, [np.round(curve * SCALE).astype(np.int32)], False, 0.9, 3)
    return Page(LAYOUT, FLAT, dark, np.full(dark.shape, 255, np.uint8), False, (height, width))


@pytest.mark.parametrize("radius", [15.0, 17.0, 19.0])
@pytest.mark.parametrize("at", [(-22.0, 0.0), (-10.0, -4.0), (0.0, 3.0)])
def test_a_stamp_alone_is_nobodys_signature(radius: float, at: tuple[float, float]) -> None:
    assert read_head_block(flat(stamp=at, radius=radius), 0.8) is HeadMark.UNSURE


def test_a_signature_is_a_signature() -> None:
    assert read_head_block(flat(signed=0.0), 0.8) is HeadMark.SIGNED


@pytest.mark.parametrize("stamp", [(-24.0, 0.0), (0.0, 0.0)])
def test_a_signature_with_a_stamp_is_left_to_a_person(stamp: tuple[float, float]) -> None:
    assert read_head_block(flat(stamp=stamp, signed=2.0), 0.8) is HeadMark.UNSURE


def test_noise_and_stripes_of_a_screen_are_no_signature() -> None:
    page = flat()
    noise = np.random.default_rng(3).random(page.dark.shape).astype(np.float32) * 0.25
    stripes = (np.sin(np.add(*np.indices(page.dark.shape)) / 4) > 0).astype(np.float32) * 0.1
    assert read_head_block(replace(page, dark=noise), 0.3) is not HeadMark.SIGNED
    assert read_head_block(replace(page, dark=stripes), 0.2) is not HeadMark.SIGNED


def test_a_picture_of_two_tones_says_nothing_of_the_head() -> None:
    assert read_head_block(replace(flat(), two_tone=True), 0.8) is HeadMark.UNSURE
    assert read_head_block(replace(flat(signed=0.0), two_tone=True), 0.8) is HeadMark.UNSURE


def test_an_empty_room_is_empty() -> None:
    assert read_head_block(flat(), 0.8) is HeadMark.EMPTY


def test_the_stamp_is_where_it_was_put() -> None:
    stamp = stamp_in(flat(stamp=(-20, 2), radius=16.0), ROOM, 0.8)
    assert stamp is not None
    assert abs(stamp.x - ((ROOM.x0 + ROOM.x1) / 2 - 20)) < 1.5
    assert abs(stamp.y - ((ROOM.y0 + ROOM.y1) / 2 + 2)) < 1.5
    assert abs(stamp.radius - 16) < 1.5
    assert stamp_in(flat(signed=0.0), ROOM, 0.8) is None


def test_a_stamp_that_the_foot_of_the_page_cuts_is_nobodys_signature() -> None:
    page = flat(stamp=(-22.0, 4.0))
    cut = page.dark.copy()
    cut[round((ROOM.y1 + 3) * SCALE) :] = 0.0
    assert read_head_block(replace(page, dark=cut), 0.8) is HeadMark.UNSURE
