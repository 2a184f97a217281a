"""Everything a person reads. ``render`` is the only way from a template's name to its text."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

__all__ = ["CHAT_LIMIT", "DESK_NAME", "Markup", "render", "render_chat", "render_page"]

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


def render(name: str, /, **fields: object) -> str:
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


CHAT_LIMIT = 600
"""Characters of one chat message (CONVENTIONS.md 1)."""


def render_chat(name: str, /, items: Sequence[str] = (), **fields: object) -> str:
    """The text of a message for chats, never longer than ``CHAT_LIMIT``.

    As many of ``items`` as fit are shown; the template is told how many were left out (``more``). What is still too
    long (somebody's own long words) ends with an ellipsis.
    """
    most = len(items)
    for shown in range(min(most, CHAT_LIMIT // 4), -1, -1):
        text = render(name, items=tuple(items[:shown]), more=most - shown, **fields).strip()
        if len(text) <= CHAT_LIMIT:
            return text
    return text[: CHAT_LIMIT - 1] + "…"
