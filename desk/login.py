"""``/masuk``, ``/keluar`` and ``/akun``: into the desk and out of it, passwords and the second factor."""

import asyncio
from urllib.parse import urlsplit

import pyotp
import segno
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from desk.pages import Face, html
from desk.security import digest, hash_password, is_password, masked, new_secret, totp_step
from desk.vault import VaultError
from desk.visitor import COOKIE, GoTo, Turn, Visit, checked_form, house_of, session_of
from domain.account import MOST_FAILURES, MOST_FAILURES_ADDRESS, SESSION_LIFE, password_fault
from storage.records_desk import AccountRow, SessionRow

router = APIRouter()
_WRONG = "Nama akun atau kata sandi tidak cocok."
_TOO_MANY = "Terlalu banyak percobaan masuk. Tunggu 15 menit, atau minta admin menyetel ulang sandi."


def _face(request: Request, csrf: str = "") -> Face:
    return Face.of(house_of(request), None, csrf, request.url.path)


def _inside(address: str) -> str:
    """Where to go after the login: only an address of ours, never another host."""
    parts = urlsplit(address)
    ours = address.startswith("/") and not address.startswith("//") and not parts.netloc and "\\" not in address
    return address if ours else "/papan"


def _peer(request: Request) -> str:
    """Who knocks: behind a proxy on this machine all visitors would be one, and share one brake.

    The last address is the one that the proxy itself wrote; what stands before it anybody may have made up.
    """
    host = request.client.host if request.client else "?"
    told = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return told[:64] if told and host in ("127.0.0.1", "::1") else host


@router.get("/masuk")
async def login_page(request: Request, ke: str = "/papan") -> Response:
    """The form; who is in already goes on."""
    if await session_of(request):
        return RedirectResponse(_inside(ke), 303)
    return html("login", _face(request), fault="", name="", to=_inside(ke))


@router.post("/masuk")
async def login(request: Request) -> Response:
    """Check name and password; a brake stops guessing, by name and by network address."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403, "Masuk hanya dari halaman ini.")
    form = await request.form(max_files=0, max_fields=10)
    name, password = str(form.get("nama", "")).strip().lower()[:80], str(form.get("sandi", ""))[:400]
    to = _inside(str(form.get("ke", "/papan")))
    house = house_of(request)
    async with house.db.begin() as uow:
        by_name, by_peer = await uow.desk_sessions.failures(name, _peer(request), house.real())
        account = await uow.accounts.by_name(name)
    if by_name >= MOST_FAILURES or by_peer >= MOST_FAILURES_ADDRESS:
        return html("login", _face(request), 429, fault=_TOO_MANY, name=name, to=to)
    right = await asyncio.to_thread(is_password, password, account.password_hash if account else None)
    if account is None or not right or account.locked_at is not None:
        async with house.db.begin() as uow:
            await uow.desk_sessions.failed(name, _peer(request), house.real())
            subject = str(account.id) if account else "-"
            await uow.audit.add("login_failed", "account", subject, "desk", house.now())
        return html("login", _face(request), 401, fault=_WRONG, name=name, to=to)
    return await _enter(request, account, to)


async def _enter(request: Request, account: AccountRow, to: str) -> Response:
    house = house_of(request)
    cookie, now = new_secret(), house.real()
    old = request.cookies.get(COOKIE)
    async with house.db.begin() as uow:
        if old:
            await uow.desk_sessions.end(digest(old))
        await uow.desk_sessions.add(
            SessionRow(digest(cookie), account.id, new_secret(), False, now, now, now + SESSION_LIFE)
        )
        if account.totp_secret is None:
            await uow.desk_sessions.forgive(account.name)
        await uow.audit.add("login", "account", str(account.id), f"desk:{account.name}", house.now())
    go = "/masuk/kode" if account.totp_secret else "/akun" if account.must_change else to
    response = RedirectResponse(go, 303)
    response.set_cookie(
        COOKIE, cookie, max_age=int(SESSION_LIFE.total_seconds()), httponly=True, samesite="lax", secure=house.secure
    )
    return response


async def _half(request: Request) -> tuple[SessionRow, AccountRow]:
    found = await session_of(request)
    if found is None:
        raise GoTo("/masuk")
    if not found[1].totp_secret or found[0].second_factor:
        raise GoTo("/papan")
    return found


@router.get("/masuk/kode")
async def code_page(request: Request) -> Response:
    """The second factor."""
    session, _ = await _half(request)
    return html("login_code", _face(request, masked(session.csrf)), fault="")


@router.post("/masuk/kode")
async def code(request: Request) -> Response:
    """Check the code; each works once, and guessing counts like wrong passwords."""
    session, account = await _half(request)
    form = await checked_form(request, session.csrf)
    house = house_of(request)
    try:
        secret = house.vault.open(account.id, account.totp_secret or "")
    except VaultError as error:
        fault = f"Kode tidak dapat diperiksa: {error}. Admin juga dapat menyetel ulang akun ini."
        return html("login_code", _face(request, masked(session.csrf)), 503, fault=fault)
    async with house.db.begin() as uow:
        failures, _ = await uow.desk_sessions.failures(account.name, _peer(request), house.real())
        step = totp_step(secret, str(form.get("kode", "")), house.real().timestamp())
        fresh = failures < MOST_FAILURES and step is not None and await uow.accounts.use_totp_step(account.id, step)
        if fresh:
            await uow.desk_sessions.pass_second_factor(session.token_hash)
            await uow.desk_sessions.forgive(account.name)
        else:
            await uow.desk_sessions.failed(account.name, _peer(request), house.real())
    if fresh:
        return RedirectResponse("/akun" if account.must_change else "/papan", 303)
    too_many = failures >= MOST_FAILURES
    fault = _TOO_MANY if too_many else "Kode tidak cocok atau sudah dipakai. Tunggu kode berikutnya."
    return html("login_code", _face(request, masked(session.csrf)), 429 if too_many else 401, fault=fault)


@router.post("/keluar")
async def logout(turn: Visit) -> Response:
    """End this login."""
    async with turn.house.db.begin() as uow:
        await uow.desk_sessions.end(turn.session.token_hash)
        await turn.audit(uow, "logout", "account", str(turn.account.id))
    response = RedirectResponse("/masuk", 303)
    response.delete_cookie(COOKIE)
    return response


@router.get("/akun")
async def account_page(turn: Visit) -> Response:
    """One's own account: password, second factor."""
    return _account(turn)


