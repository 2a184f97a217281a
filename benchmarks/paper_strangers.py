"""Pictures that are no sheet of the desk: letters, answer sheets, ruled lists, blank pages, black frames, animals."""

from collections.abc import Callable, Mapping

import cv2
import numpy as np

from demo.paper.camera import jpeg, photograph
from demo.paper.geometry import Image
from demo.paper.laboratory import dice
from demo.paper.settings import CAMERAS
from demo.paper.sheet import DENSITY

_SIZE = (round(297 * DENSITY), round(210 * DENSITY))
Dice = np.random.Generator


def _blank(_rng: Dice) -> Image:
    return np.full((*_SIZE, 3), 245, np.uint8)


def _letter(rng: Dice) -> Image:
    page = _blank(rng)
    for line in range(34):
        text = "".join(rng.choice(list("abdeghiklmnoprstu   "), int(rng.integers(30, 62))))
        cv2.putText(page, text, (180, 300 + line * 58), cv2.FONT_HERSHEY_COMPLEX, 1.0, (25, 25, 25), 2, cv2.LINE_AA)
    return page


def _answers(rng: Dice) -> Image:
    """Bubbles in rows and black squares at the corners, as examinations have them."""
    page = _blank(rng)
    for x, y in ((80, 80), (1520, 80), (80, 2200), (1520, 2200)):
        cv2.rectangle(page, (x, y), (x + 80, y + 80), (10, 10, 10), -1)
    for row in range(40):
        for column in range(20):
            filled = -1 if rng.random() < 0.2 else 2
            cv2.circle(page, (260 + column * 62, 300 + row * 46), 16, (30, 30, 30), filled, cv2.LINE_AA)
    return page


def _table(rng: Dice) -> Image:
    """A ruled list with nothing of the desk's on it."""
    page = _letter(rng)
    for row in range(30):
        cv2.line(page, (150, 260 + row * 64), (1550, 260 + row * 64), (0, 0, 0), 2)
    for x in (150, 260, 800, 1100, 1300, 1550):
        cv2.line(page, (x, 260), (x, 260 + 29 * 64), (0, 0, 0), 2)
    return page


def _animal(rng: Dice) -> Image:
    """Fur-coloured blobs, two ears and two eyes."""
    page = np.clip(rng.normal(120, 50, (60, 42, 3)), 0, 255).astype(np.uint8)
    page = np.asarray(cv2.resize(page, _SIZE[::-1], interpolation=cv2.INTER_CUBIC))
    cv2.ellipse(page, (840, 1200), (520, 600), 0, 0, 360, (150, 110, 70), -1)
    for x in (640, 1040):
        cv2.circle(page, (x, 1050), 90, (230, 220, 120), -1)
        cv2.ellipse(page, (x, 1050), (22, 80), 0, 0, 360, (10, 10, 10), -1)
        cv2.fillPoly(page, [np.array([[x - 150, 760], [x, 400], [x + 150, 760]], np.int32)], (140, 100, 60))
    return page


def _black(rng: Dice) -> Image:
    return np.clip(rng.normal(4, 2, (*_SIZE, 3)), 0, 255).astype(np.uint8)


STRANGERS: Mapping[str, Callable[[Dice], Image]] = {
    "blank page": _blank, "letter": _letter, "answer sheet": _answers, "ruled list": _table, "animal": _animal,
    "black frame": _black,
}  # fmt: skip


def stranger(kind: str, seed: int) -> bytes:
    """A photograph (JPEG) of something that is no sheet of the desk."""
    rng = dice("test", f"stranger {kind}", seed)
    page = STRANGERS[kind](rng)
    camera = CAMERAS["test"]["photo1280"]
    return jpeg(photograph(page, DENSITY, camera, rng), 75)
