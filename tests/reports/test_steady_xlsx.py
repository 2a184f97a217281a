"""The same workbook at another moment gives the same bytes."""

import zipfile
from datetime import UTC, datetime
from io import BytesIO

import openpyxl
import time_machine

from domain.profile import load_profile
from reports.forms_xlsx import workbook
from tests.fakes.sheets import pages

LAW = load_profile("tulungagung")


def test_a_workbook_made_later_is_the_same_file() -> None:
    sheets = pages(5)
    made = []
    for year in (2026, 2031):
        with time_machine.travel(datetime(year, 11, 23, 8, tzinfo=UTC), tick=False):
            made.append(workbook(LAW, sheets))
    assert made[0] == made[1]
    assert {member.date_time[0] for member in zipfile.ZipFile(BytesIO(made[0])).infolist()} == {1980}
    book = openpyxl.load_workbook(BytesIO(made[0]))
    assert book.properties.created == datetime.combine(sheets[0].days[0], datetime.min.time())
