"""Wiring of the conversation: what an installation gives it."""

from bot.bootstrap import Installation, outgoing_of
from bot.cell_crop import CellCrops
from bot.conversation import Talk
from bot.talk_scene import Check, FormPost, TalkDesk
from domain.profile import Profile
from intake.links import Links
from reports.checking import check_text, is_report_number
from storage.engine import UnitOfWork


def talk_of(
    place: Installation,
    forms: FormPost | None = None,
    links: Links | None = None,
    crops: CellCrops | None = None,
) -> Talk:
    """The conversation of an installation.

    ``forms`` makes sheets, ``links`` the addresses of reports, ``crops`` the pictures of doubtful cells.
    """
    outgoing, check = outgoing_of(place.settings), report_check(place.profile)
    crop, link = crops.of_question if crops else None, links.make if links else None
    return Talk(TalkDesk(place.profile, place.clock, outgoing, forms=forms, check=check, crop=crop, link=link))


def report_check(profile: Profile) -> Check:
    """CEK about a report's number; a submission's is none of its business."""

    async def check(uow: UnitOfWork, number: str) -> str | None:
        return await check_text(uow, number, profile) if is_report_number(number) else None

    return check
