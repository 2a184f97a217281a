"""``posko fallback``: the declared periods in which manual sheets are due (TLG-00)."""

from typing import Annotated

import typer

from bot.announcements import announce_end, announce_start
from bot.bootstrap import open_installation
from bot.cli_base import DataOption, JsonOption, day_of, put, put_json, run_async, say
from domain.errors import UsageError
from domain.fallback import Period, Scope, is_retroactive
from domain.terms import Session

app = typer.Typer(help="Masa presensi manual (TLG-00).", no_args_is_help=True)


@app.command("on")
def on(
    first: Annotated[str, typer.Option("--from", help="Tanggal pertama, YYYY-MM-DD.")],
    reason: Annotated[str, typer.Option("--reason", help="Alasan, mis. 'server presensi online padam'.")],
    data: DataOption = None,
    session: Annotated[Session, typer.Option("--session", help="Sesi pertama.")] = Session.DATANG,
    last: Annotated[str | None, typer.Option("--to", help="Tanggal terakhir; kosong: sampai dicabut.")] = None,
    unit: Annotated[list[str] | None, typer.Option("--unit", help="Hanya unit ini (boleh berulang).")] = None,
    person: Annotated[list[str] | None, typer.Option("--person", help="Hanya pegawai ini (NIP).")] = None,
    letter: Annotated[str, typer.Option("--letter", help="Nomor surat dasar.")] = "",
    by: Annotated[str, typer.Option("--by", help="Siapa yang menyatakan.")] = "admin",
    quiet: Annotated[bool, typer.Option("--no-announce", help="Tanpa pemberitahuan ke unit.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Nyatakan presensi manual berlaku dan beri tahu semua unit yang bersangkutan."""
    if unit and person:
        raise UsageError("pilih --unit atau --person, tidak keduanya")
    scope = Scope.UNITS if unit else Scope.PERSONS if person else Scope.ALL

    async def work() -> None:
        async with open_installation(data) as place, place.db.begin() as uow:
            start, end = day_of(first), day_of(last) if last else None
            if end and end < start:
                raise UsageError("--to tidak boleh sebelum --from")
            now = place.clock.now()
            roster = await uow.roster.load()
            unknown = [u for u in unit or () if u not in roster.units] + [
                p for p in person or () if p not in roster.people
            ]
            if unknown:
                raise UsageError(f"tidak ada dalam daftar: {', '.join(unknown)}")
            period = Period(
                id=None,
                scope=scope,
                members=frozenset(unit or person or ()),
                first_day=start,
                first_session=session,
                last_day=end,
                last_session=Session.PULANG if end else None,
                reason=reason,
                letter=letter,
                declared_by=by,
                declared_at=now,
                retroactive=is_retroactive(place.profile, start, session, now),
            )
            number = await uow.periods.add(period)
            told = 0 if quiet else await announce_start(uow, place, number, period, roster)
        if as_json:
            put_json({"id": number, "announced": told, "retroactive": period.retroactive})
        else:
            put(f"Masa presensi manual {number} dinyatakan{' (berlaku surut)' if period.retroactive else ''}.")
        say(f"{told} pemberitahuan masuk antrean kirim")

    run_async(work())


@app.command("off")
def off(
    number: Annotated[int, typer.Argument(help="Nomor masa, lihat posko fallback list.")],
    last: Annotated[str, typer.Option("--to", help="Tanggal terakhir, YYYY-MM-DD.")],
    data: DataOption = None,
    session: Annotated[Session, typer.Option("--session", help="Sesi terakhir.")] = Session.PULANG,
    quiet: Annotated[bool, typer.Option("--no-announce", help="Tanpa pemberitahuan ke unit.")] = False,
) -> None:
    """Akhiri satu masa presensi manual."""

    async def work() -> None:
        async with open_installation(data) as place, place.db.begin() as uow:
            period = next((p for p in await uow.periods.all() if p.id == number), None)
            if period is None:
                raise UsageError(f"tidak ada masa bernomor {number}; lihat posko fallback list")
            end = day_of(last)
            if end < period.first_day:
                raise UsageError("--to tidak boleh sebelum hari pertama masa itu")
            await uow.periods.end(number, end, session)
            if not quiet:
                await announce_end(uow, place, number, period, end, session, await uow.roster.load())
        put(f"Masa {number} berakhir setelah {session.value} {end.isoformat()}.")

    run_async(work())


@app.command("list")
def list_(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Tampilkan semua masa yang pernah dinyatakan."""

    async def work() -> None:
        async with open_installation(data) as place, place.db.begin() as uow:
            periods = await uow.periods.all()
        for period in periods:
            put_json(_json(period)) if as_json else put(_line(period))
        if not periods and not as_json:
            say("Belum ada masa presensi manual yang dinyatakan: posko fallback on --help")

    run_async(work())


def _json(period: Period) -> dict[str, object]:
    return {
        "id": period.id,
        "scope": period.scope.value,
        "members": sorted(period.members),
        "from": [period.first_day.isoformat(), period.first_session.value],
        "to": [period.last_day.isoformat(), (period.last_session or Session.PULANG).value] if period.last_day else None,
        "reason": period.reason,
        "letter": period.letter,
        "declared_by": period.declared_by,
        "declared_at": period.declared_at.isoformat(),
        "retroactive": period.retroactive,
    }


def _line(period: Period) -> str:
    scope = "semua unit" if period.scope is Scope.ALL else ", ".join(sorted(period.members))
    until = f"{period.last_day} {period.last_session or 'pulang'}" if period.last_day else "belum diakhiri"
    late = " (berlaku surut)" if period.retroactive else ""
    return f"{period.id}\t{scope}\t{period.first_day} {period.first_session} – {until}\t{period.reason}{late}"
