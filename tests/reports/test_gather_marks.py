"""The short way to a mark gives what ``domain.marks`` gives, whatever the facts are."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.marks import FactSource, SeenFact, current_mark
from domain.reading import Verdict
from domain.terms import StatusKey
from reports.gather_people import mark_of
from storage.records_reports import CellFact

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@st.composite
def seen_facts(draw: st.DrawFn) -> list[SeenFact]:
    found = []
    for minute in range(draw(st.integers(0, 4))):
        verdict = draw(st.sampled_from(Verdict))
        moment = NOW + timedelta(minutes=minute)
        key = draw(st.sampled_from(StatusKey)) if verdict is Verdict.CODE else None
        source, verified = draw(st.sampled_from(FactSource)), draw(st.booleans())
        found.append(SeenFact(verdict, moment, moment, source, verified, key))
    return found


@given(seen_facts())
def test_the_short_way_and_the_rule_agree(facts: list[SeenFact]) -> None:
    cells = [
        CellFact(
            "p", date(2026, 11, 24), "datang", f.verdict.value, f.source.value, f.verified,
            f.key.value if f.key else None, None, f.seen_at, f.recorded_at, "U1", "x",
        )
        for f in facts
    ]  # fmt: skip
    assert mark_of(cells) == replace(current_mark(facts), first_seen_at=None)
