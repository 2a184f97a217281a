"""The heart: a resolved message + what is known → submissions, marks, questions and flags. Pure.

Rules: TLG-01..06, TLG-05a, TLG-08, TLG-11..17, BLG-03. Nothing here makes anyone absent (TLG-18).
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from domain.columns import Column, all_columns, filled_columns, own_column
from domain.combining import combine
from domain.flags import flags_of
from domain.identity import How
from domain.look import Look, look_of, merged
from domain.looks import added_columns, look_flags
from domain.outcome import (
    COUNTED,
    RECAP,
    ArrivalDraft,
    Counts,
    Flag,
    Known,
    KnownSubmission,
    Recording,
    SubmissionDraft,
)
from domain.reading import HeadMark, Problem, ProblemCode, SheetKind, Verdict
from domain.resolution import Delivery, Resolution, ResolvedSheet, World
from domain.rows import RowWork, work_rows
from domain.terms import Session, Timeliness
from domain.timing import judge_apel, judge_recap, judge_session, window_of

UNREADABLE_KINDS = (SheetKind.NOT_SHEET, SheetKind.UNREADABLE)
_RETAKE = frozenset(
    {
        ProblemCode.DAMAGED,
        ProblemCode.ENCRYPTED,
        ProblemCode.TOO_SLOW,
        ProblemCode.CRASHED,
        ProblemCode.UNSUPPORTED_ARCHIVE,
        ProblemCode.UNSUPPORTED_TYPE,
        ProblemCode.TOO_LARGE,
        ProblemCode.BOMB,
        ProblemCode.EMPTY_FILE,
        ProblemCode.BLURRED,
        ProblemCode.CROPPED,
    }
)


_MARKS = {Verdict.SIGNED: HeadMark.SIGNED, Verdict.EMPTY: HeadMark.EMPTY}


@dataclass(frozen=True, slots=True)
class Target:
    """The submission a sheet belongs to; ``session`` is a Session value or ``rekap``."""

    unit: str
    date: date
    session: str


def record(delivery: Delivery, resolution: Resolution, known: Known, world: World) -> Recording:
    """What is to be written for one message, given what the desk already knows of its units."""
    groups: dict[Target, list[ResolvedSheet]] = defaultdict(list)
    loose: list[ResolvedSheet] = []
    pictures: list[ResolvedSheet] = []
    for resolved in combine(resolution.sheets):
        target = _target(resolved, resolution, known)
        if target is None:
            (pictures if resolved.sheet.kind in (SheetKind.IMAGE, *UNREADABLE_KINDS) else loose).append(resolved)
        else:
            groups[target].append(resolved)
    unjoined = _join_pictures(pictures, groups, resolution)
    drafts = [
        _draft(target, sheets, delivery, known, world, _nameless(target, resolution, known))
        for target, sheets in groups.items()
    ]
    drafts.extend(_first_seen_later(groups, drafts, delivery, known, world))
    rest = loose + unjoined
    return Recording(
        submissions=tuple(drafts),
        loose=tuple(a for r in rest for a in _arrivals(r)),
        problems=_problems(rest),
        unit_candidates=tuple(dict.fromkeys(c for r in rest for c in r.unit_candidates)),
        looks=_looks_after([s for sheets in groups.values() for s in sheets], delivery, known),
    )


def _looks_after(sheets: Sequence[ResolvedSheet], delivery: Delivery, known: Known) -> tuple[Look, ...]:
    """What is known of every printed page of the message once it is recorded."""
    before = {look.form: look for looks in known.looks.values() for look in looks}
    seen = {look.form: look for s in sheets if (look := _look(s, delivery))}
    return tuple(merged(before.get(form), look) for form, look in seen.items())


def _look(resolved: ResolvedSheet, delivery: Delivery) -> Look | None:
    """What the page shows, with the pictures of every photo of it: each of them may come again."""
    form = resolved.sheet.form
    others = [s for file in resolved.also for s in file.reading.sheets if form and s.form and s.form.id == form.id]
    return look_of(resolved.sheet, delivery.official_at, [s.look for s in others])


def _is_person_sheet(resolved: ResolvedSheet) -> bool:
    """A sheet in which at least one row may be somebody of the unit; a list of strangers is no sheet of it."""
    return bool(resolved.sheet.rows) and any(m.how is not How.NONE for m in resolved.matches)


def _target(resolved: ResolvedSheet, resolution: Resolution, known: Known) -> Target | None:
    """Where a readable sheet belongs; None for pictures, unreadable files and sheets nobody can place."""
    if resolved.unit is None or resolved.sheet.kind in (SheetKind.IMAGE, *UNREADABLE_KINDS):
        return None
    if not _is_person_sheet(resolved):
        return None
    sheet, unit = resolved.sheet, resolved.unit
    if sheet.kind is SheetKind.MONTHLY and not all_columns(sheet):
        return None  # a month that nobody could date is no sheet of today
    if sheet.kind is SheetKind.RECAP or _is_past_month(resolved, resolution.hints.day, known):
        return Target(unit, max(sheet.dates) if sheet.dates else resolution.hints.day, RECAP)
    day, session = own_column(sheet, known.columns.get(unit, frozenset()), resolution.hints)
    return Target(unit, day, session.value)


def _is_past_month(resolved: ResolvedSheet, today: date, known: Known) -> bool:
    """A month of sessions (form E) sent after its days is a report of that month (BLG-35), not today's sheet."""
    if resolved.sheet.kind is not SheetKind.MONTHLY:
        return False
    days = {d for d, _ in filled_columns(resolved.sheet)}
    return bool(days) and today not in days and len(days) > 1


