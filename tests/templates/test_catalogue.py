"""The table of messages is current, and every message for chats is short, official and finished."""

import re
from pathlib import Path

import pytest

from templates import CHAT_LIMIT, render_chat
from templates.catalogue import Example, shown, table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "messages.md"
CHATS = [one for one in shown() if one.chat]


def test_the_table_of_messages_is_current() -> None:
    assert PAGE.read_text("utf-8") == table(), "jalankan: make messages"


@pytest.mark.parametrize("one", CHATS, ids=lambda one: one.title)
def test_a_message_for_chats_is_short_polite_and_finished(one: Example) -> None:
    assert 20 < len(one.text) <= CHAT_LIMIT
    assert "{{" not in one.text, "lengkapi contoh di templates/example_fields.py"
    assert not re.search(r"\b(?:anda|kamu)\b|[\U0001F300-\U0001FAFF]", one.text, re.IGNORECASE)
    assert "\n\n" not in one.text
    assert "  " not in one.text
    assert one.text.endswith((".", "berubah.", "Terima kasih."))


def test_what_is_too_long_drops_items_first_and_says_how_many() -> None:
    text = render_chat(
        "chat_missing", [f"Unit Pelaksana Teknis Daerah {n}" for n in range(400)], session="DATANG", day="Senin",
        total=400, due=750, as_of="07.20 WIB", closes="07.30 WIB",
    )  # fmt: skip
    shown = text.count("- Unit")
    assert len(text) <= CHAT_LIMIT
    assert f"dan {400 - shown} unit lainnya" in text
    assert text.endswith("Terima kasih.")


def test_somebodys_own_endless_words_are_cut() -> None:
    text = render_chat("chat_check_unknown", number="9" * 2000)
    assert len(text) == CHAT_LIMIT
    assert text.endswith("…")
