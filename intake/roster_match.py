"""``posko roster match``: which person each line of a list means, by the same matcher that recording uses."""

from collections.abc import Iterable, Mapping
from datetime import date

from domain.identity import Everyone, How, Matcher
from domain.roster import Roster
from domain.unit_names import find_unit


def match_csv(rows: Iterable[Mapping[str, str]], roster: Roster, day: date) -> list[dict[str, object]]:
    """One answer a row of ``rows`` (columns ``unit``: code or name, ``text``: name and/or NIP), in their order.

    ``person`` is the NIP (or key of a person without one), None unless certain. A unit that is not clear gives
    ``ask``, one that is unknown ``none``: people are never looked for across units.
    """
    everyone = Everyone(roster.people.values())
    matchers: dict[str, Matcher] = {}
    answers: list[dict[str, object]] = []
    for row in rows:
        unit, text = row.get("unit") or "", row.get("text") or ""
        found = find_unit(roster.units.values(), unit)
        if found.code is None:
            how = How.ASK if found.candidates else How.NONE
            answers.append({"unit": unit, "text": text, "person": None, "how": how.value, "candidates": []})
            continue
        if found.code not in matchers:
            matchers[found.code] = Matcher(roster.members(found.code, day), everyone)
        match = matchers[found.code].match_text(text)
        candidates = list(match.candidates)
        answers.append(
            {"unit": unit, "text": text, "person": match.person, "how": match.how.value, "candidates": candidates}
        )
    return answers