def _join_pictures(
    pictures: list[ResolvedSheet], groups: dict[Target, list[ResolvedSheet]], resolution: Resolution
) -> list[ResolvedSheet]:
    """A picture beside a readable sheet joins it; alone it belongs to its sender's unit and the moment it came."""
    unjoined = []
    readable = list(groups)
    for resolved in pictures:
        own = resolution.identity.units[0] if resolution.identity and resolution.identity.units else None
        unit = resolved.unit or own
        beside = next((t for t in readable if t.unit == unit), readable[0] if len(readable) == 1 else None)
        if beside:
            groups[beside].append(resolved)
        elif unit:
            hints = resolution.hints
            groups[Target(unit, hints.date or hints.day, hints.best_session.value)].append(resolved)
        else:
            unjoined.append(resolved)
    return unjoined


def _nameless(target: Target, resolution: Resolution, known: Known) -> KnownSubmission | None:
    """The sender's picture of that session, still to be retaken, that named no unit: it may have been this unit's.

    A coordinator (TLG-13) sends for many; such a picture was put down to its own unit.
    """
    own = resolution.identity.units[0] if resolution.identity and resolution.identity.units else ""
    before = known.submissions.get((own, target.date, target.session))
    unnamed = before and not before.received and Flag.UNIT_FROM_SENDER in before.flags
    return before if unnamed and own != target.unit else None


def _draft(
    target: Target,
    sheets: list[ResolvedSheet],
    delivery: Delivery,
    known: Known,
    world: World,
    nameless: KnownSubmission | None = None,
) -> SubmissionDraft:
    existing = known.submissions.get((target.unit, target.date, target.session))
    readable = [s for s in sheets if s.sheet.kind not in UNREADABLE_KINDS]
    received = bool(readable) or (existing is not None and existing.received)
    at = official_time(delivery.official_at, existing or nameless, timedelta(minutes=world.profile.retake_minutes))
    timing = _timing(target, readable, at, existing, world)
    work = _work_all(target, readable, delivery, world)
    counts = work.counts.plus(_counts_elsewhere(target, readable, known))
    draft = SubmissionDraft(
        unit=target.unit,
        date=target.date,
        session=target.session,
        kind=(readable or sheets)[0].sheet.kind,
        received=received,
        at=existing.first_at if existing and existing.received else at,
        timeliness=timing.timeliness,
        late_minutes=timing.late_minutes,
        counts=counts,
        arrivals=tuple(a for s in sheets for a in _arrivals(s)),
        facts=work.facts,
        questions=work.questions,
        head=_head(target, readable),
        problems=_problems(sheets),
        absentees=work.absentees if readable and any(s.sheet.rows for s in readable) else (),
        empty_rows=work.empty_rows,
        expected_pages=timing.expected_pages,
        missing_pages=timing.missing_pages,
        existing=existing,
        ask_retake=bool(not received or timing.missing_pages)
        and any(p.code in _RETAKE for s in sheets for p in s.sheet.problems),
        retake_asked_at=delivery.official_at,
    )
    draft = _kept(draft, existing, readable)
    columns = known.columns.get(target.unit, frozenset())
    seen = [look for s in readable if (look := _look(s, delivery))]
    of_looks = frozenset(flag for look in seen for flag in look_flags(look, known.looks.get(target.unit, ())))
    of_looks |= _own_form(target, sheets, known) | _added_late(target, seen, delivery, known, world)
    return replace(draft, flags=flags_of(draft, sheets, delivery, columns, world) | of_looks)


