"""``posko address``: who may speak for a unit by WhatsApp, Telegram or another mailbox."""

from typing import Annotated

import typer

from bot.address_access import registered_as, restore_address, revoke_address
from bot.bootstrap import open_installation
from bot.cli_base import DataOption, JsonOption, put, put_json, run_async, say
from domain.errors import UsageError
from domain.masking import CHANNEL_NAMES
from domain.terms import Scheme
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
_REVOKED = "daftar pegawai"
ValueArgument = Annotated[str, typer.Argument(help="Alamat pada daftar pegawai, misalnya 62812… atau surel.")]
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

    async def work() -> tuple[list[ClaimRow], list[tuple[Scheme, str]]]:
        async with open_installation(data) as place, place.db.begin() as uow:
            return await uow.addresses.all(states), sorted(await uow.roster.revoked()) if everything else []

    claims, revoked = run_async(work())
    for claim in claims:
        put_json(_json(claim)) if as_json else put(_line(claim))
    for scheme, value in revoked:
        told = {"channel": scheme.value, "address": value, "state": ClaimState.REVOKED.value, "from": _REVOKED}
        put_json(told) if as_json else put(f"-\tdicabut\t{CHANNEL_NAMES[scheme]} {value}\t{_REVOKED}")
    if not claims and not revoked and not as_json:
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
def revoke(
    number: Annotated[int | None, typer.Argument(help="Nomor permohonan, lihat posko address list.")] = None,
    address: Annotated[
        str | None,
        typer.Option("--address", help="Alamat dari daftar pegawai; tetap dicabut sesudah impor lagi."),
    ] = None,
    data: DataOption = None,
    by: ByOption = "admin",
) -> None:
    """Cabut akses, atau tolak permohonan; berlaku seketika."""
    if (number is None) == (address is None):
        raise UsageError("sebut satu: nomor permohonan, atau --address ALAMAT dari daftar pegawai")
    if number is not None:
        _revoke_claim(number, data, by)
        return
    typed = address or ""

    async def work() -> None:
        async with open_installation(data) as place, place.db.begin() as uow:
            scheme, value = registered_as(await uow.roster.load(imported=True), typed)
            if not await revoke_address(uow, scheme, value, by, place.clock.now()):
                raise UsageError(f"{value} sudah dicabut; kembalikan dengan posko address restore {value}")
        put(f"{CHANNEL_NAMES[scheme]} {value}: dicabut, juga untuk impor daftar pegawai berikutnya.")

    run_async(work())


@app.command()
def restore(value: ValueArgument, data: DataOption = None, by: ByOption = "admin") -> None:
    """Kembalikan alamat dari daftar pegawai yang dicabut."""

    async def work() -> None:
        async with open_installation(data) as place, place.db.begin() as uow:
            scheme, known = registered_as(await uow.roster.load(imported=True), value)
            if not await restore_address(uow, scheme, known, by, place.clock.now()):
                raise UsageError(f"{known} tidak sedang dicabut; lihat posko address list --all")
        put(f"{CHANNEL_NAMES[scheme]} {known}: berlaku kembali.")

    run_async(work())


def _revoke_claim(number: int, data: DataOption, by: str) -> None:

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
