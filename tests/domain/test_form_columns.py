"""What a person may say of the columns of an office's own form."""

import pytest

from domain.errors import UsageError
from domain.form_columns import WORDS, checked_columns
from domain.vocabulary import heading

GUESS = ("NO", "NAMA", "", "TTD")


@pytest.mark.parametrize("word", WORDS)
def test_every_word_on_offer_means_something(word: str) -> None:
    assert heading(word).known


@pytest.mark.parametrize("words", [(), GUESS, ("NO", " NAMA ", "", "TTD")])
def test_an_unchanged_guess_is_kept_as_guessed(words: tuple[str, ...]) -> None:
    assert checked_columns(words, GUESS) == ()


def test_a_changed_map_is_kept_as_it_was_said() -> None:
    assert checked_columns(("NO", "NAMA", "TTD DATANG", "TTD PULANG"), GUESS)[2:] == ("TTD DATANG", "TTD PULANG")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("NO", "NAMA", "TTD"), "mempunyai 4 kolom"),
        (("NO", "NAMA", "PESAWAT", "TTD"), "tidak dikenal: PESAWAT"),
        (("NO", "", "", "TTD"), "nama atau NIP"),
        (("NO", "NAMA", "", "GOL"), "tanda tangan atau jam"),
    ],
)
def test_a_map_that_could_read_nothing_is_refused(words: tuple[str, ...], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        checked_columns(words, GUESS)
