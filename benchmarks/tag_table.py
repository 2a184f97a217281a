"""Writes ``domain/sheet_tag_table.py`` from OpenCV's dictionary: ``python -m benchmarks.tag_table``.

OpenCV (Apache-2.0) is needed here and in the test that compares the table with it, never to draw a sheet.
"""

import sys
import textwrap
from pathlib import Path

import cv2

_PLACE = Path(__file__).resolve().parents[1] / "domain" / "sheet_tag_table.py"
_HEAD = '''"""The 1,000 patterns of DICT_4X4_1000: four hexadecimal digits a tag, rows from the top, a set bit is white.

Written by ``python -m benchmarks.tag_table`` from OpenCV (Apache-2.0, modules/objdetect), whose dictionary it is.
"""

TAG_PATTERNS = (
'''


def opencv_patterns() -> str:
    """Four hexadecimal digits a tag, in the order of their ids."""
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_1000)
    # The bytes list holds the pattern in four turns; the first two bytes are the upright one.
    return "".join(bytes(turns.ravel()[:2].tolist()).hex() for turns in dictionary.bytesList)


def main() -> None:
    """Write the module."""
    lines = textwrap.wrap(opencv_patterns(), 100)
    _PLACE.write_text(_HEAD + "".join(f'    "{line}"\n' for line in lines) + ")\n", "utf-8")
    sys.stdout.write(f"{_PLACE.name}: {len(lines)} baris\n")


if __name__ == "__main__":
    main()
