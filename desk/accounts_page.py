"""``/admin/akun``: accounts and API tokens; passwords and tokens are shown once and kept as hashes."""

import asyncio

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from desk.security import digest, first_password, hash_password, new_secret
from desk.visitor import Turn, Visit, missing
from domain.account import ApiScope, Role
from storage.records_desk import NewAccount

router = APIRouter()


@router.get("/admin/akun")
async def accounts_page(turn: Visit) -> Response:
    """Everybody who may log in, and every machine's key."""
    return await _page(turn)


async def _page(turn: Turn, fault: str = "", shown: tuple[str, str] | None = None, status: int = 200) -> Response:
    async with turn.house.db.begin() as uow:
        accounts = await uow.accounts.all()
        tokens = await uow.accounts.tokens()
        world = await turn.house.worlds.load(uow)
    await turn.looked("accounts_viewed", "account", "all")
    return turn.page(
        "accounts", status, accounts=accounts, tokens=tokens, units=world.roster.units, roles=list(Role),
        scopes=list(ApiScope), fault=fault, shown=shown, mailboxes=turn.house.mailboxes,
    )  # fmt: skip


@router.post("/admin/akun")
async def add_account(turn: Visit) -> Response:
    """A new account with a first password that is shown once."""
    name, role, unit = turn.field("nama", 40).lower(), turn.field("peran"), turn.field("unit") or None
    person = turn.field("pegawai", 40) or None
    if not name or not all(sign.isalnum() or sign in "._-" for sign in name) or role not in tuple(Role):
        return await _page(turn, "Nama akun: huruf kecil, angka, titik, atau garis.", status=422)
    if (role == Role.UNIT) != bool(unit):
        return await _page(turn, "Unit wajib untuk peran perangkat daerah, dan hanya untuk itu.", status=422)
    password = first_password()
    hashed = await asyncio.to_thread(hash_password, password)
    async with turn.house.db.begin() as uow:
        roster = (await turn.house.worlds.load(uow)).roster
        fits = (not unit or unit in roster.units) and (not person or person in roster.people)
        id_ = (
            await uow.accounts.add(
                NewAccount(
                    name=name,
                    full_name=turn.field("lengkap", 80) or name,
                    role=Role(role),
                    password_hash=hashed,
                    made_at=turn.house.now(),
                    made_by=turn.by,
                    unit=unit,
                    mailbox=turn.field("kotak", 200).lower() or None,
                    person=person,
                )
            )
            if fits
            else None
        )
        if id_ is not None:
            await turn.audit(uow, "account_added", "account", str(id_), role=role)
    if id_ is None:
        return await _page(turn, "Nama sudah dipakai, atau unit/pegawai tidak dikenal.", status=422)
    return await _page(turn, shown=(f"Sandi pertama {name}", password))


@router.post("/admin/akun/{number}")
async def change_account(turn: Visit, number: int) -> Response:
    """Reset the password, lock or unlock; one's own account cannot be locked."""
    what, password = turn.field("tindakan"), first_password()
    hashed = await asyncio.to_thread(hash_password, password) if what == "reset" else ""
    async with turn.house.db.begin() as uow:
        account = await uow.accounts.get(number)
        if account is None or what not in ("reset", "kunci") or (what == "kunci" and number == turn.account.id):
            raise missing()
        if what == "reset":
            await uow.accounts.set_password(number, hashed, must_change=True)
            await uow.accounts.set_totp(number, None)
            await uow.accounts.lock(number, None)
            await uow.desk_sessions.forgive(account.name)
        else:
            await uow.accounts.lock(number, turn.house.now())
        await uow.desk_sessions.end_all(number)
        await turn.audit(uow, "account_reset" if what == "reset" else "account_locked", "account", str(number))
    if what == "reset":
        return await _page(turn, shown=(f"Sandi baru {account.name}", password))
    return RedirectResponse("/admin/akun", 303)


@router.post("/admin/token")
async def add_token(turn: Visit) -> Response:
    """A new key to the API, shown once."""
    scopes = [ApiScope(s) for s in turn.form.getlist("lingkup") if s in tuple(ApiScope)]
    label, unit = turn.field("nama", 80), turn.field("unit") or None
    if not label or not scopes:
        return await _page(turn, "Isi nama token dan pilih sedikitnya satu lingkup.", status=422)
    token = new_secret()
    async with turn.house.db.begin() as uow:
        if unit and unit not in (await turn.house.worlds.load(uow)).roster.units:
            raise missing()
        number = await uow.accounts.add_token(label, digest(token), scopes, unit, turn.by, turn.house.now())
        await turn.audit(uow, "token_added", "api_token", str(number))
    return await _page(turn, shown=(f"Token {label}", token))


@router.post("/admin/token/{number}/cabut")
async def revoke_token(turn: Visit, number: int) -> Response:
    """End a key at once."""
    async with turn.house.db.begin() as uow:
        if not await uow.accounts.revoke_token(number, turn.house.now()):
            raise missing()
        await turn.audit(uow, "token_revoked", "api_token", str(number))
    return RedirectResponse("/admin/akun", 303)
