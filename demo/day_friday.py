"""Friday 27 November 2026: reminders at 07.20 and their answers, the close at 16.00, the week's report at 16.15."""

from collections.abc import Sequence
from datetime import date

from demo.offices import BY_CODE, DISCIPLINE, OFFICES, RECEIVER
from demo.outcome import lacking
from demo.programme import Part, Programme, Scene
from demo.results import letters, saved
from demo.steps import MISSING, ON_TIME, Expected, Finding, Step
from demo.timetable import SENDERS, mailings

DAY = date(2026, 11, 27)
REMINDED_IN_THE_MORNING = {"U018": "07.21", "U048": "07.22", "U053": "07.23", "U062": "07.24", "U073": "07.25"}
REMINDED_IN_THE_EVENING = {"U012": "15.52", "U024": "15.54"}
SILENT = ("U064",)
_FIVE = [code for code in SENDERS if BY_CODE[code].pattern == 5]
_SIX = [code for code in SENDERS if BY_CODE[code].pattern == 6]
_EXPECTED = {
    office.code: Expected(MISSING, why="tidak mengirim") if office.code in SILENT else Expected(ON_TIME)
    for office in OFFICES
}


def _morning() -> tuple[Step, ...]:
    return tuple(mailings(DAY, "Datang", SENDERS, "07.01", "07.18", forgetful=REMINDED_IN_THE_MORNING, absent=SILENT))


def _evening() -> tuple[Step, ...]:
    six = mailings(DAY, "Pulang", _SIX, "14.19", "14.28", absent=SILENT)
    five = mailings(DAY, "Pulang", _FIVE, "15.31", "15.48", forgetful=REMINDED_IN_THE_EVENING)
    return tuple(six + five)


def _told_in_the_morning(scene: Scene) -> Sequence[Finding]:
    """TLG-D3: who had not sent at 07.20 was reminded, and nobody else; the receivers have their list and summary."""
    post = scene.officers.post
    reminded = {code for code in SENDERS if letters(post, BY_CODE[code].address, "Pengingat: presensi DATANG")}
    wanted = {*REMINDED_IN_THE_MORNING, *SILENT}
    wrong = [
        Finding(f"pengingat kepada {BY_CODE[code].name}", _had(code in wanted), _had(code in reminded))
        for code in sorted(reminded ^ wanted)
    ]
    return [*wrong, *lacking(post, RECEIVER, "Belum terkirim"), *lacking(post, RECEIVER, "Ringkasan: DATANG")]


def _told_in_the_evening(scene: Scene) -> Sequence[Finding]:
    post = scene.officers.post
    wrong = [found for code in REMINDED_IN_THE_EVENING for found in lacking(post, BY_CODE[code].address, "Pengingat")]
    return [*wrong, *lacking(post, RECEIVER, "Ringkasan: PULANG"), *lacking(post, DISCIPLINE, "Rekap Mingguan")]


def _had(there: bool) -> str:
    return "ada" if there else "tidak ada"


def _shown(scene: Scene) -> list[str]:
    offices = [office.address for office in OFFICES]
    return [
        *saved(scene, [DISCIPLINE], "Rekap Mingguan", "laporan", "Rekap mingguan kepada Subbidang Disiplin"),
        *saved(scene, offices, "Lembar presensi", "lembar", "Lembar presensi minggu ini dan minggu depan"),
    ]


PROGRAMME = Programme(
    DAY,
    DAY,
    (
        Part(DAY, "06.58", "07.33", 75, "DATANG", "07.00", "07.30", _morning(), _EXPECTED, (_told_in_the_morning,)),
        Part(DAY, "14.17", "16.17", 110, "PULANG", "15.30", "16.00", _evening(), _EXPECTED, (_told_in_the_evening,)),
    ),
    receipt="bpbd-datang",
    shows=(_shown,),
)
