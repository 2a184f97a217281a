"""What a person should see about a submission besides its marks. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta

from domain.columns import Column, filled_columns
from domain.disturbance import excuses
from domain.due import expected_people
from domain.outcome import RECAP, Flag, SubmissionDraft
from domain.reading import HeadMark, ProblemCode, SheetKind, Verdict
from domain.resolution import Delivery, ResolvedSheet, World
from domain.routing import RouteVerdict, identify, judge_route
from domain.terms import Scheme, Session, Timeliness
from domain.timing import pattern_of, window_of

CLOCK_TOLERANCE = timedelta(minutes=2)  # TLG-04

_ROUTES = {RouteVerdict.WRONG_ROUTE: Flag.WRONG_ROUTE, RouteVerdict.STRANGER: Flag.STRANGER}


def flags_of(
    draft: SubmissionDraft,
    sheets: Sequence[ResolvedSheet],
    delivery: Delivery,
    known: frozenset[Column],
    world: World,
) -> frozenset[Flag]:
    """All flags of a submission after this message: earlier ones stay unless this message cured them."""
    now = _route(draft, delivery, world) | _due(draft, world) | _time(draft, delivery, world)
    now |= _content(draft, sheets) | _columns(draft, sheets, known, delivery, world) | _resend(draft, delivery)
    if delivery.channel in (Scheme.WHATSAPP, Scheme.TELEGRAM):
        now.add(Flag.BY_CHAT)
    if any(s.unit_from_sender for s in sheets):
        now.add(Flag.UNIT_FROM_SENDER)
    before = draft.existing.flags if draft.existing else frozenset()
    return frozenset(now | (before - _cured(draft, delivery)))


def _route(draft: SubmissionDraft, delivery: Delivery, world: World) -> set[Flag]:
    flags = set() if delivery.verified else {Flag.UNVERIFIED}
    day = delivery.official_at.astimezone(world.profile.tz).date()
    identity = identify(world.roster, delivery.channel, delivery.address, day)
    coordinator = world.roster.sender_of(draft.unit)
    works = world.calendar.day(draft.date, pattern_of(world, coordinator), coordinator).working
    route = _ROUTES.get(judge_route(world.roster, draft.unit, identity, coordinator_works=works))
    if route:
        flags.add(route)
    unit = world.roster.units.get(draft.unit)
    if unit and unit.mailbox and delivery.mailbox and unit.mailbox != delivery.mailbox:
        flags.add(Flag.WRONG_MAILBOX)  # TLG-17
    return flags


def _due(draft: SubmissionDraft, world: World) -> set[Flag]:
    """TLG-00, TLG-06: what arrives when nothing is due is kept and shown, and said to be so."""
    if draft.session == RECAP:
        return set()
    if not world.calendar.day(draft.date, pattern_of(world, draft.unit), draft.unit).working:
        return {Flag.NOT_DUE}
    expected = expected_people(world.roster, world.periods, draft.unit, draft.date, Session(draft.session))
    return {Flag.OUTSIDE_PERIOD} if expected is None else set()


def _time(draft: SubmissionDraft, delivery: Delivery, world: World) -> set[Flag]:
    flags = set()
    claimed = delivery.sent_at
    if claimed and abs(delivery.official_at - claimed) > CLOCK_TOLERANCE:
        flags.add(Flag.TIME_GAP)
    if draft.timeliness not in (Timeliness.LATE, Timeliness.PARTIAL) or draft.session == RECAP:
        return flags
    window = window_of(world, draft.unit, draft.date, Session(draft.session))
    signed = delivery.provider_signed_at
    if draft.timeliness is Timeliness.LATE and window and signed and window.opens <= signed < window.late_from:
        flags.add(Flag.SENT_IN_TIME)
    if window and excuses(delivery.disturbances, window, delivery.official_at):
        flags.add(Flag.OUR_INCIDENT)
    return flags


def _content(draft: SubmissionDraft, sheets: Sequence[ResolvedSheet]) -> set[Flag]:
    flags = set()
    kinds = {s.sheet.kind for s in sheets}
    if SheetKind.IMAGE in kinds:
        flags.add(Flag.PENDING)
    elif _is_typed(draft, sheets) and not _pending_before(draft):
        flags.add(Flag.NO_SIGNATURE)  # BLG-03
    if draft.head is HeadMark.EMPTY:
        flags.add(Flag.HEAD_MISSING)  # TLG-08
    if draft.ask_retake:
        flags.add(Flag.RETAKE)
    if draft.missing_pages:
        flags.add(Flag.INCOMPLETE_PAGES)
    if draft.absentees:
        flags.add(Flag.PEOPLE_MISSING)
    if any(p.code is ProblemCode.FORM_RETIRED for p in draft.problems):
        flags.add(Flag.OTHER_PRINT)
    if any(p.code is ProblemCode.NAMES_DIFFER for p in draft.problems):
        flags.add(Flag.NAMES_DIFFER)
    if any(p.code is ProblemCode.DATE_MISSING for p in draft.problems):
        flags.add(Flag.DATE_GUESSED)
    return flags


def _is_typed(draft: SubmissionDraft, sheets: Sequence[ResolvedSheet]) -> bool:
    """Whether a sheet came on which nobody signed; a file without any row says nothing of signatures."""
    told = draft.existing is None or any(s.sheet.rows for s in sheets)
    return draft.received and draft.session != RECAP and told and not _has_ink(sheets)


def _pending_before(draft: SubmissionDraft) -> bool:
    """A picture that came before may carry the ink; its reading is still to come."""
    return draft.existing is not None and Flag.PENDING in draft.existing.flags


def _has_ink(sheets: Sequence[ResolvedSheet]) -> bool:
    """Whether somebody signed; what is doubtful on a printed sheet is no typed mark, and may be a signature."""
    return any(
        c.verdict is Verdict.SIGNED or (s.sheet.form and c.verdict is Verdict.UNSURE)
        for s in sheets
        for row in s.sheet.rows
        for c in row.cells
    )


def _columns(
    draft: SubmissionDraft,
    sheets: Sequence[ResolvedSheet],
    known: frozenset[Column],
    delivery: Delivery,
    world: World,
) -> set[Flag]:
    """Marks for a session that has not begun are "mendahului"; new ones in a session long past are "susulan"."""
    if draft.session == RECAP:
        return set()
    flags = set()
    own = (draft.date, Session(draft.session))
    filled = {c for s in sheets for c in filled_columns(s.sheet)}
    for day, session in filled - {own}:
        window = window_of(world, draft.unit, day, session)
        if window and window.opens > delivery.official_at:
            flags.add(Flag.AHEAD)
        elif window and window.late_from <= delivery.official_at and (day, session) not in known:
            flags.add(Flag.SUSULAN)
    if own in filled and _is_ahead(own, delivery, draft, world):
        flags.add(Flag.AHEAD)
    if own[1] is Session.DATANG and own not in known and _first_seen_in_evening(own[0], filled, delivery, draft, world):
        flags.add(Flag.SUSULAN)
    return flags


def _is_ahead(own: Column, delivery: Delivery, draft: SubmissionDraft, world: World) -> bool:
    """A day that has not come, or a departure signed before the arrivals of its day are closed."""
    day, session = own
    if day > delivery.official_at.astimezone(world.profile.tz).date():
        return True
    morning = window_of(world, draft.unit, day, Session.DATANG)
    return session is Session.PULANG and morning is not None and delivery.official_at < morning.late_from


def _first_seen_in_evening(
    day: date, filled: set[Column], delivery: Delivery, draft: SubmissionDraft, world: World
) -> bool:
    """TLG-05a: "pertama terlihat 15.40"."""
    window = window_of(world, draft.unit, day, Session.DATANG)
    return bool(window and (day, Session.PULANG) in filled and delivery.official_at >= window.late_from)


def _resend(draft: SubmissionDraft, delivery: Delivery) -> set[Flag]:
    before = draft.existing
    if before is None or not before.received:
        return set()
    return {Flag.SAME_FILE if {a.file for a in draft.arrivals} <= before.files else Flag.RESENT}


def _cured(draft: SubmissionDraft, delivery: Delivery) -> set[Flag]:
    """What this message settled: a verified copy, ink, a head's signature, a readable retake, the missing page."""
    cured = {Flag.SAME_FILE, Flag.SAME_PHOTO, Flag.RESENT, Flag.INCOMPLETE_PAGES, Flag.PEOPLE_MISSING}
    if delivery.verified:
        cured.add(Flag.UNVERIFIED)
    if draft.received:
        cured |= {Flag.DATE_GUESSED, Flag.UNIT_FROM_SENDER}
    if draft.received and not draft.missing_pages:
        cured.add(Flag.RETAKE)
    if draft.counts.signed or any(a.kind is SheetKind.IMAGE for a in draft.arrivals):
        cured.add(Flag.NO_SIGNATURE)
    if draft.head is HeadMark.SIGNED:
        cured.add(Flag.HEAD_MISSING)
    return cured
