"""Who a line of a sheet means: NIP exact, NIP repaired, finger id, name inside the unit, fuzzy name, else ask.

A wrong person is worse than a question: whenever name and number disagree, two people are about equally near,
or the number belongs to someone of another unit, the answer is ``How.ASK``. Sources: DOMAIN.md 1 and 9.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import OSA

from domain import name_fit
from domain import nip as nips
from domain.blurred import Numbered, blurred_match, spellings
from domain.names import Name, literal, parse_name
from domain.nip import ReadNip
from domain.roster import Person

_GAP = 0.75  # between the costs of the likeliest and the next person
_NEAR_TEXT = 3  # edits within which another member's whole name makes a fuzzy match doubtful
_NEAR_NIP = 4  # wrong digits a name may outvote
_ASKED = 5  # people offered in a question
_LONGEST = 600  # characters of a cell that are looked at
_SPAN_15 = 10_000  # a damaged number with 15 digits left spans less than this; one with 6 far more
_DIGIT = r"[0-9OoQDIil|SZB]"
_NUMBER = re.compile(
    rf"(?<![A-Za-z0-9]){_DIGIT}(?:[ .\-_/']{{0,2}}{_DIGIT}){{14,19}}(?![A-Za-z0-9])|\d[.,]\d+\s?[eE]\s?\+\s?1\d"
)
_LABEL_LEFT = re.compile(r"(?i)[\s/,;:.(\-]*\bn\s?\.?\s?[iu]\s?\.?\s?[pk]?\w*[\s.:/(\-]*$")
_LABEL_NIK = re.compile(r"(?i)\bnik\b|\bnuptk\b")
_FINGER = re.compile(r"\s*\d{1,9}\s*")


class How(StrEnum):
    """By what a person was recognised; ``ASK`` and ``NONE`` carry no person."""

    NIP = "nip"
    NIP_REPAIRED = "nip_repaired"
    FINGER = "finger"
    NAME = "name"
    ASK = "ask"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Match:
    """``person`` is the ``Person.key`` when certain, else None with ``candidates`` (keys, likeliest first)."""

    person: str | None
    how: How
    candidates: tuple[str, ...] = ()
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class _Known:
    person: Person
    key: name_fit.Key
    text: str
    joined: str
    spellings: tuple[str, str, str]


def _known(person: Person) -> _Known:
    name = parse_name(person.bare_name or person.name)
    return _Known(person, name.key, literal(name.words), "".join(name.key), spellings(person.name, name))


class Everyone:
    """Index over the whole roster, built once a roster version.

    It makes every ``Matcher`` wary of people of other units: their NIPs forbid a repair, their words are names
    and no slips, and a name that is exactly theirs is asked about.
    """

    def __init__(self, people: Iterable[Person]) -> None:
        known = [_known(person) for person in people]
        self.by_nip = {k.person.nip: k.person.key for k in known if k.person.nip}
        self.words = frozenset(word for k in known for word in k.key if len(word) > 1)
        self.by_name: dict[name_fit.Key, list[str]] = {}
        for one in known:
            self.by_name.setdefault(one.key, []).append(one.person.key)
        self.numbered = tuple(Numbered(k.person.key, k.person.nip, k.spellings) for k in known if k.person.nip)


@dataclass(frozen=True, slots=True)
class _Number:
    """What the number alone says: members it may mean, and whether it is sure of one of them."""

    members: tuple[str, ...] = ()
    how: How = How.NONE
    strangers: tuple[str, ...] = ()  # people of other units whom it means, or equally may mean


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Members by the cost of reading the name as theirs; ``certain`` is one key or None."""

    order: tuple[tuple[str, float], ...] = ()
    certain: str | None = None

    @property
    def possible(self) -> tuple[str, ...]:
        return tuple(key for key, _ in self.order)


