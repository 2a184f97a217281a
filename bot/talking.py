"""Wiring of the conversation: what an installation gives it."""

from collections.abc import Callable
from datetime import datetime

from bot.bootstrap import Installation, outgoing_of
from bot.conversation import Talk
from bot.talk_scene import FormPost, TalkDesk
from reports.checking import check_text, is_report_number
from storage.engine import UnitOfWork


def talk_of(
    place: Installation, forms: FormPost | None = None, link: Callable[[int, datetime], str] | None = None
) -> Talk:
    """The conversation of an installation; ``forms`` makes sheets, ``link`` the addresses of reports."""

    async def check(uow: UnitOfWork, number: str) -> str | None:
        return await check_text(uow, number, place.profile) if is_report_number(number) else None

    outgoing = outgoing_of(place.settings)
    return Talk(TalkDesk(place.profile, place.clock, outgoing, forms=forms, check=check, link=link))
