"""Fetching originals: small mails in batches, big ones streamed to disk, never more than a few megabytes in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from intake.imap_client import ImapConnection, Metadata
from intake.mail_headers import HEAD_LIMIT, parse_head
from intake.mailbox_settings import MailboxSettings


@dataclass(frozen=True, slots=True)
class Fetched:
    """One original: its bytes in ``data``, or in the file ``path`` when it is big; ``headers`` are unfolded."""

    uid: int
    internal_at: datetime | None
    headers: tuple[tuple[str, str], ...]
    size: int
    data: bytes | None = None
    path: Path | None = None


def spool_file(spool_dir: Path, account: str, uid: int) -> Path:
    """Where a big mail lies until it is archived."""
    return spool_dir / f"{account}-{uid}.mail"


def clear_spool(spool_dir: Path, account: str) -> None:
    """Remove what a killed process left: those mails were never recorded and are fetched anew."""
    spool_dir.mkdir(parents=True, exist_ok=True)
    for left in spool_dir.glob(f"{account}-*.mail"):
        left.unlink(missing_ok=True)


def batches(found: Iterable[Metadata], settings: MailboxSettings) -> list[list[Metadata]]:
    """``found`` in its order, cut into batches by number and bytes; a big mail is a batch of its own."""
    cut: list[list[Metadata]] = []
    size = 0
    for one in found:
        big = one.size > settings.stream_above
        full = not cut or len(cut[-1]) >= settings.batch or size + one.size > settings.batch_bytes
        if big or full:
            cut.append([])
            size = 0
        cut[-1].append(one)
        size += settings.batch_bytes if big else one.size
    return cut


def fetch_batch(
    connection: ImapConnection, batch: Sequence[Metadata], settings: MailboxSettings, spool_dir: Path
) -> list[Fetched]:
    """The originals of one batch; what vanished since the search is left out."""
    if len(batch) == 1 and batch[0].size > settings.stream_above:
        return _stream(connection, batch[0], spool_file(spool_dir, settings.name, batch[0].uid))
    bodies = connection.fetch([one.uid for one in batch])
    return [
        Fetched(one.uid, one.internal_at, parse_head(bodies[one.uid]), len(bodies[one.uid]), data=bodies[one.uid])
        for one in batch
        if one.uid in bodies
    ]


def _stream(connection: ImapConnection, one: Metadata, path: Path) -> list[Fetched]:
    head, size = b"", 0
    with path.open("wb") as spool:
        for piece in connection.stream(one.uid, one.size):
            head = head or piece[: HEAD_LIMIT + 4]
            size += len(piece)
            spool.write(piece)
    if not size:
        path.unlink()
        return []
    return [Fetched(one.uid, one.internal_at, parse_head(head), size, path=path)]
