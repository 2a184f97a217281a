"""Every message the desk can send, filled with invented data: the table of docs/messages.md (``make messages``).

A message that is added to ``messages/`` appears here by itself; what only it needs is written into ``_OWN``.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from jinja2 import UndefinedError

from templates import _PLACE, CHAT_LIMIT, DESK_NAME, render, render_chat
from templates.example_fields import COMMON, OWN, TITLES


@dataclass(frozen=True, slots=True)
class Example:
    """One message as it is sent: ``channel`` and ``register`` in Indonesian, ``text`` as rendered."""

    name: str
    title: str
    channel: str
    register: str
    text: str

    @property
    def chat(self) -> bool:
        """Whether it goes to chats and so has at most ``CHAT_LIMIT`` characters."""
        return self.name.startswith(("chat_", "short_"))


def names() -> list[str]:
    """The messages in ``messages/``."""
    return sorted(path.name.removesuffix(".txt.j2") for path in (_PLACE / "messages").glob("*.txt.j2"))


def examples() -> list[Example]:
    """Every message in every case that reads differently; a missing example raises jinja's ``UndefinedError``."""
    return [example for name in names() for example in examples_of(name)]


def examples_of(name: str) -> list[Example]:
    """One message in every case; raises as ``examples`` does."""
    found = []
    cases: Mapping[str, Mapping[str, object]] = OWN.get(name, {"": {}})
    for case, own in cases.items():
        title = TITLES.get(name, name) + (f": {case}" if case else "")
        found.append(Example(name, title, *_kind(name), _text(name, {**COMMON, **own})))
    return found


def shown() -> list[Example]:
    """Every message for people to look at: rendered, or as it is written where no example fits it yet."""
    found = []
    for name in names():
        try:
            found += examples_of(name)
        except (UndefinedError, TypeError):
            written = (_PLACE / "messages" / f"{name}.txt.j2").read_text("utf-8").strip()
            found.append(Example(name, TITLES.get(name, name), *_kind(name), written))
    return found


def _text(name: str, fields: Mapping[str, object]) -> str:
    if not name.startswith(("chat_", "short_")):
        return render(name, **fields).strip()
    items = fields.get("items", ())
    plain = {key: value for key, value in fields.items() if key not in ("items", "more")}
    return render_chat(name, tuple(items) if isinstance(items, list | tuple) else (), **plain)


def _kind(name: str) -> tuple[str, str]:
    if name.startswith("short_"):
        return "WhatsApp, Telegram", "resmi, singkat"
    if name.startswith("chat_"):
        return "WhatsApp, Telegram, surel", "resmi, singkat"
    inside = name.endswith(("_alert", "_trouble", "_incident", "_held", "_missing")) or name in _FOR_RECEIVERS
    return "surel", "dinas, untuk penerima BKD" if inside else "resmi, surat"


_FOR_RECEIVERS = frozenset(
    {"missing_list", "window_summary", "quarantine", "new_layout", "report_failed", "report_unaddressed"}
)


def table() -> str:
    """The page ``docs/messages.md``."""
    rows = [
        f"| {one.title} | {one.channel} | {one.register} | {len(one.text)} | {_cell(one.text)} |" for one in shown()
    ]
    head = (
        "# Messages\n"
        "Every message that the desk can send, per channel and register, with invented data. Made by `make messages`;\n"
        f"a test keeps it current and every message for chats at most {CHAT_LIMIT} characters long. Texts are in\n"
        "`templates/messages`, examples in `templates/example_fields.py`; the signature is "
        f'"{DESK_NAME}".\n\n'
        "| pesan | saluran | ragam | huruf | isi |\n|---|---|---|---|---|\n"
    )
    return head + "\n".join(rows) + "\n"


def _cell(text: str) -> str:
    plain = text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")
    return "<br>".join(line.strip() for line in plain.splitlines())


if __name__ == "__main__":
    sys.stdout.write(table())
