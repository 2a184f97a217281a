"""Reed-Solomon over the nine tags corrects what facts/scan.md promises and accepts nothing on four tags."""

import random
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.sheet_code import MESSAGE, TAGS, decode, encode

MESSAGES = st.tuples(*[st.integers(0, 63)] * MESSAGE)


def test_the_message_stands_first_in_nine_symbols_of_six_bits() -> None:
    word = encode((1, 2, 3, 63))
    assert word[:MESSAGE] == (1, 2, 3, 63)
    assert len(word) == TAGS
    assert all(0 <= symbol < 64 for symbol in word)


@given(MESSAGES, MESSAGES)
def test_two_messages_differ_in_six_tags_or_more(one: tuple[int, ...], other: tuple[int, ...]) -> None:
    if one != other:
        assert sum(a != b for a, b in zip(encode(one), encode(other), strict=True)) >= TAGS - MESSAGE + 1


@pytest.mark.parametrize("lost", range(5))
def test_up_to_four_lost_tags_of_nine_do_no_harm(lost: int) -> None:
    message = (17, 0, 63, 42)
    word = encode(message)
    for gone in combinations(range(TAGS), lost):
        seen = {position: symbol for position, symbol in enumerate(word) if position not in gone}
        found = decode(seen)
        assert found is not None
        assert found.message == message
        assert found.agreeing == found.seen == TAGS - lost


@pytest.mark.parametrize(("seen", "wrong"), [(9, 2), (9, 1), (8, 1), (7, 1)])
def test_wrong_tags_are_outvoted(seen: int, wrong: int) -> None:
    chance = random.Random(seen * 10 + wrong)
    for _ in range(40):
        message = tuple(chance.randrange(64) for _ in range(MESSAGE))
        word = dict(enumerate(encode(message)))
        symbols = {position: word[position] for position in chance.sample(range(TAGS), seen)}
        for position in chance.sample(sorted(symbols), wrong):
            symbols[position] ^= chance.randrange(1, 64)
        found = decode(symbols)
        assert found is not None
        assert (found.message, found.agreeing) == (message, seen - wrong)


@pytest.mark.parametrize(("seen", "wrong"), [(9, 3), (8, 2), (7, 2), (6, 1), (5, 1), (4, 0), (0, 0)])
def test_what_could_be_another_sheet_is_refused(seen: int, wrong: int) -> None:
    chance = random.Random(seen * 10 + wrong)
    for _ in range(20):
        message = tuple(chance.randrange(64) for _ in range(MESSAGE))
        word = dict(enumerate(encode(message)))
        symbols = {position: word[position] for position in chance.sample(range(TAGS), seen)}
        for position in chance.sample(sorted(symbols), wrong):
            symbols[position] ^= chance.randrange(1, 64)
        found = decode(symbols)
        assert found is None or found.message != message
        assert found is None or seen == 5, "only five tags can be a word of another sheet by chance"


@settings(max_examples=60)
@given(st.lists(st.integers(0, 63), min_size=9, max_size=9))
def test_random_squares_are_no_sheet(symbols: list[int]) -> None:
    found = decode(dict(enumerate(symbols)))
    # Drawn at random this happens about four times in a hundred million.
    assert found is None or sum(a == b for a, b in zip(encode(found.message), symbols, strict=True)) >= 7
