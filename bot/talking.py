"""Wiring of the conversation: what an installation gives it."""

from collections.abc import Callable
from datetime import datetime

from bot.bootstrap import Installation, outgoing_of
from bot.cell_crop import CellCrops
from bot.conversation import Talk
from bot.talk_scene import FormPost, TalkDesk
from reports.checking import check_text, is_report_number
from storage.engine import UnitOfWork


def talk_of(
    place: Installation,
    forms: FormPost | None = None,
    link: Callable[[int, datetime], str] | None = None,
    crops: CellCrops | None = None,
) -> Talk:
    """The conversation of an installation.

    ``forms`` makes sheets, ``link`` the addresses of reports, ``crops`` the pictures of doubtful cells.
    """

    async def check(uow: UnitOfWork, number: str) -> str | None:
        return await check_text(uow, number, place.profile) if is_report_number(number) else None

    outgoing = outgoing_of(place.settings)
    crop = crops.of_question if crops else None
    return Talk(TalkDesk(place.profile, place.clock, outgoing, forms=forms, check=check, crop=crop, link=link))