def _account(turn: Turn, fault: str = "", done: str = "", secret: str = "", status: int = 200) -> Response:
    picture = ""
    if secret:
        address = pyotp.TOTP(secret).provisioning_uri(name=turn.account.name, issuer_name="Posko Presensi")
        picture = segno.make(address).svg_inline(scale=4, border=2, svgclass="kode-qr", lineclass=None, omitsize=True)
    return turn.page("account", status, fault=fault, done=done, secret=secret, picture=picture)


@router.post("/akun/sandi")
async def change_password(turn: Visit) -> Response:
    """A new password of one's own; every other login of the account ends."""
    old, new, again = (str(turn.form.get(n, ""))[:400] for n in ("lama", "baru", "ulang"))
    fault = password_fault(new, turn.account.name)
    if not await asyncio.to_thread(is_password, old, turn.account.password_hash):
        fault = "Kata sandi lama tidak cocok."
    elif new != again:
        fault = "Kedua kata sandi baru tidak sama."
    elif new == old:
        fault = "Kata sandi baru harus berbeda dari yang lama."
    if fault:
        return _account(turn, fault=fault, status=422)
    hashed = await asyncio.to_thread(hash_password, new)
    async with turn.house.db.begin() as uow:
        await uow.accounts.set_password(turn.account.id, hashed, must_change=False)
        await uow.desk_sessions.end_all(turn.account.id, but=turn.session.token_hash)
        await turn.audit(uow, "password_changed", "account", str(turn.account.id))
    if turn.account.must_change:
        return RedirectResponse("/papan", 303)
    return _account(turn, done="Kata sandi diganti. Semua perangkat lain dikeluarkan.")


@router.post("/akun/kode")
async def switch_totp_on(turn: Visit) -> Response:
    """Show a new secret, or take it when the code of the new device is right."""
    secret, given = turn.field("rahasia", 64), turn.field("kode", 12)
    if not secret:
        return _account(turn, secret=pyotp.random_base32())
    try:
        step = totp_step(secret, given, turn.house.real().timestamp())
    except ValueError:  # not base32: the hidden field was changed
        step, secret = None, pyotp.random_base32()
    if step is None:
        return _account(turn, fault="Kode tidak cocok. Pindai ulang gambar ini, lalu isi kode yang tampil.",
                        secret=secret, status=422)  # fmt: skip
    try:
        sealed = turn.house.vault.seal(turn.account.id, secret)
    except VaultError as error:
        return _account(turn, fault=f"Kode kedua belum dapat dipakai: {error}.", status=503)
    async with turn.house.db.begin() as uow:
        await uow.accounts.set_totp(turn.account.id, sealed)
        await uow.accounts.use_totp_step(turn.account.id, step)
        await uow.desk_sessions.pass_second_factor(turn.session.token_hash)
        await turn.audit(uow, "totp_on", "account", str(turn.account.id))
    return RedirectResponse("/akun", 303)


@router.post("/akun/kode/lepas")
async def switch_totp_off(turn: Visit) -> Response:
    """Without the second factor from now on; the password is asked again."""
    if not await asyncio.to_thread(is_password, str(turn.form.get("sandi", ""))[:400], turn.account.password_hash):
        return _account(turn, fault="Kata sandi tidak cocok.", status=422)
    async with turn.house.db.begin() as uow:
        await uow.accounts.set_totp(turn.account.id, None)
        await turn.audit(uow, "totp_off", "account", str(turn.account.id))
    return RedirectResponse("/akun", 303)
