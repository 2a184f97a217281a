"""Thursday 26 November 2026: the morning's sheets, and three attendance machines that complete them."""

from datetime import date

from demo.devices.play import machines_shown, machines_told
from demo.offices import BY_CODE, OFFICES
from demo.programme import Part, Programme
from demo.steps import ON_TIME, Expected
from demo.timetable import SENDERS, mailings

DAY = date(2026, 11, 26)
_SHOWN_FIRST = next(iter(SENDERS))

PROGRAMME = Programme(
    DAY,
    DAY,
    (
        Part(
            DAY,
            "06.58",
            "07.31",
            90,
            "DATANG",
            "07.00",
            "07.30",
            tuple(mailings(DAY, "Datang", SENDERS, "07.01", "07.18")),
            {office.code: Expected(ON_TIME) for office in OFFICES},
            (machines_told,),
        ),
    ),
    receipt=f"{BY_CODE[_SHOWN_FIRST].slug}-datang",
    shows=(machines_shown,),
)
