"""The snapshot of a printed page: plain data there and back, signed as a whole."""

import json
from dataclasses import fields, replace
from datetime import date

import pytest

from domain.errors import UsageError
from domain.sheet import (
    SheetPage,
    SheetRow,
    from_plain,
    issue,
    leaf_of,
    numbers_needed,
    to_plain,
    week_days,
    week_start,
)
from domain.sheet_identity import LEAVES, NUMBERS, Identity
from domain.sheet_layout import Paper
from domain.terms import Pattern
from tests.fakes.sheets import KEY, pages


def test_a_page_survives_json() -> None:
    for page in pages(30, Pattern.SIX, Paper.F4):
        again = from_plain(json.loads(json.dumps(to_plain(page))))
        assert again == page
        assert again.genuine(KEY)
        assert list(again.layout.places()) == list(page.layout.places())


def test_any_changed_byte_of_the_snapshot_is_refused() -> None:
    page = pages(3)[0]
    text = json.dumps(to_plain(page), ensure_ascii=False)
    accepted = []
    for at, letter in enumerate(text):
        changed = text[:at] + ("7" if letter != "7" else "8") + text[at + 1 :]
        try:
            other = from_plain(json.loads(changed))
        except (ValueError, KeyError, TypeError):
            continue
        if other.genuine(KEY):
            accepted.append(changed)
    assert accepted == []


def test_the_plain_data_has_every_field() -> None:
    page = pages(3)[0]
    assert set(to_plain(page)) == {field.name for field in fields(SheetPage)}
    assert set(to_plain(page)["rows"][0]) == {field.name for field in fields(SheetRow)}


def test_another_key_does_not_vouch() -> None:
    assert not pages(3)[0].genuine(KEY + b"!")
    assert not replace(pages(3)[0], token="").genuine(KEY)


def test_qr_codes_and_the_printed_code_name_the_page() -> None:
    first, second = pages(30)
    assert first.identity == Identity(4711, 0)
    for text in (*first.qr_texts, first.code, first.code.lower()):
        assert first.named_by(text)
        assert not second.named_by(text)
    assert not first.named_by("hello")
    assert first.form.id == first.code
    assert (first.form.page, first.form.pages) == (1, 2)
    assert len(first.tag_ids(KEY)) == len(first.layout.tags)


def test_drafts_name_nobody() -> None:
    page = replace(pages(3)[0], token="")
    assert not page.named_by(pages(3)[0].qr_texts[0])


def test_a_large_unit_takes_more_than_one_form_number() -> None:
    sheets = pages(430)
    assert len(sheets) == 18
    assert [(page.number, page.leaf) for page in sheets[14:]] == [(4711, 14), (4711, 15), (4712, 0), (4712, 1)]
    assert len({page.identity for page in sheets}) == len(sheets)
    assert all(page.genuine(KEY) for page in sheets)
    assert leaf_of(LEAVES + 1) == (1, 0)


def test_numbers_begin_again_after_the_last() -> None:
    drafts = [replace(page, number=n, token="") for n, page in enumerate(pages(30))]
    assert numbers_needed(drafts) == 2
    assert numbers_needed([]) == 0
    assert [page.number for page in issue(drafts, NUMBERS - 1, KEY)] == [NUMBERS - 1, 0]


def test_weeks_are_iso_weeks() -> None:
    assert week_start("2026-W48") == date(2026, 11, 23)
    assert week_days("2026-W53")[-1] == date(2027, 1, 3)
    for wrong in ("2026-W54", "2026-48", "2026-W4", "W48", "", "x-W01"):
        with pytest.raises(UsageError, match="2026-W48"):
            week_start(wrong)
