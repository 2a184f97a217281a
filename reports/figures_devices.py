"""The part of a recap about attendance machines: how their sessions stand to the paper, what has to be asked, and how
far each machine has told its log (facts: devices; BLG-11c).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from domain.profile import Profile
from domain.reconcile import Agreement, Compared, Count
from domain.terms import Session
from domain.wording import moment_text

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


def differences_of(
    compared: Sequence[Compared], names: Mapping[str, str], unit_of: Mapping[tuple[str, date], str]
) -> list[Difference]:
    """The sessions that a person has to look at, contradictions first."""
    shown = [c for c in compared if c.agreement in (Agreement.CONTRADICT, Agreement.ONLY_PAPER)]
    shown.sort(key=lambda c: (c.agreement is not Agreement.CONTRADICT, c.lawful, c.day, c.person, c.session))
    return [
        Difference(
            names.get(c.person, c.person),
            unit_of.get((c.person, c.day), ""),
            c.day,
            c.session,
            c.agreement,
            c.question,
            c.lawful,
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
    words = "sah: mesin terganggu atau presensi manual berlaku" if one.lawful else one.question or one.agreement.value
    return (
        one.person,
        one.unit,
        f"{one.day:%d-%m-%Y}",
        profile.session_names[one.session],
        one.agreement.value,
        words,
    )


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
