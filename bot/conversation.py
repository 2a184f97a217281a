"""What answers people: one conversation for WhatsApp, Telegram and mail, stateless over the database (facts: chat).

Everything it remembers lies in rows (asks, remarks, keterangan, claims), so that any process may answer the next
message, and a message that is handled twice acts once. Silence changes nothing: no answer has a consequence.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot import talk_buttons, talk_excuses, talk_people, talk_remarks, talk_status
from bot.talk_answers import answer_rows
from bot.talk_identity import register, stranger
from bot.talk_scene import Scene, TalkDesk, say
from bot.talk_which import PREFIX
from domain.answers import Answer, read_answer
from domain.commands import Command, Spoken, read_command
from domain.excuse_text import read_request
from domain.resolution import World
from domain.speaker import Speaker, speaker_of
from domain.terms import Scheme
from intake.event import EventKind, InboundEvent
from intake.talk import Heard, Reply
from intake.world import Worlds
from storage.engine import UnitOfWork
from storage.records import MessageRow
from templates import render_chat

_PREFIX = re.compile(r"^(?:\s*(?:re|fwd?|bls|trs|balas|terusan)\s*:)+", re.IGNORECASE)
_DEPTH = 2  # a tap that names a submission is handled as the request it stands for, once


class Talk:
    """The conversation of one installation."""

    def __init__(self, desk: TalkDesk) -> None:
        self._desk = desk
        self._worlds = Worlds(desk.profile)

    async def handle(self, uow: UnitOfWork, row: MessageRow, event: InboundEvent) -> Sequence[Reply]:
        """Do what ``event`` asks; see ``intake.talk.Conversation``."""
        world = await self._worlds.load(uow)
        speaker = await self._speaker(uow, world, row, event)
        if speaker is None:
            if event.kind is EventKind.BUTTON:
                return say("chat_button_not_yours")
            return await stranger(uow, world, self._desk, row, event)
        scene = self._scene(uow, world, row, event, speaker)
        if event.kind is EventKind.OTHER:
            return say("chat_help", what=event.what)
        if event.kind is EventKind.BUTTON and event.button is not None:
            return await self._tapped(scene, event.button)
        return await self._said(scene)

    async def by_mail(self, uow: UnitOfWork, row: MessageRow, event: InboundEvent, subject: str) -> Sequence[Reply]:
        """A mail without files; see ``intake.talk.Conversation``. What asks nothing is answered like any mail."""
        world = await self._worlds.load(uow)
        speaker = await self._speaker(uow, world, row, event)
        if speaker is None:
            return ()
        scene = self._scene(uow, world, row, event, speaker)
        for text in (event.text, bare_subject(subject)):
            if replies := await self._said(replace(scene, text=text), quiet=True):
                return replies
        return ()

    async def with_files(
        self, uow: UnitOfWork, row: MessageRow, event: InboundEvent, files: Sequence[str], subject: str = ""
    ) -> Heard:
        """Words beside files; see ``intake.talk.Conversation``. A stranger's are not heard."""
        world = await self._worlds.load(uow)
        speaker = await self._speaker(uow, world, row, event)
        if speaker is None:
            return Heard()
        scene = self._scene(uow, world, row, event, speaker)
        for text in dict.fromkeys((event.text, bare_subject(subject))):
            heard = await self._beside(replace(scene, text=text), files)
            if heard.replies:
                return heard
        photo = await talk_remarks.photos(scene, files, None)
        return Heard(tuple(photo), bool(photo))

    async def _beside(self, scene: Scene, files: Sequence[str]) -> Heard:
        spoken = read_command(scene.text)
        if spoken is not None and spoken.command is Command.EVIDENCE:
            return Heard(tuple(await talk_excuses.evidence(scene, spoken, files)), True)
        if spoken is not None and spoken.command is Command.OBJECT:
            return Heard(tuple(await talk_remarks.photos(scene, files, spoken)), True)
        if spoken is not None and spoken.command in (Command.TROUBLE, Command.INSPECT):
            return Heard(tuple(await self._command(scene, spoken)))  # the file itself may well be the sheet
        answer = _answer(scene)
        if answer is not None:
            replies = await answer_rows(scene, answer)
            await talk_excuses.prove_answer(scene, answer, files)
            return Heard(tuple(replies), any(one.key for one in answer.rows))
        asked = read_request(scene.text, scene.world.profile, scene.today)
        filed = await talk_excuses.request(scene, asked, files) if asked else None
        return Heard(tuple(filed or ()), bool(filed))

    async def after_sheet(
        self, uow: UnitOfWork, row: MessageRow, event: InboundEvent, submissions: Sequence[int]
    ) -> Sequence[Reply]:
        """What is asked once a sheet was recorded (chats only): rows that are nobody's yet in one message, then unsure
        cells, each with its picture."""
        if event.channel is Scheme.MAIL:
            return ()  # a mail's receipt names the rows; pictures would make a letter of each
        world = await self._worlds.load(uow)
        speaker = await self._speaker(uow, world, row, event)
        if speaker is None:
            return ()
        scene = self._scene(uow, world, row, event, speaker)
        found = [await uow.submissions.get(id_) for id_ in submissions]
        mine = [one for one in found if speaker.speaks_for(one.unit)]
        people = [reply for one in mine for reply in await talk_people.ask_people(scene, one)]
        cells = [reply for one in mine for reply in await talk_buttons.ask_cells(scene, one)]
        return [*people, *cells[: talk_buttons.MOST_CELLS]]

    async def _speaker(self, uow: UnitOfWork, world: World, row: MessageRow, event: InboundEvent) -> Speaker | None:
        """Who it is; a number whose business-scoped id has changed is a stranger until approved."""
        known = await uow.addresses.known_as(event.channel, event.addresses)
        if known is None:
            return None
        day = row.official_at.astimezone(world.profile.tz).date()
        receivers = {(Scheme.MAIL, to) for to in self._desk.outgoing.receivers} | await uow.addresses.receivers()
        speaker = speaker_of(world.roster, event.channel, known, day, receivers)
        if speaker is not None and len(event.addresses) > 1:
            await uow.addresses.learn(event.channel, event.addresses, self._desk.clock.now())
        return speaker

    def _scene(self, uow: UnitOfWork, world: World, row: MessageRow, event: InboundEvent, speaker: Speaker) -> Scene:
        return Scene(uow, world, self._desk, row, event, speaker, self._desk.clock.now(), event.text)

    async def _tapped(self, scene: Scene, payload: str, depth: int = 0) -> Sequence[Reply]:
        if not payload.startswith(PREFIX):
            return await self._said(replace(scene, text=payload))  # "REKAP", "STATUS": a button that says a command
        found = await talk_buttons.find(scene, payload)
        if found is None:
            return say("chat_button_not_yours")
        replies, request = await talk_buttons.tap(scene, *found)
        return await self._said(replace(scene, text=request), depth + 1) if request else replies

    async def _said(self, scene: Scene, depth: int = 0, *, quiet: bool = False) -> Sequence[Reply]:
        spoken = read_command(scene.text)
        if spoken is not None:
            return await self._command(scene, spoken)
        if answer := _answer(scene):
            return await answer_rows(scene, answer)
        choice = scene.text.strip(" .")
        if choice.isdecimal() and len(choice) <= 3 and depth < _DEPTH:
            ask = await talk_buttons.open_ask(scene)
            if ask is not None:
                return await self._tapped(scene, f"{PREFIX}{ask.token}:{choice}", depth)
        if asked := read_request(scene.text, scene.world.profile, scene.today):
            done = await talk_excuses.request(scene, asked)
            if done is not None:
                return done
        return () if quiet else say("chat_not_understood")

    async def _command(self, scene: Scene, spoken: Spoken) -> Sequence[Reply]:
        match spoken.command:
            case Command.HELP:
                return [Reply(render_chat("chat_commands", agency=scene.world.profile.agency))]
            case Command.STATUS:
                return await talk_status.status(scene)
            case Command.MISSING:
                return await talk_status.missing(scene)
            case Command.FORMS | Command.FORMS_AGAIN:
                return await talk_status.forms(scene, new_copy=spoken.command is Command.FORMS_AGAIN)
            case Command.HISTORY:
                return await talk_status.history(scene)
            case Command.RECAP:
                return await talk_status.recap(scene, spoken)
            case Command.CHECK:
                return await talk_status.check(scene, spoken)
            case Command.REGISTER:
                return await register(scene.uow, scene.world, scene.desk, scene.row, scene.event, spoken)
            case Command.STOP:
                await scene.uow.contacts.stop(scene.speaker.scheme, scene.speaker.address, scene.now)
                return say("chat_stopped")
            case Command.START:
                await scene.uow.contacts.resume(scene.speaker.scheme, scene.speaker.address)
                return say("chat_started")
            case Command.TROUBLE:
                return await talk_remarks.trouble(scene, spoken)
            case Command.OBJECT | Command.INSPECT:
                return await talk_remarks.numbered(scene, spoken)
            case Command.EVIDENCE:
                return await talk_excuses.evidence(scene, spoken, ())
            case Command.APPROVE | Command.REJECT:
                return await talk_excuses.decision(scene, spoken)


def bare_subject(subject: str) -> str:
    """Without the prefixes that mail programs add."""
    return _PREFIX.sub("", subject).strip()


def _answer(scene: Scene) -> Answer | None:
    """The whole text as an answer, else its first line: below it mails carry greetings and signatures."""
    plain = scene.text.strip()
    first = next((line for line in plain.splitlines() if line.strip()), "")
    profile = scene.world.profile
    return read_answer(plain, profile) or read_answer(first, profile)
