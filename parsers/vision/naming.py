"""Which of the open sheets a page is: by QR code, by the tags' symbols, softly by the look of the tags.

facts: scan, "Identity in the tag ids works where the QR is dead". The child holds no key: it compares with the ids that
every open sheet carries. Never fewer than five tags; a QR code must carry its sheet's own token.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import cv2
import numpy as np
import zxingcpp

from domain.open_sheets import OpenSheet
from domain.reading import SheetKind
from domain.sheet_code import TAGS
from domain.sheet_identity import SYMBOLS, Identity, parse_payload, tag_pattern
from domain.sheet_layout import QR_QUIET, Layout, Paper
from parsers.vision.arrays import Bytes8, Doubles
from parsers.vision.tags import Sight, boxes, corners_of, modules

_AGREEING = {5: 5, 6: 6, 7: 6, 8: 7, 9: 7}  # as in domain.sheet_code
_QR_SIDE = 29 * 8  # eight pixels a module, with the quiet zone
_SOFT_FIRST = 0.62  # mean correlation with the winner's tags, at least
_SOFT_LEAD = 0.12  # and so much better than the second
_QR_CODES = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])


class How(StrEnum):
    """What named the page."""

    QR = "qr"
    TAGS = "tags"
    SOFT = "soft"


@dataclass(frozen=True, slots=True)
class Named:
    """The page's sheet; ``stranger`` instead when a QR code of the desk's kind names none of the given sheets."""

    sheet: OpenSheet | None
    how: How = How.QR
    stranger: Identity | None = None


def name_page(gray: Bytes8, sight: Sight, sheets: Sequence[OpenSheet]) -> Named | None:
    """The sheet behind ``sight``; None when nothing on the page names one."""
    by_identity: dict[Identity, list[OpenSheet]] = {}
    for sheet in sheets:
        by_identity.setdefault(sheet.identity, []).append(sheet)
    texts = _codes_in_place(gray, sight)
    named = _by_texts(texts, by_identity)
    if named and named.sheet:
        return named
    by_tags = _by_symbols(sight, sheets) or _by_look(gray, sight, sheets)
    if by_tags:
        return by_tags
    return named or _by_texts(_codes_anywhere(gray), by_identity)


def codes_only(gray: Bytes8, sheets: Sequence[OpenSheet]) -> Named | None:
    """The sheet that a QR code names on a page whose tags do not tell where it lies."""
    by_identity: dict[Identity, list[OpenSheet]] = {}
    for sheet in sheets:
        by_identity.setdefault(sheet.identity, []).append(sheet)
    return _by_texts(_codes_anywhere(gray), by_identity)


def _by_texts(texts: Sequence[str], sheets: Mapping[Identity, Sequence[OpenSheet]]) -> Named | None:
    stranger: Identity | None = None
    for text in texts:
        payload = parse_payload(text)
        if payload is None:
            continue
        for sheet in sheets.get(payload.identity, ()):
            if sheet.page().fits(payload):
                return Named(sheet, How.QR)
        stranger = payload.identity
    return Named(None, How.QR, stranger) if stranger else None


@cache
def _code_boxes(paper: Paper) -> tuple[Doubles, ...]:
    layout = Layout(paper, SheetKind.WEEKLY, 5, 1, (), False)
    return tuple(corners_of(box.grown(QR_QUIET)) for box in layout.qr_codes)


def _codes_in_place(gray: Bytes8, sight: Sight) -> list[str]:
    texts: list[str] = []
    side = float(_QR_SIDE)
    square = np.array([(0, 0), (side, 0), (side, side), (0, side)], np.float32)
    for corners in _code_boxes(sight.paper):
        at = sight.fit.place(corners).astype(np.float32)
        if at.min() < -side or (at > np.array([gray.shape[1], gray.shape[0]]) + side).any():
            continue
        straight = cv2.getPerspectiveTransform(at, square)
        crop = cv2.warpPerspective(gray, straight, (_QR_SIDE, _QR_SIDE), flags=cv2.INTER_CUBIC, borderValue=255)
        found = _read(np.asarray(crop, np.uint8)) or _read(_crisp(np.asarray(crop, np.uint8)))
        texts += found
        if found:
            break
    return texts


def _crisp(crop: Bytes8) -> Bytes8:
    soft = cv2.GaussianBlur(crop, (0, 0), 6)
    return np.asarray(cv2.addWeighted(crop, 2.5, soft, -1.5, 0), np.uint8)


def _codes_anywhere(gray: Bytes8) -> list[str]:
    found = _read(gray)
    if not found and max(gray.shape) <= 2000:
        found = _read(np.asarray(cv2.resize(gray, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), np.uint8))
    return found


def _read(gray: Bytes8) -> list[str]:
    codes = zxingcpp.read_barcodes(gray, formats=_QR_CODES, try_downscale=False)
    return [code.text for code in codes]


def _by_symbols(sight: Sight, sheets: Sequence[OpenSheet]) -> Named | None:
    seen = {tag.position: tag.symbol for tag in sight.tags}
    needed = _AGREEING.get(len(seen))
    if needed is None:
        return None
    fitting = []
    for sheet in sheets:
        if sum(sheet.tags[position] % SYMBOLS == symbol for position, symbol in seen.items()) >= needed:
            fitting.append(sheet)
    return Named(_current(fitting), How.TAGS) if fitting else None


def _current(sheets: Sequence[OpenSheet]) -> OpenSheet:
    """Numbers begin again after twenty years: of two sheets with one identity the open one is meant."""
    return next((sheet for sheet in sheets if not sheet.retired), sheets[0])


@cache
def _templates(position: int) -> Doubles:
    """The 64 tags of a position as sixteen normalised modules each."""
    rows = []
    for symbol in range(SYMBOLS):
        inner = np.array([row[1:5] for row in tag_pattern(position * SYMBOLS + symbol)[1:5]], np.float64).ravel()
        rows.append((inner - inner.mean()) / max(inner.std(), 1e-6))
    return np.array(rows)


def _by_look(gray: Bytes8, sight: Sight, sheets: Sequence[OpenSheet]) -> Named | None:
    """Each tag's place is compared with its 64 patterns, and the open sheets compete for the sum."""
    if not sheets:
        return None
    scores = np.zeros((TAGS, SYMBOLS))
    seen = 0
    for position, box in enumerate(boxes(sight.paper)):
        look = modules(gray, sight.fit.place, box)
        if look is not None:
            scores[position] = _templates(position) @ look / 16
            seen += 1
    if seen < 5:
        return None
    symbols = np.array([[tag % SYMBOLS for tag in sheet.tags] for sheet in sheets])
    sums = scores[np.arange(TAGS), symbols].sum(axis=1) / seen
    order = np.argsort(-sums)
    best = sheets[int(order[0])]
    rival = next((sums[i] for i in order[1:] if sheets[int(i)].identity != best.identity), -1.0)
    if sums[order[0]] < _SOFT_FIRST or sums[order[0]] - rival < _SOFT_LEAD:
        return None
    same = [sheets[int(i)] for i in order if sheets[int(i)].identity == best.identity]
    return Named(_current(same), How.SOFT)
