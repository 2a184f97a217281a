"""``posko address``: who may speak for a unit by WhatsApp, Telegram or another mailbox."""

from typing import Annotated

import typer

from bot.bootstrap import open_installation
from bot.cli_base import DataOption, JsonOption, put, put_json, run_async, say
from domain.errors import UsageError
from domain.masking import CHANNEL_NAMES
from intake.identity import approve as approve_claim
from intake.identity import revoke as revoke_claim
from intake.identity import tell_approved
from intake.world import Worlds
from storage.records_talk import ClaimRow, ClaimState

app = typer.Typer(help="Alamat yang mewakili unit (WhatsApp, Telegram, surel).", no_args_is_help=True)
_STATES = {
    ClaimState.ASKED: "menunggu", ClaimState.APPROVED: "disetujui", ClaimState.REFUSED: "ditolak",
    ClaimState.REVOKED: "dicabut",
}  # fmt: skip
NumberArgument = Annotated[int, typer.Argument(help="Nomor permohonan, lihat posko address list.")]
ByOption = Annotated[str, typer.Option("--by", help="Siapa yang memutuskan.")]


@app.command("list")
def list_(
    data: DataOption = None,
    everything: Annotated[bool, typer.Option("--all", help="Juga yang ditolak dan dicabut.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Tampilkan permohonan dan alamat yang disetujui melalui percakapan."""
    states = tuple(ClaimState) if everything else (ClaimState.ASKED, ClaimState.APPROVED)

    async def work() -> list[ClaimRow]:
        async with open_installation(data) as place, place.db.begin() as uow:
            return await uow.addresses.all(states)

    claims = run_async(work())
    for claim in claims:
        put_json(_json(claim)) if as_json else put(_line(claim))
    if not claims and not as_json:
        say("Belum ada permohonan. Alamat dari daftar pegawai ada pada posko roster export.")


@app.command()
def approve(number: NumberArgument, data: DataOption = None, by: ByOption = "admin") -> None:
    """Setujui; kiriman yang sudah diterima dari alamat itu dicatat dengan waktunya semula."""

    async def work() -> None:
        async with open_installation(data) as place, place.db.begin() as uow:
            claim, reread = await approve_claim(uow, number, by, place.clock.now())
            if claim is not None:
                await tell_approved(uow, await Worlds(place.profile).load(uow), claim, reread, place.clock.now())
        if claim is None:
            raise UsageError(f"tidak ada permohonan {number} yang menunggu; lihat posko address list --all")
        put(f"{CHANNEL_NAMES[claim.scheme]} {claim.value} mewakili {claim.unit}.")
        if reread:
            say(f"{reread} kiriman sebelumnya dibaca kembali dengan waktunya semula")

    run_async(work())


@app.command()
def revoke(number: NumberArgument, data: DataOption = None, by: ByOption = "admin") -> None:
    """Cabut akses, atau tolak permohonan; berlaku seketika."""

    async def work() -> None:
        async with open_installation(data) as place, place.db.begin() as uow:
            claim = await revoke_claim(uow, number, by, place.clock.now())
        if claim is None:
            raise UsageError(f"tidak ada alamat atau permohonan {number} yang berlaku; lihat posko address list --all")
        put(f"{CHANNEL_NAMES[claim.scheme]} {claim.value}: {_STATES[claim.state]}.")

    run_async(work())


def _json(claim: ClaimRow) -> dict[str, object]:
    return {
        "id": claim.id,
        "channel": claim.scheme.value,
        "address": claim.value,
        "unit": claim.unit,
        "state": claim.state.value,
        "since": claim.since.isoformat(),
        "asked_at": claim.asked_at.isoformat(),
        "decided_at": claim.decided_at.isoformat() if claim.decided_at else None,
        "decided_by": claim.decided_by,
    }


def _line(claim: ClaimRow) -> str:
    decided = f"\t{claim.decided_by}" if claim.decided_by else ""
    return f"{claim.id}\t{_STATES[claim.state]}\t{CHANNEL_NAMES[claim.scheme]} {claim.value}\t{claim.unit}{decided}"
