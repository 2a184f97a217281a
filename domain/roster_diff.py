"""What an import would change, in words for the dry run, and the roster that results with transfers dated (BLG-14)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from domain.roster import Address, Delegation, Person, Placement, Roster, Unit


class ChangeKind(StrEnum):
    """What happens to a subject."""

    ADDED = "ditambah"
    REMOVED = "dihapus"
    MOVED = "dipindah"
    CHANGED = "diubah"


@dataclass(frozen=True, slots=True)
class Change:
    """One change; ``subject`` is unit, pegawai, alamat, delegasi or jadwal; ``text`` says it whole."""

    kind: ChangeKind
    subject: str
    key: str
    text: str


_UNIT_FIELDS = {
    "name": "nama",
    "kind": "jenis",
    "pattern": "pola hari",
    "parent": "induk",
    "route": "jalur",
    "coordinator": "koordinator",
    "mailbox": "kotak BKD",
    "aliases": "alias",
}
_PERSON_FIELDS = {
    "name": "nama",
    "bare_name": "nama tanpa gelar",
    "nip": "NIP",
    "employment": "status",
    "grade": "golongan",
    "rank": "pangkat",
    "post": "jabatan",
    "echelon": "eselon",
    "finger_id": "ID finger",
    "superior": "atasan",
    "phone": "hp",
    "sex": "jenis kelamin",
}


def diff(old: Roster | None, new: Roster) -> tuple[Change, ...]:
    """Changes from ``old`` (None: nothing yet) to ``new``: units, people, transfers, addresses, delegations, plans."""
    before = old or Roster(0, {}, {}, ())
    return (
        *_things("unit", before.units, new.units, _UNIT_FIELDS),
        *_things("pegawai", before.people, new.people, _PERSON_FIELDS),
        *_moves(before, new),
        *_members("alamat", map(_address, before.addresses), map(_address, new.addresses)),
        *_members("delegasi", map(_delegation, before.delegations), map(_delegation, new.delegations)),
        *_plans(before, new),
    )


def merge(old: Roster | None, new: Roster, effective: date) -> Roster:
    """``new`` with the placements of ``old`` kept as history.

    Where ``new`` brings a single placement without a date of its own and the unit or headship differs, the old
    placement ends the day before ``effective`` and the new one begins that day (one with a later date of its own:
    on that date). People who are gone keep their rows, their placements ended. A written history of several
    placements is taken as it is. For the dry run: ``diff(old, merge(old, new, effective))``.
    """
    if old is None:
        return new
    beginning = min((p.first for p in old.placements), default=date.min)
    placements: list[Placement] = []
    for key in new.people:
        if key not in old.people:
            # Someone new was not expected anywhere on the days before, unless the file gives a date.
            placements += [replace(p, first=effective) if p.first <= beginning else p for p in new.placements_of(key)]
            continue
        placements += _history(old.placements_of(key), new.placements_of(key), effective)
    gone = {key: person for key, person in old.people.items() if key not in new.people}
    for key in gone:
        placements += _ended(old.placements_of(key), effective)
    return replace(new, people={**new.people, **gone}, placements=tuple(placements))


def keep_unsaid(
    old: Roster | None, new: Roster, *, units: bool, addresses: bool, delegations: bool, plans: bool
) -> Roster:
    """``new`` with what its file did not speak of taken from ``old``: a missing sheet is silence, not emptiness.

    Each flag says whether the file carried that sheet. Without a sheet of units, units without people stay, and the
    others keep their aliases and mailbox.
    """
    if old is None:
        return new
    kept = dict(new.units)
    if not units:
        told = {
            code: replace(unit, **_kept_of(old.units[code], unit)) for code, unit in kept.items() if code in old.units
        }
        kept = {**old.units, **kept, **told}
    registered = new.addresses if units and addresses else tuple(dict.fromkeys((*new.addresses, *old.addresses)))
    return replace(
        new,
        units=kept,
        addresses=registered,
        delegations=new.delegations if delegations else old.delegations,
        day_plans=new.day_plans if plans else old.day_plans,
    )


def _kept_of(old: Unit, new: Unit) -> dict[str, Any]:
    return {"aliases": new.aliases or old.aliases, "mailbox": new.mailbox or old.mailbox}


def _history(old: tuple[Placement, ...], new: tuple[Placement, ...], effective: date) -> list[Placement]:
    if not old or not new:
        return list(new) or _ended(old, effective)
    target = new[0]
    if len(new) > 1 or target.last is not None:
        return list(new)  # a history that somebody wrote down
    if target in old and target == _current(old):
        return list(old)
    if target.first > min(p.first for p in old):
        return [*_ended(old, target.first), target]
    current = next((p for p in old if p.covers(effective)), None)
    if current is not None and (current.unit, current.head) == (target.unit, target.head):
        return list(old)
    return [*_ended(old, effective), replace(target, first=effective)]


def _ended(placements: Iterable[Placement], effective: date) -> list[Placement]:
    """Placements cut off the day before ``effective``; what would only have begun later never was."""
    eve = effective - timedelta(days=1)
    kept = [p for p in placements if p.first <= eve]
    return [replace(p, last=eve) if p.last is None or p.last > eve else p for p in kept]


def _things(
    subject: str,
    old: Mapping[str, Unit] | Mapping[str, Person],
    new: Mapping[str, Unit] | Mapping[str, Person],
    fields: Mapping[str, str],
) -> Iterable[Change]:
    for key, thing in new.items():
        if key not in old:
            yield Change(ChangeKind.ADDED, subject, key, f"{subject} baru: {thing.name} ({key})")
    for key, thing in old.items():
        if key not in new:
            yield Change(ChangeKind.REMOVED, subject, key, f"{subject} tidak ada lagi: {thing.name} ({key})")
            continue
        for field, label in fields.items():
            first, second = getattr(thing, field), getattr(new[key], field)
            if first != second:
                text = f"{subject} {new[key].name} ({key}): {label} '{_shown(first)}' menjadi '{_shown(second)}'"
                yield Change(ChangeKind.CHANGED, subject, key, text)


def _shown(value: object) -> str:
    if value is None:
        return ""
    return "; ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _moves(old: Roster, new: Roster) -> Iterable[Change]:
    for key, person in new.people.items():
        first, second = old.placements_of(key), new.placements_of(key)
        if key not in old.people or set(first) == set(second):
            continue
        before, after = _current(first), _current(second)
        if before and before.last is None and (after is None or after.last is not None):
            text = f"pegawai tidak ada lagi: {person.name} ({key}), terakhir di {_unit_name(old, before)}"
            yield Change(ChangeKind.REMOVED, "pegawai", key, text)
            continue
        name = f"pegawai {person.name} ({key})"
        if before and after and before.unit != after.unit:
            text = f"{name}: pindah dari {_unit_name(old, before)} ke {_unit_name(new, after)}"
            yield Change(ChangeKind.MOVED, "pegawai", key, text)
        elif before and after and before.head != after.head:
            word = "menjadi" if after.head else "tidak lagi"
            yield Change(ChangeKind.CHANGED, "pegawai", key, f"{name}: {word} kepala {_unit_name(new, after)}")
        else:
            text = f"{name}: penempatan {_spans(old, first)} menjadi {_spans(new, second)}"
            yield Change(ChangeKind.CHANGED, "pegawai", key, text)


def _current(placements: tuple[Placement, ...]) -> Placement | None:
    return max(placements, key=lambda p: (p.last is None, p.first), default=None)


def _unit_name(roster: Roster, placement: Placement) -> str:
    unit = roster.units.get(placement.unit)
    return unit.name if unit else placement.unit


def _spans(roster: Roster, placements: Iterable[Placement]) -> str:
    spans = [f"{_unit_name(roster, p)} {_span(p.first, p.last)}" for p in placements]
    return "; ".join(spans) or "tidak ada"


def _span(first: date | None, last: date | None) -> str:
    begin = f"mulai {first:%d-%m-%Y}" if first else ""
    return f"{begin} sampai {last:%d-%m-%Y}".strip() if last else begin


def _address(address: Address) -> tuple[str, str]:
    owner = address.unit or address.person or ""
    words = f"{address.value} ({address.role.value}, {owner}) {_span(address.first, address.last)}"
    return address.value, words.strip()


def _delegation(one: Delegation) -> tuple[str, str]:
    return one.unit, f"{one.kind} {one.person} untuk unit {one.unit} {_span(one.first, one.last)}"


def _members(subject: str, old: Iterable[tuple[str, str]], new: Iterable[tuple[str, str]]) -> Iterable[Change]:
    before, after = dict.fromkeys(old), dict.fromkeys(new)
    for key, text in after:
        if (key, text) not in before:
            yield Change(ChangeKind.ADDED, subject, key, f"{subject} baru: {text}")
    for key, text in before:
        if (key, text) not in after:
            yield Change(ChangeKind.REMOVED, subject, key, f"{subject} tidak ada lagi: {text}")


def _plans(old: Roster, new: Roster) -> Iterable[Change]:
    before, after = set(old.day_plans), set(new.day_plans)
    for key in sorted({plan.person for plan in before ^ after}):
        count = sum(plan.person == key for plan in before ^ after)
        yield Change(ChangeKind.CHANGED, "jadwal", key, f"jadwal pegawai {key}: {count} hari berubah")
