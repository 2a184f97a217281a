"""Everything a person reads. ``render`` is the only way from a template's name to its text."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

DESK_NAME = "Posko Presensi"
"""Who signs every message."""

_PLACE = Path(__file__).resolve().parent

_TEXT = Environment(
    loader=FileSystemLoader(_PLACE / "messages"),
    undefined=StrictUndefined,  # a forgotten field must fail in a test, not print a gap in a letter
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=False,
    autoescape=False,
)


def render(name: str, **fields: object) -> str:
    """The text of message ``name`` (``receipt``, ``fallback_announced`` …) with ``fields`` filled in."""
    return _TEXT.get_template(f"{name}.txt.j2").render(**fields).strip() + "\n"


_PAGES = Environment(
    loader=FileSystemLoader(_PLACE / "pages"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    autoescape=True,  # every value is text unless a template says otherwise
    auto_reload=False,
)


def render_page(page: str, /, **fields: object) -> str:
    """The HTML of a page (``board``; ``_board_row`` for a part of one) with ``fields`` filled in."""
    return _PAGES.get_template(f"{page}.html.j2").render(**fields)
