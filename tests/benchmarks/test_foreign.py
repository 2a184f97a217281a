"""A small form of ``python -m benchmarks foreign``: what has been reached must not get worse."""

import pytest

from benchmarks.bench_foreign import score
from benchmarks.foreign_reading import Score
from benchmarks.paper_score import share

FIRST = 900_000  # seeds that the benchmark does not use
PAGES = 6
REACHED = {"scan": 0.97, "photo1600": 0.85}  # rows right; the aims are 0.99 and 0.95
WRONG, UNSURE = 0.01, 0.1  # the aims are 0.001 and 0.03

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=REACHED)
def read(request: pytest.FixtureRequest) -> tuple[str, Score]:
    return request.param, score(request.param, range(FIRST, FIRST + PAGES))


def test_rows_of_own_forms_are_given_to_their_people_and_to_nobody_else(read: tuple[str, Score]) -> None:
    name, got = read
    assert got.wrong_person == 0
    assert share(got.rows_right, got.rows).high >= REACHED[name]


def test_cells_of_own_forms_are_read_as_truly_as_before(read: tuple[str, Score]) -> None:
    _, got = read
    assert share(got.wrong, got.cells).low <= WRONG
    assert share(got.unsure, got.cells).low <= UNSURE
