"""The same answers for chats: at most 600 characters, result first, number last (CONVENTIONS.md 1 and 6)."""

from collections.abc import Sequence

from domain.outcome import RECAP, Flag, QuestionDraft, QuestionKind, SubmissionDraft
from domain.reading import HeadMark, SheetKind
from domain.resolution import World
from domain.terms import Session, StatusKey, Timeliness
from domain.timing import window_of
from domain.wording import clock_time, listing
from intake.answers import duration, flag_lines, problem_line, retake_until, subject_of
from templates import render_chat

_SAID_ELSEWHERE = frozenset({Flag.HEAD_MISSING})
_NAMES = (6, 4, 2, 1)  # how many rows are named, as long as it fits; the last two in fewer words
_NAME = 30  # characters of one name
_TIMING = {
    Timeliness.ON_TIME: "TEPAT WAKTU",
    Timeliness.EARLY: "LEBIH AWAL dari jadwal dan tetap dicatat",
    Timeliness.PARTIAL: "TEPAT WAKTU SEBAGIAN",
}
_CODES = (StatusKey.DINAS_LUAR, StatusKey.SAKIT, StatusKey.CUTI, StatusKey.IZIN)


def short_receipt(draft: SubmissionDraft, number: str, world: World, mailbox: str | None = None, files: int = 1) -> str:
    """The receipt of one submission; a sheet that was not read is asked for again."""
    if not draft.received:
        return (
            _not_a_sheet(draft, number, world, files)
            if draft.kind is SheetKind.NOT_SHEET
            else _retake(draft, number, world, files)
        )
    text = ""
    for most in _NAMES:
        text = _receipt(draft, number, world, mailbox, files, most)
        if not text.endswith("…"):
            break
    return text


def _receipt(draft: SubmissionDraft, number: str, world: World, mailbox: str | None, files: int, most: int) -> str:
    profile = world.profile
    late = draft.timeliness is Timeliness.LATE
    window = None if draft.session == RECAP else window_of(world, draft.unit, draft.date, Session(draft.session))
    flags = [f for f in draft.flags if f not in _SAID_ELSEWHERE]
    return render_chat(
        "short_receipt",
        flag_lines(frozenset(flags), draft, world, mailbox),
        subject=subject_of(draft, world),
        at=clock_time(draft.at, profile),
        late=duration(draft.late_minutes) if late else "",
        limit=clock_time(window.closes, profile) if window else "",
        timing=_TIMING.get(draft.timeliness, ""),
        read=_read(draft),
        members=len(world.roster.members(draft.unit, draft.date)),
        parts=_parts(draft),
        files=files,
        brief=most <= 2,
        retake=retake_until(draft, world) if draft.ask_retake else "",
        lacking=listing([str(n) for n in draft.missing_pages]),
        unread=_listed([_asked(q, world) for q in draft.questions], most),
        empty=_listed([f"no. {no} {name}" if no is not None else name for no, name in draft.empty_rows], most),
        digits=number.rpartition("-")[2],
        codes="; ".join(code for key in _CODES if (code := profile.code_for(key))),
        number=number,
    )


def _read(draft: SubmissionDraft) -> str:
    counts = draft.counts
    if not counts.rows:
        return ""
    if not counts.reported and not counts.code:
        return f"{counts.signed} tanda tangan"
    return str(counts.signed + counts.reported + counts.code)


def _parts(draft: SubmissionDraft) -> list[str]:
    parts = []
    if draft.expected_pages > 1:
        got = draft.expected_pages - len(draft.missing_pages)
        whole = "halaman lengkap" if not draft.missing_pages else "halaman BELUM lengkap"
        parts.append(f"{whole} ({got} dari {draft.expected_pages})")
    if draft.head is HeadMark.SIGNED:
        parts.append("tanda tangan kepala ada")
    elif Flag.HEAD_MISSING in draft.flags:
        parts.append("BELUM SAH: tanda tangan kepala belum ada")
    return parts


def _asked(question: QuestionDraft, world: World) -> str:
    no = f"no. {question.paper_no} " if question.paper_no is not None else ""
    people = [world.roster.people[key].bare_name for key in question.candidates if key in world.roster.people]
    if question.kind in (QuestionKind.CELL, QuestionKind.NOTE) and people:
        return f"{no}{people[0]}"
    return f"{no}(tulisan '{question.text[:30]}')"


def _listed(names: Sequence[str], most: int) -> str:
    return listing([name if len(name) <= _NAME + 8 else name[: _NAME + 7] + "…" for name in names], most)


def _not_a_sheet(draft: SubmissionDraft, number: str, world: World, files: int) -> str:
    """Kept, timed and taken for no sheet: PERIKSA puts it to a person, at its first time."""
    window = None if draft.session == RECAP else window_of(world, draft.unit, draft.date, Session(draft.session))
    return render_chat(
        "short_not_a_sheet",
        file=listing([a.name[:40] for a in draft.arrivals if a.name], 2) or "kiriman Bapak/Ibu",
        at=clock_time(draft.at, world.profile),
        subject=subject_of(draft, world),
        limit=clock_time(window.closes, world.profile) if window else "",
        number=number,
        digits=number.rpartition("-")[2],
        files=files,
    )


def _retake(draft: SubmissionDraft, number: str, world: World, files: int) -> str:
    why = problem_line(draft.problems[0]).rstrip(".") if draft.problems else ""
    return render_chat(
        "short_retake",
        at=clock_time(draft.at, world.profile),
        why=why[:120],
        files=files,
        until=retake_until(draft, world) if draft.ask_retake else "",
        number=number,
    )


def short_no_sheet(files: Sequence[str], at: str, problems: Sequence[str] = ()) -> str:
    """A file, or none, that is nobody's sheet; ``problems`` say why, each as a sentence."""
    names = listing([name[:40] for name in files], 2)
    return render_chat(
        "short_not_a_sheet", tuple(dict.fromkeys(problems)), file=names, at=at, subject="", limit="", number="",
        digits="", files=1,
    )  # fmt: skip


def short_many(lines: Sequence[str], at: str) -> str:
    """A coordinator's message with the sheets of many units."""
    return render_chat("short_receipts", lines, count=len(lines), at=at)
