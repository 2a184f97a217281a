"""A chat message whose files are in the archive, taken apart like a mail (``intake.opening``)."""

from domain.ports import BlobStore
from intake.event import event_of
from intake.mime import MailPart
from intake.opening import Opened
from storage.engine import Database
from storage.records import MessageRow


async def open_chat(db: Database, blobs: BlobStore, row: MessageRow) -> Opened:
    """The provider vouches for the sender's address: it signed the request, or gave it to us itself."""
    event = event_of(row)
    async with db.begin() as uow:
        files = await uow.files.for_message(row.id)
        types = {f.sha256: found.media_type if (found := await uow.files.get(f.sha256)) else "" for f in files}
    parts = [
        MailPart(f.part, f.name, types[f.sha256], "attachment", await blobs.get(f.sha256))
        for f in sorted(files, key=lambda f: int(f.part))
    ]
    return Opened(
        address=event.address,
        proven=True,
        answerable=True,
        subject="",
        text=event.text,
        parts=tuple(parts),
        reason="Dijamin penyedia saluran.",
        addresses=event.addresses,
    )
