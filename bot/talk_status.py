"""Questions that change nothing: STATUS, BELUM, FORMAT, RIWAYAT, REKAP, CEK."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from bot.talk_scene import LINK_LIFE, Scene, say
from domain.commands import Spoken
from domain.due import Due, due_on
from domain.errors import UsageError
from domain.marks import Mark, MarkState, SeenFact, current_mark
from domain.terms import Session, Timeliness
from domain.windows import windows_on
from domain.wording import long_date, month_name
from intake.answers import duration
from intake.talk import Reply
from storage.records import FactRow, SubmissionRow
from templates import render_chat

_TIMING = {
    Timeliness.ON_TIME: "tepat waktu",
    Timeliness.EARLY: "lebih awal",
    Timeliness.PARTIAL: "tepat waktu sebagian",
    Timeliness.LATE: "TERLAMBAT",
}


async def status(scene: Scene) -> Sequence[Reply]:
    """STATUS: the speaker's units today, its own first."""
    if not scene.speaker.units:
        return await missing(scene) if scene.speaker.receiver else say("chat_nothing_due", day=long_date(scene.today))
    own = scene.speaker.units[0]
    lines: list[str] = []
    for unit in scene.speaker.units:
        lines += await _unit_lines(scene, unit, named=len(scene.speaker.units) > 1)
    known = scene.world.roster.units[own]
    day = scene.world.calendar.day(scene.today, known.pattern, own)
    return say(
        "chat_status",
        lines,
        unit=scene.unit_name(own),
        day=long_date(scene.today),
        as_of=scene.clock(scene.now),
        day_off="" if day.working or lines else day.reason,
    )


async def _unit_lines(scene: Scene, unit: str, *, named: bool) -> list[str]:
    world = scene.world
    owed = {d.window.session for d in _dues(scene) if d.unit == unit}
    lines = []
    for window in windows_on(world.profile, scene.today, world.roster.units[unit].pattern):
        found = await scene.uow.submissions.find(unit, scene.today, window.session.value)
        if found is None and window.session not in owed:
            continue
        about = scene.session_name(window.session) + (f" {scene.unit_name(unit)}" if named else "")
        if found is None or not found.state.received:
            limit = f"batas pukul {scene.clock(window.closes)}"
            told = f"belum terbaca ({found.number}); {limit}" if found else f"BELUM DITERIMA; {limit}"
        else:
            told = await _received(scene, found)
        lines.append(f"{about}: {told}.")
    return lines


async def _received(scene: Scene, row: SubmissionRow) -> str:
    state = row.state
    late = f" {duration(state.late_minutes)}" if state.timeliness is Timeliness.LATE else ""
    counts = state.counts
    read = counts.signed + counts.reported + counts.code
    asked = (await scene.uow.questions.open_counts([row.id])).get(row.id, 0)
    told = f"diterima {scene.clock(state.at)}, {_TIMING[state.timeliness]}{late}"
    if counts.rows:
        told += f", terbaca {read} dari {counts.rows}"
    return told + (f", {asked} pertanyaan" if asked else "") + f" ({row.number})"


def _dues(scene: Scene, day: date | None = None) -> tuple[Due, ...]:
    world = scene.world
    return due_on(world.roster, world.calendar, world.profile, world.periods, day or scene.today)


async def missing(scene: Scene) -> Sequence[Reply]:
    """BELUM, for receivers: the missing units of the session that is due now, or was last."""
    if not scene.speaker.receiver:
        return say("chat_receivers_only", command="BELUM", agency=scene.world.profile.agency)
    dues = _dues(scene)
    if not dues:
        return say("chat_nothing_due", day=long_date(scene.today))
    begun = [d.window for d in dues if d.window.opens <= scene.now]
    window = max(begun, key=lambda w: w.opens) if begun else min((d.window for d in dues), key=lambda w: w.opens)
    session = window.session
    owed = [d for d in dues if d.window.session is session]
    received = await scene.uow.submissions.received_on(scene.today)
    absent = [d for d in owed if (d.unit, session.value) not in received]
    return say(
        "chat_missing",
        [scene.unit_name(d.unit) for d in absent],
        session=scene.session_name(session),
        day=long_date(scene.today),
        total=len(absent),
        due=len(owed),
        as_of=scene.clock(scene.now),
        closes=scene.clock(max(d.window.closes for d in owed)),
    )


async def forms(scene: Scene, *, new_copy: bool) -> Sequence[Reply]:
    """FORMAT, FORMAT ULANG: the unit's sheets as files of the answer."""
    agency = scene.world.profile.agency
    if scene.desk.forms is None or not scene.speaker.units:
        reason = (
            "alamat ini tidak mewakili satu unit" if not scene.speaker.units else "pencetakan sedang tidak tersedia"
        )
        return say("chat_forms_none", reason=reason, agency=agency)
    unit = scene.speaker.units[0]
    try:
        letter = await scene.desk.forms.format_letter(unit, by=scene.speaker.address, new_copy=new_copy)
    except UsageError as error:
        return say("chat_forms_none", reason=str(error), agency=agency)
    text = render_chat("chat_forms", unit=scene.unit_name(unit), week=letter.week, copy=letter.copy, again=letter.again)
    return [Reply(text, files=letter.files)]


