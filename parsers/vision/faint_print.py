"""Print that glare or blur took, made plainer: for readers of print, never for signatures."""

import cv2
import numpy as np

from parsers.vision.arrays import Bytes8

_AROUND = 41  # pixels within which letters are about equally pale
_PRINT = 80.0  # gray levels below the paper: paler print is hardly found
_LEAST = 30.0  # paler specks are no print
_MOST = 4.0  # times darker


def sharpened(gray: Bytes8) -> Bytes8:
    """A cell with the edges of its letters drawn stronger: another look at a word that was not understood."""
    return np.asarray(cv2.addWeighted(gray, 2, cv2.GaussianBlur(gray, (0, 0), 2), -1, 0), np.uint8)


def evened(gray: Bytes8) -> Bytes8:
    """A cell of a page with its paper at about 255: pale letters darkened, dark ones and bare paper left alone."""
    ink = 255 - gray
    if min(gray.shape) < 3 or int(ink.max()) < _LEAST:
        return gray
    reach = np.ones((_AROUND, _AROUND), np.uint8)
    peak = cv2.blur(cv2.dilate(cv2.blur(ink, (3, 3)), reach), (_AROUND, _AROUND)).astype(np.float32)
    gain = np.where(peak < _LEAST, 1.0, np.clip(_PRINT / np.maximum(peak, 1.0), 1.0, _MOST))
    return np.asarray(255 - np.clip(ink * gain, 0, 255), np.uint8)
