"""The benchmark of reading counts honestly."""

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.paper_score import CellScore, Confusion, PageScore, score, share


@given(st.integers(0, 5000), st.integers(1, 5000))
def test_a_share_lies_within_its_bounds(hits: int, count: int) -> None:
    got = share(min(hits, count), count)
    assert 0 <= got.low <= got.value + 1e-9
    assert got.value - 1e-9 <= got.high <= 1


def test_no_error_in_few_cells_is_no_proof_of_none() -> None:
    assert share(0, 100).high > 0.03
    assert share(0, 100_000).high < 0.00005


def test_other_ink_is_counted_apart_from_plain_cells() -> None:
    cells = (
        CellScore("paraf", "signed", "signed", 0.99),
        CellScore("paraf", "signed", "empty", 0.99),
        CellScore("empty", "empty", "unsure", 0.5),
        CellScore("dash", "other", "signed", 0.9),
        CellScore("dot", "other", "unsure", 0.9),
    )
    got = score([PageScore("scan", 1, "found", 0.1, cells), PageScore("scan", 2, "retake", 0.1)])
    assert (got.wrong.hits, got.wrong.count) == (1, 3)
    assert (got.unsure.hits, got.unsure.count) == (1, 3)
    assert (got.other_signed.hits, got.other_signed.count) == (1, 2)
    assert (got.found.value, got.answered.value, got.clean.value) == (0.5, 1.0, 0.0)


def test_the_confusion_table_names_every_kind_of_ink() -> None:
    table = Confusion()
    table.add([CellScore("dash", "other", "unsure", 0.9), CellScore("tiny", "signed", "signed", 0.9)])
    text = "\n".join(table.lines())
    assert "dash" in text
    assert "tiny" in text
