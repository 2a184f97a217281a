"""The outbox: letters to be sent once."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Select, Text, any_, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import StorageError
from domain.terms import Scheme
from storage.claims import ready, unclaimed, without_job
from storage.jobs import DELIVER
from storage.presence import Presence
from storage.records import MAX_ATTEMPTS, NewOutbox, OutboxRow, OutboxState
from storage.records_chat import Leaving
from storage.rows import insert_once, to_record, to_values
from storage.schema import Outbox

_AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
_INSERT = insert_once(Outbox)


class OutboxRows:
    """The table of letters inside one transaction."""

    def __init__(self, session: AsyncSession, presence: Presence) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session
        self._presence = presence

    async def put(self, new: NewOutbox) -> int | None:
        """Write a letter; None when one with its dedupe key exists already."""
        return cast(int | None, await self._session.scalar(_INSERT, _pending(new)))

    async def put_many(self, letters: Iterable[NewOutbox]) -> list[int]:
        """Write the letters whose keys are new; returns their ids.

        In the order of the keys: of two processes that write the same letters one waits, and neither locks the other
        out.
        """
        values = [_pending(new) for new in sorted(letters, key=lambda new: new.dedupe_key)]
        return list((await self._session.scalars(_INSERT, values)).all()) if values else []

    async def states(self, keys: Collection[str]) -> dict[str, OutboxState]:
        """Where the letters of these dedupe keys stand; keys without a letter are left out."""
        wanted = bindparam("keys", list(keys), type_=ARRAY(Text))
        rows = await self._session.execute(
            select(Outbox.dedupe_key, Outbox.state).where(Outbox.dedupe_key == any_(wanted))
        )
        return {row[0]: row[1] for row in rows}

    async def leavings(self, keys: Collection[str]) -> dict[str, Leaving]:
        """How far the letters of these keys came, each with the copies that took its place elsewhere."""
        wanted = bindparam("keys", list(keys), type_=ARRAY(Text))
        first = select(Outbox.dedupe_key.label("key"), Outbox.id, Outbox.state, Outbox.unsure)
        chain = first.where(Outbox.dedupe_key == any_(wanted)).cte("chain", recursive=True)
        copies = select(chain.c.key, Outbox.id, Outbox.state, Outbox.unsure).join(chain, Outbox.replaces == chain.c.id)
        found: dict[str, Leaving] = {}
        for key, _, state, unsure in await self._session.execute(select(chain.union_all(copies))):
            now = Leaving.LEFT if state is OutboxState.SENT else Leaving.UNSURE if unsure else Leaving.STAYED
            found[key] = max(now, found.get(key, now))
        return found

    async def get(self, id_: int) -> OutboxRow:
        """One letter; raises ``StorageError`` when there is none of that id."""
        row = await self._session.get(Outbox, id_, populate_existing=True)
        if row is None:
            raise StorageError(f"tidak ada surat keluar nomor {id_}")
        return to_record(OutboxRow, row)

    async def claim(self, id_: int, now: datetime, lease: timedelta) -> bool:
        """Take the letter for ``lease`` real time and count the attempt; False when it is done, early or taken."""
        number = await self._presence.show()
        taken = await self._session.scalar(
            update(Outbox)
            .where(Outbox.id == id_, Outbox.state == OutboxState.PENDING, ready(Outbox, now))
            .values(
                claimed_until=now + lease,
                claimed_by=number,
                attempts=Outbox.attempts + 1,
            )
            .returning(Outbox.id)
        )
        return taken is not None

    async def mark_tried(self, id_: int, now: datetime) -> None:
        """It is handed over now: until an answer is noted, it may have been taken without our knowing."""
        first = func.coalesce(Outbox.first_tried_at, now)
        await self._session.execute(update(Outbox).where(Outbox.id == id_).values(unsure=True, first_tried_at=first))

    async def tried_schemes(self, id_: int) -> set[Scheme]:
        """The channels of a letter and of those that it replaces."""
        chain = select(Outbox.id, Outbox.replaces, Outbox.scheme).where(Outbox.id == id_).cte("chain", recursive=True)
        earlier = select(Outbox.id, Outbox.replaces, Outbox.scheme).join(chain, Outbox.id == chain.c.replaces)
        return set(await self._session.scalars(select(chain.union_all(earlier).c.scheme)))

    async def mark_sent(self, id_: int, provider_id: str | None, now: datetime, *, withheld: bool = False) -> None:
        """The provider accepted it; ``withheld``: only word of it. News of a failure that came before stay."""
        values = {"provider_id": provider_id, "sent_at": now, "unsure": False, "withheld": withheld}
        await self._session.execute(
            update(Outbox)
            .where(Outbox.id == id_, Outbox.state.in_([OutboxState.PENDING, OutboxState.SENT]))
            .values(state=OutboxState.SENT, claimed_until=None, claimed_by=None, error_code="", error="", **values)
        )

    async def mark_failed(self, id_: int, code: str, error: str, now: datetime) -> None:
        """The provider refused for good, at ``now`` or later than it said yes."""
        await self._close(id_, OutboxState.FAILED, error_code=code, error=error, closed_at=now, unsure=False)

    async def mark_expired(self, id_: int, now: datetime, *, error: str = "", unsure: bool | None = None) -> None:
        """Too late to be of use. ``error``: what held it back; ``unsure``: it may have been taken (None: as before)."""
        told = {"error": error} if error else {}
        perhaps = {} if unsure is None else {"unsure": unsure}
        await self._close(id_, OutboxState.EXPIRED, closed_at=now, **told, **perhaps)

    async def mark_retry(
        self, id_: int, next_at: datetime, error: str, now: datetime, *, counted: bool = True, unsure: bool = False
    ) -> int:
        """A passing fault: try again at ``next_at`` (real time); returns the attempts so far.

        The fifth counted attempt makes it FAILED. ``counted=False`` gives the attempt back: an outage of our own line
        says nothing about the letter, which then waits until it expires. ``unsure``: it may have been taken.
        """
        back = 0 if counted else 1
        attempts: int | None = await self._session.scalar(
            update(Outbox)
            .where(Outbox.id == id_, Outbox.state == OutboxState.PENDING)
            .values(
                attempts=Outbox.attempts - back,
                next_try_at=next_at,
                error=error,
                claimed_until=None,
                claimed_by=None,
                unsure=unsure,
            )
            .returning(Outbox.attempts)
        )
        if attempts is None:
            raise StorageError(f"surat keluar nomor {id_} tidak sedang menunggu")
        if attempts >= MAX_ATTEMPTS:
            await self._close(id_, OutboxState.FAILED, closed_at=now)
        return attempts

    async def waiting_receipt(self, scheme: Scheme, address: str, number: str) -> OutboxRow | None:
        """The receipt about ``number`` (empty: about no submission) that still waits for further files, locked."""
        row = await self._session.scalar(
            select(Outbox)
            .where(
                Outbox.scheme == scheme,
                Outbox.to_address == address,
                Outbox.kind == "receipt",
                Outbox.state == OutboxState.PENDING,
                Outbox.attempts == 0,
                Outbox.headers["number"].astext == number,
            )
            .with_for_update()
            .execution_options(populate_existing=True)
            .limit(1)
        )
        return None if row is None else to_record(OutboxRow, row)

    async def rewrite(
        self, id_: int, text: str, headers: Mapping[str, str], message_id: int, next_at: datetime
    ) -> None:
        """Other words for a letter that nobody has tried yet; it waits until ``next_at`` (real time)."""
        await self._session.execute(
            update(Outbox)
            .where(Outbox.id == id_, Outbox.state == OutboxState.PENDING, Outbox.attempts == 0)
            .values(body=text, short=text, headers=dict(headers), message_id=message_id, next_try_at=next_at)
        )

    async def unfinished(self, now: datetime, real: datetime, limit: int = 500) -> list[int]:
        """Letters due at ``now`` (product's clock) without a job or a living claimant (``real`` time), oldest first."""
        found = await self._session.scalars(
            select(Outbox.id)
            .where(Outbox.state == OutboxState.PENDING, Outbox.due_at <= now, ready(Outbox, real))
            .where(without_job(DELIVER.name, DELIVER.argument, Outbox.id))
            .order_by(Outbox.due_at, Outbox.id)
            .limit(limit)
        )
        return list(found)

    async def exhausted(self, real: datetime, now: datetime) -> list[int]:
        """Letters whose fifth attempt died with its process become FAILED; returns their ids."""
        found = await self._session.scalars(
            update(Outbox)
            .where(Outbox.state == OutboxState.PENDING, Outbox.attempts >= MAX_ATTEMPTS, unclaimed(Outbox, real))
            .values(
                state=OutboxState.FAILED,
                error="proses berhenti pada setiap percobaan",
                claimed_until=None,
                closed_at=now,
            )
            .returning(Outbox.id)
        )
        return list(found)

    async def for_submission(self, submission_id: int) -> list[OutboxRow]:
        """Letters about one submission, oldest first."""
        return await self._rows(select(Outbox).where(Outbox.submission_id == submission_id))

    async def for_message(self, message_id: int) -> list[OutboxRow]:
        """Letters about one message, oldest first."""
        return await self._rows(select(Outbox).where(Outbox.message_id == message_id))

    async def count_since(self, to_address: str, since: datetime) -> int:
        """Letters to an address due since then: the cap against two robots that answer each other."""
        return await self._count(Outbox.to_address == to_address, Outbox.due_at >= since)

    async def sent_since(self, since: datetime) -> int:
        """Letters that left since then: the provider's daily cap."""
        return await self._count(Outbox.state == OutboxState.SENT, Outbox.sent_at >= since)

    async def counts(self) -> dict[OutboxState, int]:
        """How many letters stand where."""
        rows = await self._session.execute(select(Outbox.state, func.count()).group_by(Outbox.state))
        return {row[0]: row[1] for row in rows}

    async def _close(self, id_: int, state: OutboxState, **values: Any) -> None:
        await self._session.execute(
            update(Outbox).where(Outbox.id == id_).values(state=state, claimed_until=None, claimed_by=None, **values)
        )

    async def _rows(self, query: Select[Outbox]) -> list[OutboxRow]:
        return [to_record(OutboxRow, row) for row in await self._session.scalars(query.order_by(Outbox.id))]

    async def _count(self, *conditions: Any) -> int:
        return await self._session.scalar(select(func.count()).select_from(Outbox).where(*conditions)) or 0


def _pending(new: NewOutbox) -> dict[str, Any]:
    return {
        **to_values(new),
        "headers": dict(new.headers),
        "state": OutboxState.PENDING,
        "attempts": 0,
        "next_try_at": _AT_ONCE,
        "error_code": "",
        "error": "",
        "unsure": False,
        "withheld": False,
    }