def _kept(
    draft: SubmissionDraft, existing: KnownSubmission | None, readable: Sequence[ResolvedSheet]
) -> SubmissionDraft:
    """What the submission's sheets came to stays where this message shows no row of anybody.

    A head's signature that was seen once is not gone because another page came.
    """
    if existing is None or not existing.received:
        return draft
    head = existing.head if existing.head is HeadMark.SIGNED else draft.head
    if any(s.sheet.rows for s in readable):
        return replace(draft, head=head)
    return replace(
        draft,
        head=existing.head,
        kind=draft.kind if readable else existing.kind,
        counts=existing.counts,
        absentees=existing.absentees,
        empty_rows=existing.empty_rows,
    )


def _added_late(
    target: Target, seen: Sequence[Look], delivery: Delivery, known: Known, world: World
) -> frozenset[Flag]:
    """A signature that an earlier picture of the page, taken for that session or later, did not show yet.

    ``flags_of`` sees columns alone; here the window was closed before the cell was seen with ink, be it only one.
    """
    before = known.looks.get(target.unit, ())
    for look in seen:
        last = max((known_look.seen_at for known_look in before if known_look.form == look.form), default=None)
        for day, session in added_columns(look, before):
            window = window_of(world, target.unit, day, session)
            if last and window and window.opens <= last and window.late_from <= delivery.official_at:
                return frozenset({Flag.SUSULAN})
    return frozenset()


def official_time(official_at: datetime, existing: KnownSubmission | None, retake: timedelta) -> datetime:
    """TLG-05: a retake the desk asked for, sent within ``retake``, keeps the time of the first attempt.

    That holds for a page as well that was unreadable while the others were read.
    """
    if existing is None or existing.retake_asked_at is None:
        return official_at
    if existing.received and Flag.RETAKE not in existing.flags:
        return official_at
    return existing.first_at if official_at - existing.retake_asked_at <= retake else official_at


@dataclass(frozen=True, slots=True)
class _Timing:
    timeliness: Timeliness
    late_minutes: int
    expected_pages: int = 1
    missing_pages: tuple[int, ...] = ()


def _timing(
    target: Target, readable: Sequence[ResolvedSheet], at: datetime, existing: KnownSubmission | None, world: World
) -> _Timing:
    if target.session == RECAP:
        if existing and existing.received:
            return _Timing(existing.timeliness, existing.late_minutes)
        return _Timing(*judge_recap(world, target.unit, target.date, at))
    if any(s.sheet.kind is SheetKind.APEL for s in readable) and not (existing and existing.received):
        return _Timing(*judge_apel(world, target.unit, target.date, at))
    if existing and existing.received and not any(s.sheet.rows for s in readable):
        return _Timing(existing.timeliness, existing.late_minutes, existing.expected_pages, existing.missing_pages)
    forms = [s.sheet.form for s in readable if s.sheet.form]
    expected = max((f.pages for f in forms), default=1)
    pages = dict(existing.pages) if existing and existing.received else {}
    for number in {f.page for f in forms} or {1}:
        pages.setdefault(number, at)
    verdict = judge_session(world, target.unit, target.date, Session(target.session), pages)
    missing = tuple(n for n in range(1, expected + 1) if n not in pages)
    return _Timing(verdict[0], verdict[1], expected, missing)


def _work_all(target: Target, readable: Sequence[ResolvedSheet], delivery: Delivery, world: World) -> RowWork:
    work = RowWork()
    for resolved in readable:
        column = None if target.session == RECAP else (target.date, Session(target.session))
        trusted = delivery.verified and not _is_new_layout(resolved)
        work = work.plus(work_rows(resolved, column, trusted, world.profile))
    listed = {m.person for s in readable for m in s.matches if m.person}
    asked = {c for s in readable for m in s.matches if m.how is How.ASK for c in m.candidates}
    members = world.roster.members(target.unit, target.date)
    # Whoever stands on a page that has not come is not missing from the sheet.
    whole = all(_all_pages_of(s, readable) for s in readable)
    absentees = tuple(p.key for p in members if whole and p.key not in listed and p.key not in asked)
    return replace(work, absentees=absentees)


