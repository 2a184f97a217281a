"""The days that can be played; a new one is a module with its ``PROGRAMME`` and a line here."""

from datetime import date

from demo import day_friday, scenario
from demo.programme import Programme

PROGRAMMES: dict[date, Programme] = {
    programme.day: programme for programme in (scenario.PROGRAMME, day_friday.PROGRAMME)
}
DEFAULT = scenario.PROGRAMME.day
