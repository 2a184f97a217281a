"""The picture of one doubtful cell, cut from the archived file for whoever is asked about it."""

from domain.errors import ReadingError
from domain.ports import BlobStore
from domain.reading import Box
from parsers.preview import Preview
from parsers.registry import PICTURE_MEMORY, PICTURE_SECONDS
from parsers.sandbox import Sandbox
from storage.engine import UnitOfWork
from storage.records import LetterFile

_AROUND = 0.6  # of the cell, shown on every side of it
_LONGEST = 640  # pixels: a few kilobytes on a slow line


class CellCrops:
    """Cuts cells out in ``sandbox`` and keeps the pictures among the originals, as attachments of letters are."""

    def __init__(self, blobs: BlobStore, sandbox: Sandbox) -> None:
        self._blobs = blobs
        self._sandbox = sandbox

    async def of_question(self, uow: UnitOfWork, question_id: int) -> LetterFile | None:
        """The cell that a question is about; None where it has no place in a picture."""
        question = await uow.questions.get(question_id)
        box = next((cell.box for cell in question.cells if cell.box), None) if question else None
        if question is None or box is None:
            return None
        data = await self._blobs.get(question.sha256)
        try:
            made = await self._sandbox.run(
                "parsers.preview.preview", data, box.page, _LONGEST, _around(box), box,
                result=Preview, seconds=PICTURE_SECONDS, memory=PICTURE_MEMORY,
            )  # fmt: skip
        except ReadingError:
            return None
        return LetterFile(
            f"no-{question.paper_no or question.row + 1}.jpg", "image/jpeg", await self._blobs.put(made.jpeg)
        )


def _around(box: Box) -> Box:
    wide, tall = (box.x1 - box.x0) * _AROUND, (box.y1 - box.y0) * _AROUND
    return Box(box.page, max(box.x0 - wide, 0.0), max(box.y0 - tall, 0.0), box.x1 + wide, box.y1 + tall)
