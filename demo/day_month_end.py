"""Monday 30 November 2026: final recaps at 16.05, their return by 17.00, the consolidated report after it.

Sheets were due since Thursday from sixteen units; what they sent until Monday afternoon lies ready as saved mails and
is taken in first, so that the recaps have something to say.
"""

import io
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from openpyxl import load_workbook

from demo.clock import at
from demo.officers import cover_letter
from demo.offices import BY_CODE, DESK_HOST, DISCIPLINE, RECEIVER
from demo.outcome import lacking
from demo.post_office import Letter
from demo.programme import Part, Programme, Scene
from demo.results import attachments, saved
from demo.roster import Town
from demo.service import Service
from demo.sheets.paper import write_paper
from demo.sheets.workbooks import daily_list, weekly_grid
from demo.stamps import Submission, stamped
from demo.steps import Attachment, Expected, Finding, Step, Waits
from demo.timetable import SENDERS

DAY = date(2026, 11, 30)
SINCE = date(2026, 11, 26)
UNITS = tuple("U001 U002 U003 U004 U005 U008 U013 U018 U020 U045 U046 U047 U050 U064 U071 U073".split())
DUTY_ADDED = {"U020": 3, "U045": 2}  # offices that know of so many official trips that no sheet told
FORGETFUL, LATE_ONE, SILENT = "U018", "U073", "U064"
_FRIDAY = DAY - timedelta(days=3)
_RECAPS = "Rekap bulanan November 2026 (akhir)"


def prepare(service: Service, town: Town, folder: Path) -> None:
    """Take in what the offices sent from Thursday to Monday afternoon."""
    place = folder / "surel-sebelumnya"
    place.mkdir(parents=True, exist_ok=True)
    for number, (sender, codes) in enumerate(SENDERS.items()):
        if sender in UNITS and sender != SILENT:
            (place / f"{sender}.eml").write_bytes(_mail(town, sender, codes, number))
    service.ingest(place)


def _mail(town: Town, sender: str, codes: Sequence[str], number: int) -> bytes:
    """Last week's grid and today's list of every unit that ``sender`` sends for, stamped before the close."""
    office = BY_CODE[sender]
    hour = "15.3" if office.pattern == 5 else "14.0"
    when = at(DAY, f"{hour}{number % 10}")
    step = Step("15.31", f"lembar-{office.slug}", sender, "", what="Pulang")
    message = cover_letter(office, step, town, when, DAY)
    for code in codes:
        earlier = write_paper(town, BY_CODE[code], _FRIDAY, evening=True)
        today = write_paper(town, BY_CODE[code], DAY, evening=True)
        for name, data in (
            (f"minggu lalu {BY_CODE[code].slug}.xlsx", weekly_grid(earlier, filled=(SINCE, _FRIDAY))),
            (f"hari ini {BY_CODE[code].slug}.xlsx", daily_list([today])),
        ):
            message.add_attachment(
                data,
                maintype="application",
                subtype="vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                filename=name,
            )
    return stamped(
        Submission(message.as_bytes(), office.address, office.address, office.domain), DESK_HOST, f"S{number:05}", when
    )


def filled_in(count: int) -> Callable[[Letter], list[Attachment]]:
    """The workbook of the letter, sent back with DL typed into ``count`` of the cells that the unit may change."""

    def files(letter: Letter) -> list[Attachment]:
        name, data = next((n, d) for n, d in attachments(letter) if n.endswith(".xlsx"))
        book = load_workbook(io.BytesIO(data))
        page = book.worksheets[0]
        free = [cell for row in page.iter_rows() for cell in row if cell.value == "H" and not cell.protection.locked]
        for cell in free[:count]:
            cell.value = "DL"
        out = io.BytesIO()
        book.save(out)
        return [(name, out.getvalue())]

    return files


def _returns() -> tuple[Step, ...]:
    """Every unit returns its own recap; one after the last reminder, one too late, one never."""
    moments = {FORGETFUL: "16.51", LATE_ONE: "17.03"}
    steps = [
        Step(
            moments.get(office.code, _minute(number)),
            f"rekap-{office.slug}",
            office.code,
            "mengirim rekap kembali",
            waits=Waits.RECAP,
            what="Rekap",
            back=filled_in(DUTY_ADDED.get(office.code, 0)),
        )
        for number, office in enumerate(BY_CODE[code] for code in UNITS if code != SILENT)
    ]
    return tuple(sorted(steps, key=lambda step: at(DAY, step.at)))


def _minute(number: int) -> str:
    moment: datetime = at(DAY, "16.18") + timedelta(minutes=number % 12)
    return f"{moment:%H.%M}"


def _told(scene: Scene) -> Sequence[Finding]:
    """TLG-10, TLG-D5: everybody got a final recap, who did not return it was reminded, differences were told."""
    post = scene.officers.post
    offices = {code: BY_CODE[code].address for code in UNITS}
    wrong = [found for address in offices.values() for found in lacking(post, address, _RECAPS)]
    for code in (FORGETFUL, SILENT):
        wrong += lacking(post, offices[code], "Pengingat: rekap bulanan November 2026")
    for code, count in DUTY_ADDED.items():
        wrong += lacking(post, offices[code], f"{BY_CODE[code].name}: {count} perbedaan")
    wrong += lacking(post, RECEIVER, "belum kembali")
    return wrong or _listed(scene)  # asking the service costs a process: only once all else is as it should be


def _listed(scene: Scene) -> Sequence[Finding]:
    """What ``posko recap list`` says: who is late and who is missing."""
    lines = {str(line["unit"]): line for line in scene.service.recaps("2026-11")}
    found = []
    for code in UNITS:
        line = lines.get(code, {})
        wanted = "belum" if code == SILENT else "terlambat" if code == LATE_ONE else "tepat waktu"
        state = "terlambat" if line.get("late") else "tepat waktu" if line.get("returned") else "belum"
        if state != wanted:
            found.append(Finding(f"rekap {BY_CODE[code].name}", wanted, state))
    return found


def _shown(scene: Scene) -> list[str]:
    offices = [BY_CODE[code].address for code in UNITS]
    lines = scene.service.recaps("2026-11")
    back = sum(bool(line["returned"]) for line in lines)
    differences = sum(int(str(line["differences"])) for line in lines)
    return [
        f"Rekap unit: {back} dari {len(lines)} kembali, {sum(bool(line['late']) for line in lines)} terlambat, "
        f"{differences} perbedaan dengan catatan.",
        *saved(scene, offices, _RECAPS, "rekap-unit", "Rekap akhir tiap unit"),
        *saved(scene, [DISCIPLINE], "Rekap Bulanan", "laporan", "Rekap gabungan kepada Subbidang Disiplin"),
    ]


def _consolidated(scene: Scene) -> Sequence[Finding]:
    return lacking(scene.officers.post, DISCIPLINE, "Rekap Bulanan Presensi Manual")


_EXPECTED: dict[str, Expected] = {}
PROGRAMME = Programme(
    DAY,
    SINCE,
    (Part(DAY, "16.16", "17.20", 50, "PULANG", "16.17", "17.00", _returns(), _EXPECTED, (_consolidated, _told)),),
    receipt="rekap-dinsos",
    shows=(_shown,),
    prepare=prepare,
    eve="16.02",
    units=UNITS,
)