class Matcher:
    """Matches names and NIPs against the people of one unit on one day; build it once for both."""

    def __init__(self, people: Sequence[Person], everyone: Everyone | None = None) -> None:
        self._known = {p.key: _known(p) for p in people}
        self._by_nip = {p.nip: p.key for p in people if p.nip}
        fingers: dict[str, list[str]] = {}
        for person in people:
            if person.finger_id:
                fingers.setdefault(person.finger_id, []).append(person.key)
        self._by_finger = {finger: keys[0] for finger, keys in fingers.items() if len(keys) == 1}
        self._everyone = everyone or Everyone(people)

    def match(self, name: str, nip: str) -> Match:
        """Who the row with ``name`` and ``nip`` (either may be empty; ``nip`` may hold a finger id) means."""
        written, read = parse_name(name), nips.parse(nip)
        found = self._apart(written, nip, read)
        if found.person is not None:
            return found
        digits = read.digits or "".join(filter(str.isdigit, nip))
        together = blurred_match(spellings(name, written), digits, self._everyone.numbered)
        return Match(together, How.NIP_REPAIRED, (together,), 0.9) if together in self._known else found

    def _apart(self, written: Name, nip: str, read: ReadNip) -> Match:
        """Who name and number mean, each weighed by itself."""
        # "Budi", "......" or "-" : without one word of three letters there is no name to agree or disagree with.
        key = written.key if any(len(word) >= 3 for word in written.key) else ()
        number = self._number(nip, read)
        if number.how is How.NIP and self._is_named(number.members[0], key):
            return Match(number.members[0], How.NIP, (number.members[0],), 1.0)
        ranked = self._rank(key, literal(written.words)) if key else _Ranked()
        if number.how is How.NONE and not number.members and not number.strangers:
            return self._name_alone(key, ranked, read)
        return self._both(key, ranked, number)

    def match_text(self, text: str) -> Match:
        """Who ``text`` means: a name, a NIP, a finger id, or name and NIP in one cell."""
        text = text[:_LONGEST]
        if _FINGER.fullmatch(text):
            return self.match("", text)
        number = _NUMBER.search(text)
        if number is None:
            return self.match(text, "")
        before = _LABEL_LEFT.sub("", text[: number.start()]).strip(" \n\t/-:;,(")
        name = before or text[number.end() :].strip(" \n\t/-:;,)")
        if _LABEL_NIK.search(text[: number.start()]):
            return self.match(name, "")
        return self.match(_name_line(name), number.group())

    def _is_named(self, who: str, key: name_fit.Key) -> bool:
        """Whether an exact number needs no ranking: nothing, or exactly that person's name, stands beside it."""
        return not key or name_fit.cost(key, self._known[who].key, self._everyone.words) == 0.0

    def _number(self, text: str, read: ReadNip) -> _Number:
        if read.digits in self._by_nip and read.whole:
            return _Number((self._by_nip[read.digits],), How.NIP_REPAIRED if read.letters else How.NIP)
        finger = self._by_finger.get(text.strip().removeprefix("'"))
        if finger is not None:
            return _Number((finger,), How.FINGER)
        if not read.plausible:
            return _Number()
        stranger = self._everyone.by_nip.get(read.digits) if read.whole else None
        if stranger is not None:
            return _Number(how=How.ASK, strangers=(stranger,))
        return self._damaged(read) or self._slip(read) or _Number()

    def _damaged(self, read: ReadNip) -> _Number | None:
        """A number that went through a number cell of Excel (DOMAIN.md 1)."""
        members = tuple(key for nip, key in self._by_nip.items() if read.may_be(nip))
        strangers: tuple[str, ...] = ()
        # With six digits left, people of every other unit fit as well: there only the unit can tell.
        if read.high - read.low < _SPAN_15:
            strangers = tuple(
                key for nip, key in self._everyone.by_nip.items() if nip not in self._by_nip and read.may_be(nip)
            )
        if not members and not strangers:
            return None
        sure = len(members) == 1 and not strangers
        return _Number(members, How.NIP_REPAIRED if sure else How.ASK, strangers)

    def _slip(self, read: ReadNip) -> _Number | None:
        """One wrong, missing, extra or swapped digit; a second person within two edits forbids the repair."""
        if read.low != read.high:
            return None
        near = nips.nearest(read.digits, self._everyone.by_nip.keys() | self._by_nip.keys())
        members = tuple(self._by_nip[nip] for nip, _ in near if nip in self._by_nip)
        strangers = tuple(self._everyone.by_nip[nip] for nip, _ in near if nip not in self._by_nip)
        if not members and not (near and near[0][1] <= 1):
            return None
        sure = len(near) == 1 and near[0][1] <= 1
        return _Number(members, How.NIP_REPAIRED if sure and members else How.ASK, strangers)

    def _rank(self, key: name_fit.Key, text: str) -> _Ranked:
        words = self._everyone.words
        costs = [(k.person.key, name_fit.cost(key, k.key, words)) for k in self._known.values()]
        order = sorted((pair for pair in costs if pair[1] <= name_fit.POSSIBLE), key=lambda pair: pair[1])
        exact = [one for one, cost in order if cost == 0.0]
        if len(exact) > 1:
            # Same word, two spellings: "Moh. Arif" and "Muhammad Arif" in one unit are told apart by the letters.
            same = [one for one in exact if self._known[one].text == text]
            return _Ranked(tuple(order), same[0] if len(same) == 1 else None)
        return _Ranked(tuple(order), self._certain(key, order))

    def _certain(self, key: name_fit.Key, order: Sequence[tuple[str, float]]) -> str | None:
        if not order:
            return None
        best, cost = order[0]
        if cost == 0.0:
            return best
        if cost > name_fit.CERTAIN or (len(order) > 1 and order[1][1] - cost < _GAP):
            return None
        if self._everyone.by_name.get(key):
            return None  # exactly the name of someone in another unit
        joined = "".join(key)
        near = OSA.distance(joined, self._known[best].joined)
        rivals = (one.joined for other, one in self._known.items() if other != best)
        limit = min(near, _NEAR_TEXT)
        return None if any(OSA.distance(joined, rival, score_cutoff=limit) <= limit for rival in rivals) else best

    def _name_alone(self, key: name_fit.Key, ranked: _Ranked, read: ReadNip) -> Match:
        if ranked.certain is None:
            return self._ask(ranked.possible, ranked) if ranked.order else Match(None, How.NONE)
        own = self._known[ranked.certain].person.nip
        foreign = read.whole and own is not None and nips.is_nip(read.digits)
        if foreign and OSA.distance(read.digits, own or "") > _NEAR_NIP:
            return self._ask((ranked.certain, *ranked.possible), ranked)
        return Match(ranked.certain, How.NAME, (ranked.certain,), _score(ranked, ranked.certain))

    def _both(self, key: name_fit.Key, ranked: _Ranked, number: _Number) -> Match:
        if number.how in (How.NIP, How.NIP_REPAIRED, How.FINGER):
            return self._confirmed(key, ranked, number)
        if ranked.certain in number.members:
            return Match(ranked.certain, How.NIP_REPAIRED, (ranked.certain,), _score(ranked, ranked.certain))
        # Several numbers fit: the name may choose among them, if it is nearer to one of them than to anyone else.
        chosen = [one for one, cost in ranked.order if one in number.members and cost <= name_fit.CERTAIN]
        if len(chosen) == 1 and ranked.order[0][0] == chosen[0]:
            return Match(chosen[0], How.NIP_REPAIRED, (chosen[0],), _score(ranked, chosen[0]))
        return self._ask((*number.members, *ranked.possible, *number.strangers), ranked)

    def _confirmed(self, key: name_fit.Key, ranked: _Ranked, number: _Number) -> Match:
        """A number that is sure of one member stands unless the written name is clearly not that person's."""
        who = number.members[0]
        if key and who not in ranked.possible and not name_fit.resembles(key, self._known[who].key):
            return self._ask((who, *ranked.possible), ranked)
        if key and ranked.certain not in (None, who) and (number.how is not How.NIP or who not in ranked.possible):
            return self._ask((who, *ranked.possible), ranked)
        return Match(who, number.how, (who,), 1.0 if number.how is How.NIP else 0.95)

    def _ask(self, keys: Iterable[str], ranked: _Ranked) -> Match:
        unique = tuple(dict.fromkeys(keys))[:_ASKED]
        return Match(None, How.ASK, unique, _score(ranked, unique[0]) if unique else 0.0)


def _name_line(text: str) -> str:
    """The first line that holds letters; ranks and posts stand on later lines of a "NAMA/NIP/PANGKAT" cell."""
    return next((line for line in text.splitlines() if re.search(r"[A-Za-z]{3}", line)), text)


def _score(ranked: _Ranked, key: str) -> float:
    cost = next((cost for one, cost in ranked.order if one == key), None)
    return 0.0 if cost is None else round(1 - cost / (2 * name_fit.POSSIBLE), 3)
