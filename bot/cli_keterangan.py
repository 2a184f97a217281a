"""``posko keterangan``: statuses with evidence, and decisions on them (MLG-05, BLG-28, K4)."""

from typing import Annotated

import typer

from bot.bootstrap import open_installation
from bot.cli_base import DataOption, JsonOption, day_of, put, put_json, run_async, say
from domain.errors import UsageError
from domain.excuse import Decider, may_see_evidence, shown, state_of
from domain.profile import Profile
from domain.roster import Roster
from intake.excuses import days_text
from intake.excuses import decide as decide_excuse
from intake.world import Worlds
from storage.records_talk import ExcuseRow

app = typer.Typer(help="Keterangan beserta buktinya.", no_args_is_help=True)


@app.command("list")
def list_(
    data: DataOption = None,
    unit: Annotated[str | None, typer.Option("--unit", help="Kode unit.")] = None,
    since: Annotated[str | None, typer.Option("--from", help="Yang berlaku sejak tanggal ini, YYYY-MM-DD.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Juga yang sudah diputus.")] = False,
    decides: Annotated[
        bool, typer.Option("--detail", help="Dengan alasan sakit dan sidik bukti; hanya untuk yang memutuskan.")
    ] = False,
    by: Annotated[str, typer.Option("--by", help="Siapa yang melihat (dicatat bila --detail).")] = "admin",
    as_json: JsonOption = False,
) -> None:
    """Tampilkan keterangan yang menunggu keputusan."""

    async def work() -> None:
        async with open_installation(data) as place, place.db.begin() as uow:
            roster = await uow.roster.load()
            found = await uow.excuses.all(day_of(since) if since else None)
            rows = [
                r for r in found if (unit is None or r.unit == unit) and (everything or r.decision == "belum diputus")
            ]
            if decides:
                # Seeing a sick person's words is access to sensitive data (CONVENTIONS.md 4).
                for row in rows:
                    await uow.audit.add("excuse_read", "excuse", str(row.id), by, place.clock.now())
        for row in rows:
            told = _json(row, place.profile, decides)
            put_json(told) if as_json else put(_line(row, place.profile, roster, decides))
        if not rows and not as_json:
            say("Tidak ada keterangan yang menunggu keputusan.")

    run_async(work())


@app.command()
def decide(
    number: Annotated[str, typer.Argument(help="Nomor keterangan, misalnya K12.")],
    data: DataOption = None,
    approve: Annotated[bool, typer.Option("--approve/--reject", help="Setujui atau tolak.")] = True,
    reason: Annotated[str, typer.Option("--reason", help="Alasan; wajib bila menolak atau sesudah batas.")] = "",
    by: Annotated[str, typer.Option("--by", help="Nama petugas yang memutuskan.")] = "admin",
    nip: Annotated[
        str | None, typer.Option("--nip", help="NIP petugas; keterangan sendiri tidak dapat diputus.")
    ] = None,
) -> None:
    """Putuskan satu keterangan; keputusan menjadi catatan yang tidak dihapus."""
    digits = number.upper().removeprefix("K").removeprefix("-")
    if not digits.isdecimal():
        raise UsageError(f"nomor keterangan '{number}' tidak dikenal; tulis seperti K12")

    async def work() -> ExcuseRow:
        async with open_installation(data) as place, place.db.begin() as uow:
            world = await Worlds(place.profile).load(uow)
            decider = Decider(by, True, nip)
            done = await decide_excuse(uow, world, int(digits), decider, approve, reason, place.clock.now())
        if done.row is None:
            raise UsageError(f"K{digits}: {done.refusal.value if done.refusal else 'tidak dapat diputus'}")
        return done.row

    row = run_async(work())
    put(f"{row.number}: {row.decision.value} ({row.code}, {days_text(row.plain)}).")


def _json(row: ExcuseRow, profile: Profile, decides: bool) -> dict[str, object]:
    told: dict[str, object] = {
        "number": row.number,
        "person": row.person,
        "unit": row.unit,
        "code": row.code,
        "from": row.first.isoformat(),
        "to": row.last.isoformat(),
        "session": row.session.value if row.session else None,
        "state": state_of(row.plain, profile).value,
        "decision": row.decision.value,
        "decided_by": row.decided_by,
        "late": row.late,
    }
    if may_see_evidence(row.key, decides=decides):
        told |= {"text": row.text, "evidence": list(row.evidence)}
    return told


def _line(row: ExcuseRow, profile: Profile, roster: Roster, decides: bool) -> str:
    person = roster.people.get(row.person)
    name = person.bare_name if person else row.person
    told = shown(row.plain, profile, decides=decides, text=row.text)
    late = "\tSESUDAH BATAS" if row.late else ""
    return f"{row.number}\t{row.unit}\t{name}\t{days_text(row.plain)}\t{told}\t{row.decision.value}{late}"
