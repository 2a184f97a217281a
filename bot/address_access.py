"""Taking an address of the imported roster out of use, and back: it speaks for nobody, whatever the next file says."""

import re
from datetime import datetime

from domain.errors import UsageError
from domain.masking import masked
from domain.roster import Roster
from domain.terms import Scheme
from intake.identity import revoke as revoke_claim
from storage.engine import UnitOfWork


def registered_as(roster: Roster, typed: str) -> tuple[Scheme, str]:
    """The imported address that ``typed`` means (``0812…`` for ``62812…``); raises ``UsageError`` for none or two."""
    plain = typed.strip().casefold()
    digits = re.sub(r"\D", "", plain)
    phone = f"62{digits[1:]}" if digits.startswith("0") else digits
    found = {
        (one.scheme, one.value)
        for one in roster.addresses
        if one.value.casefold() == plain or (one.scheme is Scheme.WHATSAPP and phone and one.value == phone)
    }
    if len(found) != 1:
        why = "lebih dari satu saluran memakai alamat itu" if found else "tidak ada alamat itu pada daftar pegawai"
        raise UsageError(f"{typed}: {why}; lihat posko roster export")
    return found.pop()


async def revoke_address(uow: UnitOfWork, scheme: Scheme, value: str, by: str, now: datetime) -> bool:
    """Revoke at once, with every approval by chat of the same address; False when it was revoked before."""
    for claim in await uow.addresses.open_for(scheme, value):
        await revoke_claim(uow, claim.id, by, now)
    done = await uow.roster.revoke(scheme, value, by, now)
    if done:
        await uow.audit.add("address_revoked", "address", masked(value), by, now, {"channel": scheme.value})
    return done


async def restore_address(uow: UnitOfWork, scheme: Scheme, value: str, by: str, now: datetime) -> bool:
    """Take the revocation back; False when there was none."""
    done = await uow.roster.restore(scheme, value)
    if done:
        await uow.audit.add("address_restored", "address", masked(value), by, now, {"channel": scheme.value})
    return done
