"""What lies ready when a day is over: the desk's attachments, saved from the mailboxes they were sent to."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from demo.post_office import Letter, PostOffice
from demo.programme import Scene

FOLDER = "hasil"


def saved(scene: Scene, addresses: Iterable[str], subject: str, place: str, label: str) -> Sequence[str]:
    """Save the attachments of the letters whose subject begins with ``subject``; one line says how many, and where."""
    folder = scene.folder / FOLDER / place
    count = 0
    for address in addresses:
        for letter in letters(scene.officers.post, address, subject):
            for name, data in attachments(letter):
                folder.mkdir(parents=True, exist_ok=True)
                _free(folder, name).write_bytes(data)
                count += 1
    return [f"{label}: {count} berkas, di {folder}"] if count else [f"{label}: belum ada"]


def letters(post: PostOffice, address: str, subject: str) -> list[Letter]:
    """The letters in ``address`` whose subject begins with ``subject``, oldest first."""
    return [one for one in post.letters(address) if str(one.message["Subject"]).startswith(subject)]


def attachments(letter: Letter) -> list[tuple[str, bytes]]:
    """Name and bytes of every attachment."""
    return [
        (str(part.get_filename()), bytes(part.get_payload(decode=True))) for part in letter.message.iter_attachments()
    ]


def _free(folder: Path, name: str) -> Path:
    """A name that is not taken yet: two units' files never hide each other."""
    path, number = folder / name, 2
    while path.exists():
        path = folder / f"{Path(name).stem} ({number}){Path(name).suffix}"
        number += 1
    return path
