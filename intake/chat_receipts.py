"""Receipts by chat: short, and one for all the photos of an album (facts: chat, must hold 8 and 17).

A receipt waits for a few seconds without a further file of its sender and submission; each further file rewrites the
waiting letter. It never waits longer than a minute, far within the time for a retake (TLG-05).
"""

from collections.abc import Sequence
from datetime import timedelta

from domain.outcome import Recording
from domain.ports import Clock
from domain.resolution import Delivery, World
from domain.wording import clock_time, listing
from intake.answers import answer_submission, problem_line, subject_of
from intake.letters import RECEIPT_EXPIRY
from intake.receipts import Recorded
from storage.engine import UnitOfWork
from storage.jobs import DELIVER
from storage.records import MessageRow, NewOutbox

LIMIT = 600  # characters on WhatsApp (CONVENTIONS.md 6)
QUIET = timedelta(seconds=4)
MOST = timedelta(seconds=60)
_APART = 3  # more submissions than that in one file share one letter
_CLOSING = "Pesan ini tanda terima, bukan penetapan ketidakhadiran."


async def tell_by_chat(
    uow: UnitOfWork,
    row: MessageRow,
    delivery: Delivery,
    recorded: Sequence[Recorded],
    recording: Recording,
    files: Sequence[str],
    world: World,
    clock: Clock,
) -> None:
    """Write or rewrite the receipts of one recorded chat message; call it under the units' locks."""
    if not recorded:
        await _put(uow, row, delivery, "", _no_sheet(delivery, recording, files, world), len(files), clock)
    elif len(recorded) > _APART:
        numbers = "+".join(item.number for item in recorded)
        await _put(uow, row, delivery, numbers, _many(recorded, world), len(files), clock)
    else:
        for item in recorded:
            answer = answer_submission(item.draft, item.number, world, delivery.mailbox)
            await _put(uow, row, delivery, item.number, [answer.headline, *answer.lines], len(files), clock)


async def _put(
    uow: UnitOfWork, row: MessageRow, delivery: Delivery, number: str, lines: Sequence[str], files: int, clock: Clock
) -> None:
    assert delivery.address is not None
    now = clock.now()
    real = clock.to_real(now)
    waiting = await uow.outbox.waiting_receipt(delivery.channel, delivery.address, number)
    count = files + (int(waiting.headers.get("files", "0")) if waiting else 0)
    text = fit(lines, count, number)
    if waiting is None:
        id_ = await uow.outbox.put(
            NewOutbox(
                dedupe_key=f"receipt:{row.id}:{delivery.address}:{number}",
                scheme=delivery.channel,
                to_address=delivery.address,
                kind="receipt",
                subject=f"Tanda terima {number}".strip(),
                body=text,
                short=text,
                due_at=now,
                expires_at=now + RECEIPT_EXPIRY,
                message_id=row.id,
                headers={"number": number, "files": str(count)},
            )
        )
        if id_ is None:
            return
        first = real
    else:
        id_, first = waiting.id, clock.to_real(waiting.due_at)
    at = min(real + QUIET, first + MOST)
    await uow.outbox.rewrite(id_, text, {"number": number, "files": str(count)}, row.id, at)
    await uow.defer_many(DELIVER.name, DELIVER.queue, [{DELIVER.argument: id_}], at=at)


def fit(lines: Sequence[str], files: int, number: str) -> str:
    """Headline first, number last, and of what lies between as much as fits into ``LIMIT`` characters."""
    head, *middle = lines
    if files > 1:
        middle.insert(0, f"Jumlah berkas: {files}.")
    end = f"{_CLOSING} Nomor: {number}. Terima kasih." if number else "Terima kasih."
    kept: list[str] = []
    for line in middle:
        if len("\n".join([head, *kept, line, end])) > LIMIT:
            break
        kept.append(line)
    return "\n".join([_cut(head, LIMIT - len(end) - 1), *kept, end])


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _many(recorded: Sequence[Recorded], world: World) -> list[str]:
    """A coordinator's file with the sheets of many units."""
    head = f"{len(recorded)} presensi telah kami terima."
    received = [item for item in recorded if item.draft.received]
    if len(received) < len(recorded):
        head += f" {len(recorded) - len(received)} di antaranya belum terbaca sebagai lembar presensi."
    return [head, *(f"{subject_of(item.draft, world)}: nomor {item.number}." for item in recorded)]


def _no_sheet(delivery: Delivery, recording: Recording, files: Sequence[str], world: World) -> list[str]:
    at = clock_time(delivery.official_at, world.profile)
    told = f"Berkas {listing(list(files), 3)}" if files else "Kiriman Bapak/Ibu"
    return [
        f"{told} telah kami terima dan simpan pukul {at}, tetapi tidak kami kenali sebagai lembar presensi.",
        *dict.fromkeys(problem_line(p) for p in recording.problems),
        "Mohon mengirim foto atau pindaian lembar bertanda tangan (JPG, PNG, PDF), atau buku kerja XLSX. "
        "Untuk memperoleh lembar, balas FORMAT.",
    ]
