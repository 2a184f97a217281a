"""``posko retention``: destroying what is past its time, with minutes of it (UU 27/2022; profile: retention)."""

from typing import Annotated

import typer

from bot.bootstrap import Installation, open_installation
from bot.cli_base import DataOption, JsonOption, put, put_json, run_async, say
from bot.purging import Purge
from domain.masking import CHANNEL_NAMES
from domain.wording import long_date
from storage.retention import OldMessage
from storage.retention_media import OldMedia

app = typer.Typer(help="Pemusnahan menurut masa simpan (JRA).", no_args_is_help=True)
_NO_SCHEDULE = "Berkas asli tidak dimusnahkan: isi [retention] originals pada profil menurut JRA daerah."


@app.command("list")
def list_(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Tampilkan kiriman dan gambar yang masa simpannya sudah lewat; tidak ada yang dimusnahkan."""
    run_async(_dry(data, as_json))


@app.command()
def run(
    by: Annotated[str, typer.Option("--by", help="Siapa yang memerintahkan pemusnahan.")],
    data: DataOption = None,
    as_json: JsonOption = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Hanya tampilkan; tidak ada yang dimusnahkan.")] = False,
) -> None:
    """Musnahkan yang masa simpannya lewat dan cetak berita acaranya; catatan kehadiran dan nomor tetap ada."""

    async def work() -> None:
        async with open_installation(data) as place:
            done = await purge_of(place).run(
                by,
                lambda one: put_json(_json(one)) if as_json else put(_line(one, place)),
                lambda one: put_json(_media_json(one)) if as_json else put(_media_line(one, place)),
            )
            if not place.profile.retention.originals:
                say(_NO_SCHEDULE)
        say(
            f"{done.messages} kiriman dikosongkan, {done.originals} berkas asli dan {done.media} gambar dimusnahkan "
            "(tercatat pada rantai audit)"
        )

    run_async(_dry(data, as_json) if dry_run else work())


async def _dry(data: DataOption, as_json: bool) -> None:
    async with open_installation(data) as place:
        purge = purge_of(place)
        scheduled = place.profile.retention.originals
        found = await purge.messages() if scheduled else []
        pictures = await purge.media()
    for one in found:
        put_json(_json(one)) if as_json else put(_line(one, place))
    for picture in pictures:
        put_json(_media_json(picture)) if as_json else put(_media_line(picture, place))
    if not scheduled:
        say(_NO_SCHEDULE)
    if not found and not pictures and not as_json:
        say("Tidak ada yang masa simpannya lewat.")


def purge_of(place: Installation) -> Purge:
    """What destroys in an installation."""
    return Purge(place.db, place.blobs, place.clock, place.profile)


def _media_json(one: OldMedia) -> dict[str, object]:
    return {"file": one.sha256, "class": one.kind.value, "used": one.used_at.isoformat()}


def _media_line(one: OldMedia, place: Installation) -> str:
    day = long_date(one.used_at.astimezone(place.profile.tz).date())
    return f"{one.sha256[:12]}\t{one.kind.value}\t{day}"


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