def _counts_elsewhere(target: Target, sheets: Sequence[ResolvedSheet], known: Known) -> Counts:
    """What earlier messages showed of the session on the other pages of the same printed sheet."""
    forms = [s.sheet.form for s in sheets if s.sheet.form]
    here = {form.page for form in forms}
    pages: dict[int, Look] = {}
    for look in sorted(known.looks.get(target.unit, ()), key=lambda look: look.seen_at):
        if forms and look.week == forms[0].week and look.page not in here and look.page <= forms[0].pages:
            pages[look.page] = look
    own = (target.date, target.session)
    seen = [c.verdict for look in pages.values() for c in look.cells if (c.date, c.session) == own]
    return Counts(*(seen.count(verdict) for verdict in COUNTED))


def _all_pages_of(resolved: ResolvedSheet, sheets: Sequence[ResolvedSheet]) -> bool:
    form = resolved.sheet.form
    return form is None or {s.sheet.form.page for s in sheets if s.sheet.form} >= set(range(1, form.pages + 1))


def is_own_form(resolved: ResolvedSheet) -> bool:
    """Whether a sheet was read from a picture of a form that is not the desk's (``parsers.foreign_scan``)."""
    return "foreign_scan" in resolved.file.reading.reader and bool(resolved.sheet.rows) and not resolved.sheet.form


def _own_form(target: Target, sheets: Sequence[ResolvedSheet], known: Known) -> frozenset[Flag]:
    """A form of the office's own where the desk's was at hand, and a layout that nobody confirmed yet."""
    own = any(is_own_form(s) for s in sheets)
    flags = {Flag.OWN_FORM} if own and (target.unit, target.date) in known.printed else set()
    return frozenset(flags | ({Flag.NEW_LAYOUT} if any(map(_is_new_layout, sheets)) else set()))


def _is_new_layout(resolved: ResolvedSheet) -> bool:
    """What was read by a column map that nobody confirmed is shown, and counts no more than an unproven sender's."""
    return any(p.code is ProblemCode.NEW_LAYOUT for p in resolved.sheet.problems)


def _first_seen_later(
    groups: dict[Target, list[ResolvedSheet]],
    drafts: Sequence[SubmissionDraft],
    delivery: Delivery,
    known: Known,
    world: World,
) -> list[SubmissionDraft]:
    """TLG-05a: a datang column first seen in the pulang mail makes the unit's datang late; people keep their marks."""
    extra = []
    for target, sheets in groups.items():
        if target.session != Session.PULANG.value:
            continue
        morning = Target(target.unit, target.date, Session.DATANG.value)
        before = known.submissions.get((morning.unit, morning.date, morning.session))
        column: Column = (target.date, Session.DATANG)
        seen = [s for s in sheets if column in filled_columns(s.sheet)]
        if not seen or morning in groups or (before and before.received):
            continue
        draft = _draft(morning, seen, delivery, known, world)
        # The evening submission already carries every fact of these sheets.
        extra.append(replace(draft, facts=()))
    return [d for d in extra if d not in drafts]


def _arrivals(resolved: ResolvedSheet) -> tuple[ArrivalDraft, ...]:
    form, kind = resolved.sheet.form, resolved.sheet.kind
    page = form.page if form else resolved.index + 1
    files = (resolved.file, *resolved.also)
    return tuple(ArrivalDraft(f.sha256, f.name, page, kind, kind not in UNREADABLE_KINDS) for f in files)


def _head(target: Target, sheets: Sequence[ResolvedSheet]) -> HeadMark:
    """The best sight of the head's signature over all pages; a printed week has a paraf for each session (TLG-08)."""
    order = (HeadMark.SIGNED, HeadMark.UNSURE, HeadMark.EMPTY)
    own = (target.date, target.session)
    parafs = {c.verdict for s in sheets for c in s.sheet.heads if (c.date, c.session) == own}
    seen = {s.sheet.head for s in sheets if not s.sheet.heads or not parafs}
    seen |= {_MARKS.get(verdict, HeadMark.UNSURE) for verdict in parafs}
    return next((h for h in order if h in seen), HeadMark.ABSENT)


def _problems(sheets: Sequence[ResolvedSheet]) -> tuple[Problem, ...]:
    """What is to be told; that the back of a sheet is no sheet is not, where its file was read."""
    read = {s.file.sha256 for s in sheets if s.sheet.rows}
    told = (p for s in sheets for p in (*s.sheet.problems, *s.file.reading.problems) if not _is_back(s, p, read))
    return tuple(dict.fromkeys(told))


def _is_back(resolved: ResolvedSheet, told: Problem, read: Collection[str]) -> bool:
    return told.code is ProblemCode.NOT_SHEET and resolved.file.sha256 in read
