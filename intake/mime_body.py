"""The words of a mail (plain text, else its HTML without marks) and the files that old programs hide in them."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from intake.mime_leaf import uudecode

LIMIT = 64 * 1024  # bytes of text that are kept
_UU_BLOCK = re.compile(
    rb"(?m)^begin [0-7]{3,4} +([^\r\n]{1,200})\r?\n((?:[ -`][^\r\n]{0,90}\r?\n)+?)(?:[` ]?\r?\n)?end\b"
)
_BREAKS = frozenset({"br", "p", "div", "tr", "li", "table", "h1", "h2", "h3"})
_HIDDEN = frozenset({"script", "style", "head", "title"})


class TextBody:
    """Collects text leaves; ``text()`` gives the plain ones, or the stripped HTML when there are none."""

    def __init__(self) -> None:
        self._plain: list[str] = []
        self._html: list[str] = []

    def add(self, text: str, *, html: bool) -> None:
        """Add one leaf's text."""
        kept = self._html if html else self._plain
        if sum(map(len, kept)) < LIMIT * 4:
            kept.append(text[: LIMIT * 4])

    def text(self) -> str:
        """At most ``LIMIT`` bytes of UTF-8."""
        plain = "\n".join(self._plain).strip()
        if not plain:
            plain = "\n".join(strip_html(html) for html in self._html).strip()
        plain = plain.replace("\r\n", "\n").replace("\x00", "")
        return plain.encode("utf-8", "replace")[:LIMIT].decode("utf-8", "ignore")


class _Stripper(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag in _BREAKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN and self._hidden:
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def strip_html(html: str) -> str:
    """The visible words of ``html``, a line for each block."""
    stripper = _Stripper()
    try:
        stripper.feed(html[: LIMIT * 4])
        stripper.close()
    except (AssertionError, ValueError, RecursionError):
        pass  # html.parser gives up on some broken markup; the words read so far are kept
    lines = (" ".join(line.split()) for line in "".join(stripper.words).splitlines())
    return "\n".join(line for line in lines if line)


def uuencoded_files(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each uuencoded block (``begin 644 name`` … ``end``) in a text."""
    for block in _UU_BLOCK.finditer(data):
        content = uudecode(block.group(2))
        if content:
            yield block.group(1).decode("utf-8", "replace").strip(), content
