"""What Twilio's error codes mean to the desk, as data (facts: chat, table of codes)."""

from enum import StrEnum

from domain.errors import Refusal


class Trouble(StrEnum):
    """Faults that pass; everything else is a ``Refusal``."""

    THROTTLE = "throttle"  # back off
    PROVIDER = "provider"  # bounded retry


CODES: dict[int, Refusal | Trouble] = {
    63016: Refusal.WINDOW,
    20429: Trouble.THROTTLE,
    63017: Trouble.THROTTLE,
    63018: Trouble.THROTTLE,
    63009: Trouble.PROVIDER,
    63010: Trouble.PROVIDER,
    63012: Trouble.PROVIDER,
    63003: Refusal.ADDRESS,
    63024: Refusal.ADDRESS,
    21211: Refusal.ADDRESS,
    63014: Refusal.BLOCKED,
    21610: Refusal.BLOCKED,
    63013: Refusal.POLICY,
    63027: Refusal.POLICY,
    63028: Refusal.POLICY,
    63032: Refusal.POLICY,
    63041: Refusal.POLICY,
    63049: Refusal.POLICY,
    21654: Refusal.POLICY,
    21655: Refusal.POLICY,
    21656: Refusal.POLICY,
    63005: Refusal.MEDIA,
    63019: Refusal.MEDIA,
    63021: Refusal.MEDIA,
    63034: Refusal.MEDIA,
    11751: Refusal.MEDIA,
    21620: Refusal.MEDIA,
    63001: Refusal.CONFIG,
    63007: Refusal.CONFIG,
    63015: Refusal.CONFIG,
    20003: Refusal.CONFIG,
    12300: Refusal.CONFIG,
    57012: Refusal.CONFIG,
}


def meaning(code: int | str | None) -> Refusal | Trouble | None:
    """What a code means; None for one that the table does not know."""
    try:
        number = int(code or 0)
    except ValueError:
        return None
    if 11200 <= number <= 11299:  # our own webhook answered badly
        return Refusal.CONFIG
    return CODES.get(number)
