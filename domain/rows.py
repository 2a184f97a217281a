"""From the rows of one sheet to facts, questions and counts. Pure."""

from dataclasses import dataclass, field, replace

from domain.columns import Column
from domain.identity import How, Match
from domain.outcome import CellDraft, Counts, FactDraft, QuestionDraft, QuestionKind
from domain.profile import Profile
from domain.reading import Cell, Row, Verdict
from domain.resolution import ResolvedSheet


@dataclass(frozen=True, slots=True)
class RowWork:
    """What the rows of a submission's sheets come to."""

    facts: tuple[FactDraft, ...] = ()
    questions: tuple[QuestionDraft, ...] = ()
    counts: Counts = field(default_factory=Counts)
    empty_rows: tuple[tuple[int | None, str], ...] = ()
    absentees: tuple[str, ...] = ()

    def plus(self, other: "RowWork") -> "RowWork":
        """Both together."""
        return RowWork(
            self.facts + other.facts,
            self.questions + other.questions,
            self.counts.plus(other.counts),
            self.empty_rows + other.empty_rows,
            self.absentees + other.absentees,
        )


def work_rows(resolved: ResolvedSheet, column: Column | None, verified: bool, profile: Profile) -> RowWork:
    """Facts and questions of one sheet for the submission's own ``column`` (None: a recap, where every day counts)."""
    work = RowWork()
    for index, (row, match) in enumerate(zip(resolved.sheet.rows, resolved.matches, strict=True)):
        work = work.plus(_work_row(resolved, index, _with_note(row, column, profile), match, column, verified, profile))
    return work


def _with_note(row: Row, column: Column | None, profile: Profile) -> Row:
    """A known code in KETERANGAN speaks for the empty cells of the submission's own column."""
    code = row.note.strip().upper()
    if column is None or not code or profile.code_key(code) is None:
        return row
    cells = tuple(
        replace(c, verdict=Verdict.CODE, code=code) if _is_own(c, column) and c.verdict is Verdict.EMPTY else c
        for c in row.cells
    )
    return replace(row, cells=cells)


def _is_own(cell: Cell, column: Column | None) -> bool:
    return column is None or (cell.date, cell.session) == column


def _work_row(
    resolved: ResolvedSheet,
    index: int,
    row: Row,
    match: Match,
    column: Column | None,
    verified: bool,
    profile: Profile,
) -> RowWork:
    # Elsewhere than in its own column an empty cell says nothing: that day's own sheet spoke for it. Neither does a
    # doubtful spot on a printed sheet, which comes back with every column of its week.
    silent = (Verdict.EMPTY, Verdict.UNSURE) if resolved.sheet.form else (Verdict.EMPTY,)
    kept = [c for c in row.cells if c.date and (c.verdict not in silent or (column and _is_own(c, column)))]
    cells = tuple(_cell_draft(c, profile) for c in kept)
    own = [c for c in row.cells if _is_own(c, column)]
    questions = _questions(resolved, index, row, match, cells, column, profile)
    facts = () if match.person is None else _facts(resolved, index, row, match.person, cells, verified)
    empty = [c for c in own if c.verdict is Verdict.EMPTY] if column else []
    return RowWork(
        facts=facts,
        questions=questions,
        counts=_count(own) if column else _count_row(own),
        empty_rows=((row.no, row.name),) if empty and not row.note.strip() else (),
    )


def _cell_draft(cell: Cell, profile: Profile) -> CellDraft:
    assert cell.date is not None
    key = profile.code_key(cell.code) if cell.code else None
    # K3: a code this government does not know is a question, never a guess.
    verdict = Verdict.UNSURE if cell.verdict is Verdict.CODE and key is None else cell.verdict
    return CellDraft(cell.date, cell.session, verdict, cell.code, key, cell.time, cell.confidence, cell.box, cell.text)


def _facts(
    resolved: ResolvedSheet, index: int, row: Row, person: str, cells: tuple[CellDraft, ...], verified: bool
) -> tuple[FactDraft, ...]:
    return tuple(
        FactDraft(
            person=person,
            cell=cell,
            file=resolved.file.sha256,
            sheet=resolved.index,
            row=index,
            paper_no=row.no,
            reader=resolved.file.reading.reader,
            verified=verified,
            note=row.note.strip(),
        )
        for cell in cells
    )


def _questions(
    resolved: ResolvedSheet,
    index: int,
    row: Row,
    match: Match,
    cells: tuple[CellDraft, ...],
    column: Column | None,
    profile: Profile,
) -> tuple[QuestionDraft, ...]:
    def ask(kind: QuestionKind, text: str, about: tuple[CellDraft, ...], candidates: tuple[str, ...]) -> QuestionDraft:
        return QuestionDraft(kind, resolved.file.sha256, resolved.index, index, row.no, text, candidates, about)

    said = f"{row.name} {row.nip}".strip()
    if match.how is How.ASK:
        return (ask(QuestionKind.PERSON, said, cells, match.candidates),)
    if match.person is None:
        return (ask(QuestionKind.NEWCOMER, said, cells, ()),)
    asked = []
    unsure = tuple(
        c for c in cells if c.verdict is Verdict.UNSURE and (column is None or (c.date, c.session) == column)
    )
    if unsure:
        asked.append(ask(QuestionKind.CELL, unsure[0].text, unsure, (match.person,)))
    empty = tuple(c for c in cells if c.verdict is Verdict.EMPTY)
    if row.note.strip() and empty and profile.code_key(row.note.strip().upper()) is None:
        asked.append(ask(QuestionKind.NOTE, row.note.strip(), empty, (match.person,)))
    return tuple(asked)


def _count_row(cells: list[Cell]) -> Counts:
    """A recap has a cell a day; its row counts once, by the most doubtful thing in it."""
    order = (Verdict.UNSURE, Verdict.CODE, Verdict.SIGNED, Verdict.REPORTED)
    seen = {c.verdict for c in cells}
    verdict = next((v for v in order if v in seen), Verdict.EMPTY)
    return _count([Cell(verdict)])


def _count(cells: list[Cell]) -> Counts:
    seen = [c.verdict for c in cells]
    return Counts(
        signed=seen.count(Verdict.SIGNED),
        reported=seen.count(Verdict.REPORTED),
        empty=seen.count(Verdict.EMPTY),
        code=seen.count(Verdict.CODE),
        unsure=seen.count(Verdict.UNSURE),
    )
