"""The part of a recap about attendance machines: how their sessions stand to the paper, what has to be asked, and how
far each machine has told its log (facts: devices; BLG-11c).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from domain.marks import Mark, MarkState
from domain.profile import Profile
from domain.reconcile import Agreement, Compared, Count, Place
from domain.terms import Session, StatusKey
from domain.wording import moment_text
from reports.figures import printed_code

MOST_DIFFERENCES = 200
NOTICE = (
    "Perbandingan ini bahan pemeriksaan, bukan penetapan. Selama log sebuah mesin belum masuk sampai sesudah sesi "
    "itu, tidak seorang pun dianggap tidak hadir menurut mesin."
)


@dataclass(frozen=True, slots=True)
class MachineLine:
    """One machine. ``synced_to`` is its own wall time; ``trouble`` what went wrong last."""

    name: str
    unit: str
    synced_to: datetime | None
    seen_at: datetime | None
    drift_s: float | None
    trouble: str
    unknown_ids: int


@dataclass(frozen=True, slots=True)
class Difference:
    """One person's session on which paper and machine do not say the same."""

    person: str
    unit: str
    day: date
    session: Session
    agreement: Agreement
    question: str
    lawful: bool
    settled: bool = False


@dataclass(frozen=True, slots=True)
class ProvisionalDay:
    """A day that is "sementara" (MLG-07): every machine told its log, nobody punched, nothing else is known."""

    person: str
    unit: str
    day: date


@dataclass(frozen=True, slots=True)
class OutageLine:
    """A machine or our server was down (BLG-11c): manual marks are lawful for that span."""

    what: str
    first: datetime
    last: datetime | None


@dataclass(frozen=True, slots=True)
class DeviceSection:
    """The whole part; units in the order of the report."""

    units: Sequence[tuple[str, Count]]
    differences: Sequence[Difference]
    more_differences: int
    outages: Sequence[OutageLine]
    machines: Sequence[MachineLine]
    provisional: Sequence[ProvisionalDay] = ()
    instead: Mapping[Place, Mark] = field(default_factory=dict)
    """The marks that the recap prints in place of the paper's while a contradiction is not settled."""


_TO_CHECK = Mark(MarkState.TO_CHECK)
_PRESENT = Mark(MarkState.REPORTED, StatusKey.HADIR)
_OPEN = Mark(MarkState.INCOMPLETE)


def instead_of(compared: Iterable[Compared]) -> dict[Place, Mark]:
    """Where paper and machine contradict each other and nobody decided yet, the recap follows ``punches.wins``: PERLU
    PERIKSA, or presence as the machine told it. The paper's own mark needs no entry.
    """
    found: dict[Place, Mark] = {}
    for one in compared:
        if one.agreement is not Agreement.CONTRADICT or one.settled or one.follow == "paper":
            continue
        asks = one.follow == "ask"
        if one.whole_day:
            found[one.person, one.day, None] = _TO_CHECK if asks else _OPEN
        if not (one.whole_day and asks):
            found[one.person, one.day, one.session] = _TO_CHECK if asks else _PRESENT
    return found


def differences_of(
    compared: Sequence[Compared], names: Mapping[str, str], unit_of: Mapping[tuple[str, date], str]
) -> list[Difference]:
    """The sessions that a person has to look at, contradictions first, those that somebody settled last."""
    shown = [c for c in compared if c.agreement in (Agreement.CONTRADICT, Agreement.ONLY_PAPER)]
    shown.sort(key=lambda c: (c.settled, c.agreement is not Agreement.CONTRADICT, c.lawful, c.day, c.person, c.session))
    return [
        Difference(
            names.get(c.person, c.person),
            unit_of.get((c.person, c.day), ""),
            c.day,
            c.session,
            c.agreement,
            c.question,
            c.lawful,
            c.settled,
        )
        for c in shown
    ]


COLUMNS = ("Sama", "Hanya lembar", "Hanya mesin", "Bertentangan", "Menunggu mesin", "Belum ada")


def count_row(count: Count) -> tuple[int, ...]:
    """The numbers under ``COLUMNS``."""
    return (count.agree, count.only_paper, count.only_device, count.contradict, count.awaited, count.neither)


def device_figures(section: DeviceSection | None) -> dict[str, str]:
    """The figures that a report's hash and its differences between versions cover."""
    if section is None:
        return {}
    return {f"mesin, {unit}": " / ".join(map(str, count_row(count))) for unit, count in section.units}


def difference_row(one: Difference, profile: Profile) -> tuple[str, str, str, str, str, str]:
    """Person, unit, day, session, state and words, as both kinds of file print them."""
    words = one.question or one.agreement.value
    if one.lawful:
        words = "sah: mesin terganggu atau presensi manual berlaku"
    elif one.settled:
        words = "sudah diputus di meja posko"
    return (
        one.person,
        one.unit,
        f"{one.day:%d-%m-%Y}",
        profile.session_names[one.session],
        one.agreement.value,
        words,
    )


def asked_rows(section: DeviceSection, profile: Profile) -> list[tuple[str, str, str, str, str, str]]:
    """Everything that somebody has to look at, as both kinds of file print it: differences, then days "sementara"."""
    code = f"{printed_code(profile, StatusKey.ALPA)}*"
    words = "sementara: belum ada presensi maupun keterangan; final hanya oleh putusan (MLG-07)"
    days = [(one.person, one.unit, f"{one.day:%d-%m-%Y}", "sehari", code, words) for one in section.provisional]
    return [*(difference_row(one, profile) for one in section.differences), *days]


def machine_row(one: MachineLine, profile: Profile) -> tuple[str, str, str, str, str, str]:
    """Machine, unit, how far its log goes, when it was heard, its clock, and what is open."""
    drift = "–" if one.drift_s is None else f"{round(one.drift_s / 60)} menit" if abs(one.drift_s) > 120 else "tepat"
    unknown = f"{one.unknown_ids} ID belum dipetakan" if one.unknown_ids else ""
    return (
        one.name,
        one.unit,
        f"{one.synced_to:%d-%m-%Y %H.%M}" if one.synced_to else "belum ada log",
        moment_text(one.seen_at, profile) if one.seen_at else "–",
        drift,
        "; ".join(filter(None, (one.trouble, unknown))) or "–",
    )
