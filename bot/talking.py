"""Wiring of the conversation: what an installation gives it."""

from collections.abc import Callable
from datetime import datetime

from bot.bootstrap import Installation, outgoing_of
from bot.conversation import Talk
from bot.talk_scene import FormPost, TalkDesk


def talk_of(
    place: Installation, forms: FormPost | None = None, link: Callable[[int, datetime], str] | None = None
) -> Talk:
    """The conversation of an installation; ``forms`` makes sheets, ``link`` the addresses of reports."""
    return Talk(TalkDesk(place.profile, place.clock, outgoing_of(place.settings), forms=forms, link=link))