async def history(scene: Scene) -> Sequence[Reply]:
    """RIWAYAT: the speaker's own marks of the running month, nobody else's (MLG-31)."""
    person = scene.speaker.person
    if person is None:
        return say("chat_history_nobody")
    first = scene.today.replace(day=1)
    facts = await scene.uow.facts.for_people([person], first, scene.today)
    await scene.uow.audit.add("history_read", "person", person, scene.speaker.scheme.value, scene.now)
    marks = _marks(facts)
    counted = Counter(_told(scene, mark) for mark in marks.values())
    lines = [_day_line(scene, day, marks) for day in sorted({day for day, _ in marks}, reverse=True)]
    return say(
        "chat_history",
        lines,
        name=scene.person_name(person),
        month=month_name(scene.today),
        as_of=scene.clock(scene.now),
        counts=", ".join(f"{word} {n}" for word, n in counted.most_common()) or "belum ada catatan",
    )


def _marks(facts: Sequence[FactRow]) -> dict[tuple[date, Session], Mark]:
    by_session: dict[tuple[date, Session], list[SeenFact]] = {}
    for fact in facts:
        for session in (fact.session,) if fact.session else tuple(Session):
            seen = SeenFact(
                fact.verdict, fact.recorded_at, fact.seen_at, fact.source, fact.verified, fact.key, fact.time
            )
            by_session.setdefault((fact.date, session), []).append(seen)
    return {place: current_mark(seen) for place, seen in by_session.items()}


def _told(scene: Scene, mark: Mark) -> str:
    if mark.state is MarkState.SIGNED:
        return "tanda tangan"
    if mark.state is MarkState.REPORTED:
        return "diketik"
    if mark.state is MarkState.CODE and mark.key is not None:
        return scene.world.profile.code_for(mark.key) or mark.key.value
    if mark.state is MarkState.TO_CHECK:
        return "diperiksa"
    said = scene.world.profile.code_for(mark.said) if mark.said else None
    return f"belum lengkap ({said} menurut petugas)" if said else "belum lengkap"


def _day_line(scene: Scene, day: date, marks: dict[tuple[date, Session], Mark]) -> str:
    told = [
        f"{scene.session_name(session).lower()} {_told(scene, marks[day, session])}"
        for session in Session
        if (day, session) in marks
    ]
    return f"{day:%d/%m}: {', '.join(told)}"


async def recap(scene: Scene, spoken: Spoken) -> Sequence[Reply]:
    """REKAP, for receivers: the newest report, by a link that soon closes."""
    if not scene.speaker.receiver:
        return say("chat_receivers_only", command="REKAP", agency=scene.world.profile.agency)
    wanted = {"mingguan": "weekly", "bulanan": "monthly"}.get(spoken.text)
    made = await scene.uow.reports.made_since(scene.now - 12 * _MONTH)
    found = [r for r in made if r.files and (wanted is None or r.kind.startswith(wanted))]
    if not found or scene.desk.link is None:
        return say("chat_recap_none")
    newest = max(found, key=lambda r: (r.made_at, r.id))
    file = next((f for f in newest.files if f.media_type == "application/pdf"), newest.files[0])
    until = scene.now + LINK_LIFE
    await scene.uow.audit.add("report_link", "report", str(newest.id), scene.speaker.scheme.value, scene.now)
    return say(
        "chat_recap",
        title=f"rekap {'bulanan' if newest.kind.startswith('monthly') else 'mingguan'}",
        period=newest.period,
        number=newest.number,
        version=newest.version,
        until=scene.clock(until),
        link=scene.desk.link(file, LINK_LIFE),
    )


_MONTH = LINK_LIFE * 48 * 31


async def check(scene: Scene, spoken: Spoken) -> Sequence[Reply]:
    """CEK: whether a number is ours; of a submission only what stands on its receipt's first line."""
    if not spoken.number:
        return say("chat_check_how")
    if scene.desk.check is not None:
        told = await scene.desk.check(scene.uow, spoken.number)
        if told is not None:
            return [Reply(told)]
    row = await scene.uow.submissions.by_number(spoken.number)
    if row is None:
        return say("chat_check_unknown", number=spoken.number[:80])
    late = f" {duration(row.state.late_minutes)}" if row.state.timeliness is Timeliness.LATE else ""
    return say(
        "chat_check",
        number=row.number,
        session=scene.session_name(row.session),
        unit=scene.unit_name(row.unit),
        day=long_date(row.date),
        at=scene.clock(row.state.at),
        timing=_TIMING[row.state.timeliness] + late if row.state.received else "belum terbaca",
    )
