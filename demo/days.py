"""The days that can be played; a new one is a module with its ``PROGRAMME`` and a line here."""

from datetime import date

from demo import day_friday, day_machines, day_month_end, scenario
from demo.programme import Programme

PROGRAMMES: dict[date, Programme] = {
    programme.day: programme
    for programme in (scenario.PROGRAMME, day_machines.PROGRAMME, day_friday.PROGRAMME, day_month_end.PROGRAMME)
}
DEFAULT = scenario.PROGRAMME.day
