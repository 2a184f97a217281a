"""A file that two readers share: pages of text by one, pages that are pictures by the other."""

from dataclasses import replace

from domain.reading import FileReading, SheetKind

PICTURES = "pictures"
"""Key in ``FileReading.extra``: the pages, from 1 and separated by commas, that the first reader left as pictures."""


def picture_pages(reading: FileReading) -> frozenset[int]:
    """The pages left for those who can see."""
    return frozenset(int(page) for page in reading.extra.get(PICTURES, "").split(",") if page)


def joined(text: FileReading, seen: FileReading) -> FileReading:
    """Both readings as one; the pictures' places are taken by what was seen on them."""
    if not seen.sheets:
        return text
    kept = tuple(sheet for sheet in text.sheets if sheet.kind is not SheetKind.IMAGE)
    return replace(
        seen,
        reader=f"{text.reader}+{seen.reader}" if kept else seen.reader,
        sheets=kept + seen.sheets,
        problems=tuple(dict.fromkeys(text.problems + seen.problems)),
        pages=text.pages,
        extra={**text.extra, **seen.extra},
        seconds=round(text.seconds + seen.seconds, 3),
    )
