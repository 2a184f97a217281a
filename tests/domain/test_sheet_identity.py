"""Identity in tags, QR codes and print; nothing of it can be forged or misread into another sheet."""

import random

import cv2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.tag_table import opencv_patterns
from domain.sheet_code import TAGS
from domain.sheet_identity import (
    LEAVES,
    NUMBERS,
    SYMBOLS,
    Identity,
    parse_payload,
    parse_print_code,
    payloads,
    print_code,
    read_tags,
    sheet_token,
    tag_ids,
    tag_pattern,
    token_fits,
)
from domain.sheet_tag_table import TAG_PATTERNS
from tests.fakes.sheets import KEY

IDENTITIES = st.builds(Identity, st.integers(0, NUMBERS - 1), st.integers(0, LEAVES - 1))
TOKEN = sheet_token(b"content", KEY)


def anything(_: Identity) -> bool:
    return True


@given(IDENTITIES)
def test_tags_name_their_sheet(identity: Identity) -> None:
    ids = tag_ids(identity, KEY)
    assert [tag // SYMBOLS for tag in ids] == list(range(TAGS))
    found = read_tags(ids, KEY, anything)
    assert found is not None
    assert (found.identity, found.agreeing, found.seen) == (identity, TAGS, TAGS)


def test_neighbouring_sheets_share_no_pattern_of_tags() -> None:
    """The keyed mix: without it the first pages of a print run would differ in one symbol of the message."""
    words = [tag_ids(Identity(number, 0), KEY) for number in range(200)]
    alike = [sum(a == b for a, b in zip(words[n], words[n + 1], strict=True)) for n in range(199)]
    assert max(alike) <= 3
    assert sum(alike) / len(alike) < 0.5


def test_another_key_makes_other_tags() -> None:
    identity = Identity(4711, 3)
    assert tag_ids(identity, KEY) != tag_ids(identity, KEY + b"!")


def test_a_sheet_that_is_not_open_is_not_accepted() -> None:
    identity = Identity(4711, 3)
    assert read_tags(tag_ids(identity, KEY), KEY, lambda _: False) is None
    other = read_tags(tag_ids(identity, KEY), KEY + b"!", lambda found: found == identity)
    assert other is None


def test_ids_beyond_the_nine_positions_and_contradictions_count_as_lost() -> None:
    identity = Identity(99, 1)
    ids = [*tag_ids(identity, KEY), 999, 576]
    ids += [tag ^ 1 for tag in ids[:4]]
    found = read_tags(ids, KEY, anything)
    assert found is not None
    assert (found.identity, found.seen) == (identity, 5)
    assert read_tags([*ids, ids[5] ^ 1], KEY, anything) is None


def test_random_tags_are_no_open_sheet() -> None:
    chance = random.Random(7)
    opened = {Identity(number, leaf) for number in range(500) for leaf in range(2)}
    for _ in range(300):
        ids = [position * SYMBOLS + chance.randrange(SYMBOLS) for position in range(TAGS)]
        assert read_tags(ids, KEY, opened.__contains__) is None


def test_the_tag_table_is_opencvs_dictionary() -> None:
    assert opencv_patterns() == TAG_PATTERNS, "python -m benchmarks.tag_table"
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_1000)
    for tag in (0, 1, 575, 999):
        drawn = cv2.aruco.generateImageMarker(dictionary, tag, 6) > 127
        assert tag_pattern(tag) == tuple(tuple(bool(v) for v in row) for row in drawn)


@given(IDENTITIES)
def test_payloads_fit_a_version_1_q_code_and_read_back(identity: Identity) -> None:
    first, second = payloads(identity, TOKEN)
    assert len(first) == len(second) == 16
    for text, corner in ((first, "A"), (second, "B")):
        found = parse_payload(text)
        assert found is not None
        assert (found.corner, found.identity) == (corner, identity)
        assert token_fits(found, TOKEN)


def test_every_changed_character_of_a_payload_is_refused() -> None:
    identity = Identity(70_000, 5)
    for text in payloads(identity, TOKEN):
        for at in range(len(text)):
            for letter in "0123456789ABCDEFGHJKMNPQRSTVWXYZ *é":
                changed = text[:at] + letter + text[at + 1 :]
                found = parse_payload(changed)
                refused = found is None or found.identity != identity or not token_fits(found, TOKEN)
                assert refused == (changed != text), changed


def test_the_printed_code_survives_sloppy_typing() -> None:
    identity = Identity(1, 0)
    code = print_code("TLG", identity, TOKEN)
    assert code.startswith("TLG-00010-")
    expected = parse_payload(payloads(identity, TOKEN)[0])
    for typed in (code, code.lower(), code.replace("-", " "), code[4:], code.replace("0", "O").replace("1", "l")):
        assert parse_print_code(typed) == expected
    assert parse_print_code("TLG-0001") is None
    assert parse_payload("https://example.test/") is None


def test_a_token_needs_the_key_and_the_exact_content() -> None:
    assert sheet_token(b"content", KEY) == TOKEN
    assert sheet_token(b"content.", KEY) != TOKEN
    assert sheet_token(b"content", KEY + b"!") != TOKEN
    with pytest.raises(ValueError, match="16 bytes"):
        sheet_token(b"content", b"short")


@pytest.mark.parametrize(("number", "leaf"), [(-1, 0), (NUMBERS, 0), (0, LEAVES), (0, -1)])
def test_there_is_no_sheet_beyond_the_bits(number: int, leaf: int) -> None:
    with pytest.raises(ValueError, match="no such sheet"):
        Identity(number, leaf)
