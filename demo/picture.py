"""The picture in README: one frame of the terminal view as SVG."""

import io
import re
from pathlib import Path

from rich.console import Console

from demo.view import Picture, render

_WIDTH = 112


def save(picture: Picture, path: Path) -> None:
    """Write ``picture`` to ``path``; the same frame gives the same file, and it loads nothing from elsewhere."""
    console = Console(record=True, width=_WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(render(picture))
    svg = console.export_svg(title="posko demo", unique_id="posko-demo")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL), encoding="utf-8")
