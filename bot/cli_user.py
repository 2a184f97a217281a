"""``posko user``: who may enter the desk."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap import Installation, open_installation
from bot.cli_base import DataOption, JsonOption, put, put_json, run_async, say
from desk.security import first_password, hash_password
from domain.account import Role
from domain.errors import UsageError
from storage.engine import UnitOfWork
from storage.records_desk import AccountRow, NewAccount

app = typer.Typer(help="Akun meja penerima di web.", no_args_is_help=True)
_NAME = r"huruf kecil, angka, titik, atau garis, paling panjang 40"
NameArgument = Annotated[str, typer.Argument(help="Nama akun.")]


def _checked(name: str) -> str:
    name = name.strip().lower()
    if not name or len(name) > 40 or not all(sign.isalnum() or sign in "._-" for sign in name):
        raise UsageError(f"nama akun: {_NAME}")
    return name


@app.command()
def add(
    name: NameArgument,
    role: Annotated[Role, typer.Option("--role", help="Peran.")],
    data: DataOption = None,
    full_name: Annotated[str, typer.Option("--full-name", help="Nama yang ditampilkan.")] = "",
    unit: Annotated[str | None, typer.Option("--unit", help="Unit, untuk peran opd.")] = None,
    mailbox: Annotated[
        str | None, typer.Option("--mailbox", help="Kotak surel BKD yang diurus: unitnya menjadi 'unit saya'.")
    ] = None,
    person: Annotated[str | None, typer.Option("--person", help="NIP pemilik akun.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Buat akun; sandi pertamanya ditampilkan sekali dan wajib diganti saat masuk."""
    name, password = _checked(name), first_password()
    if (role is Role.UNIT) != bool(unit):
        raise UsageError("--unit wajib untuk peran opd, dan hanya untuk itu")

    async def work(place: Installation, uow: UnitOfWork) -> None:
        roster = await uow.roster.load()
        if unit and unit not in roster.units:
            raise UsageError(f"tidak ada unit berkode {unit}")
        if person and person not in roster.people:
            raise UsageError(f"tidak ada pegawai {person}")
        id_ = await uow.accounts.add(
            NewAccount(
                name=name,
                full_name=full_name or name,
                role=role,
                password_hash=hash_password(password),
                made_at=place.clock.now(),
                made_by="posko user",
                unit=unit,
                mailbox=mailbox.lower() if mailbox else None,
                person=person,
            )
        )
        if id_ is None:
            raise UsageError(f"akun {name} sudah ada; posko user reset {name} untuk sandi baru")
        await uow.audit.add("account_added", "account", str(id_), "posko user", place.clock.now(), {"role": role.value})

    _with(data, work)
    _tell(name, password, as_json)


@app.command()
def reset(name: NameArgument, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Sandi baru; kode kedua dilepas, kunci dibuka, semua perangkat dikeluarkan."""
    password = first_password()

    async def work(place: Installation, uow: UnitOfWork) -> None:
        account = await _account(uow, name)
        await uow.accounts.set_password(account.id, hash_password(password), must_change=True)
        await uow.accounts.set_totp(account.id, None)
        await uow.accounts.lock(account.id, None)
        await uow.desk_sessions.end_all(account.id)
        await uow.desk_sessions.forgive(account.name)
        await uow.audit.add("account_reset", "account", str(account.id), "posko user", place.clock.now())

    _with(data, work)
    _tell(_checked(name), password, as_json)


@app.command()
def lock(name: NameArgument, data: DataOption = None) -> None:
    """Kunci akun dan keluarkan semua perangkatnya; dibuka lagi dengan reset."""

    async def work(place: Installation, uow: UnitOfWork) -> None:
        account = await _account(uow, name)
        await uow.accounts.lock(account.id, place.clock.now())
        await uow.desk_sessions.end_all(account.id)
        await uow.audit.add("account_locked", "account", str(account.id), "posko user", place.clock.now())

    _with(data, work)
    put(f"Akun {_checked(name)} dikunci.")


@app.command("list")
def list_(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Tampilkan semua akun."""

    async def work(_place: Installation, uow: UnitOfWork) -> None:
        for account in await uow.accounts.all():
            put_json(_json(account)) if as_json else put(_line(account))

    _with(data, work)


def _with(data: Path | None, work: Callable[[Installation, UnitOfWork], Awaitable[None]]) -> None:
    async def run() -> None:
        async with open_installation(data) as place, place.db.begin() as uow:
            await work(place, uow)

    run_async(run())


async def _account(uow: UnitOfWork, name: str) -> AccountRow:
    account = await uow.accounts.by_name(_checked(name))
    if account is None:
        raise UsageError(f"tidak ada akun {name}; lihat posko user list")
    return account


def _tell(name: str, password: str, as_json: bool) -> None:
    if as_json:
        put_json({"name": name, "password": password})
        return
    put(f"Akun {name}, sandi pertama: {password}")
    say("Sampaikan sandi ini langsung kepada pemiliknya; ia diminta menggantinya saat pertama masuk.")


def _json(account: AccountRow) -> dict[str, object]:
    return {
        "name": account.name,
        "full_name": account.full_name,
        "role": account.role.value,
        "unit": account.unit,
        "locked": account.locked_at is not None,
        "second_factor": account.totp_secret is not None,
        "first_password": account.must_change,
    }


def _line(account: AccountRow) -> str:
    notes = ["terkunci"] if account.locked_at else []
    notes += ["sandi pertama"] if account.must_change else []
    notes += ["kode kedua"] if account.totp_secret else []
    whom = f" {account.unit}" if account.unit else ""
    return f"{account.name}\t{account.role}{whom}\t{account.full_name}\t{', '.join(notes)}".rstrip()
