"""The doctor at chat providers: the account, the bot, the public address. Nothing is sent and nothing is changed."""

import asyncio
from contextlib import AsyncExitStack
from typing import cast

from bot.doctor_findings import Finding, fail, ok, warn
from bot.settings import Settings
from bot.settings_chat import reachable
from domain.errors import ChannelError
from domain.masking import CHANNEL_NAMES
from domain.ports import Clock
from intake.approved import NEWS, REMINDER
from intake.channel import ChatChannel
from intake.registry import CHANNELS


async def chat_findings(settings: Settings, clock: Clock) -> list[Finding]:
    """One or more findings for each chat channel that is set up."""
    found: list[Finding] = []
    for scheme, block in settings.chat.chats().items():
        line = next(line for line in CHANNELS if line.scheme is scheme)
        channel = line.open(block.fields(settings.public_url), clock)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(channel.close)
            found += await _asked(CHANNEL_NAMES[scheme], cast(ChatChannel, channel))
    whatsapp, telegram = settings.chat.whatsapp, settings.chat.telegram
    if whatsapp is not None:
        found += _templates(set(whatsapp.templates))
    if (whatsapp is not None or (telegram is not None and telegram.delivered)) and not settings.demo:
        found.append(_address(settings.public_url))
    return found


async def _asked(what: str, channel: ChatChannel) -> list[Finding]:
    """Whether the provider knows us: the same question for all, answered with the name it knows us by."""
    try:
        async with asyncio.timeout(20):
            name = await channel.name()
    except (ChannelError, TimeoutError) as error:
        mend = "periksa berkas rahasia dan nomor akun di posko.toml, serta sambungan internet mesin ini"
        return [fail(what, f"tidak dapat dipakai: {error or 'tidak menjawab'}", mend)]
    return [ok(what, f"dikenal sebagai {name}")]


def _templates(given: set[str]) -> list[Finding]:
    missing = [name for name in (REMINDER, NEWS) if name not in given]
    if not missing:
        return [ok("Templat WhatsApp", "lengkap")]
    mend = "daftarkan teksnya di Twilio (intake/approved.py), lalu isi [whatsapp.templates] dengan nomor HX…"
    return [warn("Templat WhatsApp", f"belum diatur: {', '.join(missing)}", mend)]


def _address(public_url: str) -> Finding:
    what = "Alamat publik webhook"
    if reachable(public_url):
        return ok(what, public_url)
    mend = "isi POSKO_PUBLIC_URL dengan alamat https:// yang sampai ke POSKO_WEBHOOK_PORT"
    return fail(what, f"{public_url} tidak dapat dicapai penyedia", mend)
