"""``posko retention``: destroying what is past its time, with minutes of it (UU 27/2022; profile: retention)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated

import typer

from bot.bootstrap import Installation, open_installation
from bot.cli_base import DataOption, JsonOption, put, put_json, run_async, say
from domain.errors import UsageError
from domain.masking import CHANNEL_NAMES
from domain.wording import long_date
from storage.retention import OldMessage

app = typer.Typer(help="Pemusnahan menurut masa simpan (JRA).", no_args_is_help=True)
_BATCH = 200


@app.command("list")
def list_(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Tampilkan kiriman yang masa simpannya sudah lewat; tidak ada yang dimusnahkan."""

    async def work() -> None:
        async with open_installation(data) as place:
            before = place.clock.now() - timedelta(days=_days(place))
            async with place.db.begin() as uow:
                found = await uow.retention.old(before)
        for one in found:
            put_json(_json(one)) if as_json else put(_line(one, place))
        if not found and not as_json:
            say("Tidak ada kiriman yang masa simpannya lewat.")

    run_async(work())


@app.command()
def run(
    by: Annotated[str, typer.Option("--by", help="Siapa yang memerintahkan pemusnahan.")],
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Musnahkan yang masa simpannya lewat dan cetak berita acaranya; catatan kehadiran dan nomor tetap ada."""

    async def work() -> None:
        async with open_installation(data) as place:
            messages, originals = await destroy_old(
                place, by, lambda one: put_json(_json(one)) if as_json else put(_line(one, place))
            )
        say(f"{messages} kiriman dikosongkan, {originals} berkas asli dimusnahkan (tercatat pada rantai audit)")

    run_async(work())


async def destroy_old(place: Installation, by: str, tell: Callable[[OldMessage], None]) -> tuple[int, int]:
    """Scrub and destroy; returns messages and originals. Broken off anywhere, the next run ends what was begun."""
    days = _days(place)
    now = place.clock.now()
    messages = 0
    while True:
        async with place.db.begin() as uow:
            found = await uow.retention.old(now - timedelta(days=days), _BATCH)
            for one in found:
                await uow.retention.scrub(one, f"{days} hari", by, now)
        for one in found:
            tell(one)
        messages += len(found)
        if len(found) < _BATCH:
            break
    async with place.db.begin() as uow:
        left = await uow.retention.to_destroy()
    # The tombstone stands before the file is gone: a crash in between leaves a file too many, never a hole.
    return messages, sum([await place.blobs.destroy(sha256) for sha256 in left])


def _days(place: Installation) -> int:
    days = place.profile.retention.originals
    if not days:
        raise UsageError("masa simpan belum ditetapkan: isi [retention] originals pada profil menurut JRA daerah")
    return days


def _json(one: OldMessage) -> dict[str, object]:
    return {
        "message": one.id,
        "channel": one.channel.value,
        "received": one.official_at.isoformat(),
        "originals": list(one.originals),
    }


def _line(one: OldMessage, place: Installation) -> str:
    day = long_date(one.official_at.astimezone(place.profile.tz).date())
    return f"{one.id}\t{CHANNEL_NAMES[one.channel]}\t{day}\t{len(one.originals)} berkas"
