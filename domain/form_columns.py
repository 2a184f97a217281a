"""What a person may say of the columns of a form that an office made itself: one word a column. Pure."""

from collections.abc import Sequence

from domain.errors import UsageError
from domain.vocabulary import Key, heading

WORDS = (
    "NO", "NAMA", "NIP", "NAMA / NIP", "JABATAN", "GOL", "TTD DATANG", "TTD PULANG", "TTD", "JAM DATANG", "JAM PULANG",
    "KETERANGAN",
)  # fmt: skip
"""The words that are offered; a column without one is ignored."""
_WHO = frozenset({Key.NAME, Key.NIP})


def checked_columns(words: Sequence[str], guess: Sequence[str]) -> tuple[str, ...]:
    """The column map to keep; empty when ``words`` are none or those of ``guess``: it holds as it was guessed.

    Raises ``UsageError`` for an unknown word, another number of columns, or a map that names nobody or no mark.
    """
    columns = tuple(word.strip() for word in words)
    if not columns or columns == tuple(guess):
        return ()
    if len(columns) != len(guess):
        raise UsageError(f"formulir itu mempunyai {len(guess)} kolom, yang diberikan {len(columns)}")
    found = [heading(word) for word in columns]
    # The numbers of a month's days are no words: they stay as they were read, or are taken away.
    days = [word for word, was in zip(columns, guess, strict=True) if word == was and word.isdigit()]
    if unknown := [w for w, meaning in zip(columns, found, strict=True) if w and w not in days and not meaning.known]:
        raise UsageError(f"arti kolom tidak dikenal: {', '.join(unknown)}; yang ada: {', '.join(WORDS)}")
    if not any(meaning.key in _WHO for meaning in found):
        raise UsageError("tidak ada kolom nama atau NIP: lembar itu tidak dapat dibaca")
    if not days and not any(meaning.key is Key.SIGN or meaning.aspect or meaning.session for meaning in found):
        raise UsageError("tidak ada kolom tanda tangan atau jam: lembar itu tidak dapat dibaca")
    return columns
