"""The installation as the desk's pages get it (``desk.house``)."""

from collections.abc import Iterator
from datetime import date

from pydantic import BaseModel

from bot.announcements import announce_end, announce_start
from bot.bootstrap import Installation, sheets_key_of
from bot.clock import demo_clock
from bot.doctor_host import backup_finding
from desk.house import House, SettingLine
from desk.live import Live
from desk.vault import Vault
from domain.fallback import Period
from domain.roster import Roster
from domain.terms import Session
from intake.pipeline import Pipeline
from intake.world import Worlds
from parsers.sandbox import Sandbox
from storage.engine import UnitOfWork


def house_of(place: Installation, sandbox: Sandbox, pipeline: Pipeline) -> House:
    """Everything the pages may touch; no secret among it."""

    async def start(uow: UnitOfWork, number: int, period: Period, roster: Roster) -> int:
        return await announce_start(uow, place, number, period, roster)

    async def end(uow: UnitOfWork, number: int, period: Period, last: date, session: Session, roster: Roster) -> int:
        return await announce_end(uow, place, number, period, last, session, roster)

    return House(
        db=place.db,
        blobs=place.blobs,
        clock=place.clock,
        profile=place.profile,
        worlds=Worlds(place.profile),
        sandbox=sandbox,
        live=Live(place.urls.service),
        vault=Vault(sheets_key_of(place.settings)),
        announce_start=start,
        announce_end=end,
        read_again=pipeline.read_again,
        backup=lambda: backup_finding(place.settings.data, place.clock).finding,
        settings=lambda: tuple(setting_lines(place)),
        secure=place.settings.public_url.startswith("https:"),
        demo_clock=demo_clock(place.clock),
        mailboxes=tuple(box.address for box in place.settings.mailboxes),
    )


def setting_lines(place: Installation) -> Iterator[SettingLine]:
    """Every setting by group; of a secret only that it is there."""
    settings = place.settings
    yield SettingLine("Instalasi", "folder data", str(settings.data))
    yield SettingLine("Instalasi", "profil", settings.profile)
    yield SettingLine("Instalasi", "alamat umum", settings.public_url)
    yield SettingLine("Instalasi", "basis data", "milik sendiri" if settings.database_url else "PostgreSQL tertanam")
    yield SettingLine("Instalasi", "jam", settings.clock or "jam mesin")
    blocks: list[tuple[str, BaseModel | None]] = [("[service]", settings.service), ("[smtp]", settings.smtp)]
    blocks += [(f"[[mailbox]] {box.name}", box) for box in settings.mailboxes]
    blocks += [("[blobs]", settings.blobs), ("[operator]", settings.operator)]
    for group, block in blocks:
        for name, value in (block.model_dump(mode="json") if block else {}).items():
            if value is not None:
                shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
                yield SettingLine(group, name, shown)
