"""Invented offices with their sheets and mails, as many as a benchmark needs."""

import base64
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from domain.roster import Address, AddressRole, Person, Placement, Roster, Unit
from domain.terms import Scheme, Session
from intake.roster_write import write_roster
from tests.parsers import draw, layouts

DESK_HOST = "mx.bench.test"
DAY = date(2026, 11, 24)  # a Tuesday
XLSX = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FIRST = "Agus Bambang Budi Dedi Eko Hadi Heru Joko Slamet Teguh Wahyu Anik Dewi Endang Lilis Nanik Ratna Rini Siti"
_MIDDLE = "Adi Arya Ayu Catur Dian Indra Kusuma Panca Puspita Sari Setya Tri Agung Dwi Bayu"
_LAST = "Cahyono Hartono Hidayat Kurniawan Mulyono Nugroho Prasetyo Raharjo Santoso Setiawan Suprapto Utomo Widodo"
_TYPED = [layouts.TYPED[n] for n in (1, 2, 2, 2, 6, 6, 8, 10, 12)]


@dataclass(frozen=True, slots=True)
class Office:
    """A unit that sends its own sheet from its own address."""

    code: str
    name: str
    address: str
    people: tuple[layouts.Person, ...]


def offices(count: int, size: int) -> list[Office]:
    """``count`` offices with ``size`` people each; always the same."""
    dice = random.Random("posko")
    made = []
    for n in range(1, count + 1):
        people = tuple(_person(dice, n * size + place) for place in range(size))
        made.append(Office(f"B{n:03}", f"SMP Negeri {n} Contoh", f"rekap@smpn{n}.contoh.test", people))
    return made


def _person(dice: random.Random, number: int) -> layouts.Person:
    name = " ".join(dice.choice(words.split()) for words in (_FIRST, _MIDDLE, _LAST))
    born = date(1970 + number % 25, 1 + number // 25 % 12, 1 + number // 300 % 28)
    # Serial numbers from 900: no real person's.
    nip = f"{born:%Y%m%d}{born.year + 25}{1 + number // 8400 % 12:02}1{900 + number % 100}"
    places = ((DAY, Session.DATANG), (DAY, Session.PULANG))
    return layouts.Person(name, nip, {place: dice.choice(_TYPED) for place in places})


def roster_file(known: Sequence[Office]) -> bytes:
    """The roster of ``known`` as ``posko init`` takes it."""
    since = date(2020, 1, 1)
    return write_roster(
        Roster(
            version=0,
            units={o.code: Unit(o.code, o.name, kind="smp") for o in known},
            people={p.nip: Person(p.nip, p.name, p.name, nip=p.nip) for o in known for p in o.people},
            placements=tuple(Placement(p.nip, o.code, since, head=p is o.people[0]) for o in known for p in o.people),
            addresses=tuple(
                Address(Scheme.MAIL, o.address, unit=o.code, role=AddressRole.RECAP_OFFICER) for o in known
            ),
        )
    )


def sheet_of(office: Office) -> bytes:
    """The office's daily sheet as XLSX."""
    drawn = layouts.daily_signatures(list(office.people))
    drawn.rows[1] = [office.name.upper()]
    return draw.xlsx(drawn.rows, drawn.merged)


def mail_of(office: Office, at: datetime, padding: int = 0) -> bytes:
    """The office's mail as the desk's server hands it on at ``at``, its sender proven.

    ``padding``: bytes of an HTML body, which is archived and never read as a sheet.
    """
    mail = EmailMessage()
    mail["Authentication-Results"] = f"{DESK_HOST}; dmarc=pass header.from={office.address.partition('@')[2]}"
    mail["Received"] = f"from mail.contoh.test by {DESK_HOST} with ESMTPS id {office.code}; {format_datetime(at)}"
    mail["From"] = office.address
    mail["To"] = f"presensi@{DESK_HOST}"
    mail["Date"] = format_datetime(at)
    mail["Subject"] = f"Presensi {office.name}"
    mail["Message-ID"] = message_id(office)
    mail.set_content("Terlampir presensi hari ini.\n")
    if padding:
        mail.add_alternative(f"<pre>\n{_padding(office.code, padding)}</pre>\n", subtype="html", cte="7bit")
    mail.add_attachment(sheet_of(office), maintype="application", subtype=XLSX, filename="presensi.xlsx")
    return mail.as_bytes(policy=SMTP)


def message_id(office: Office) -> str:
    """The Message-ID of the office's mail."""
    return f"<{office.code}@contoh.test>"


def plain_mail(number: int, size: int) -> bytes:
    """A mail of about ``size`` bytes that is like no other."""
    head = f"From: rekap@contoh.test\r\nSubject: surel {number}\r\nMessage-ID: <{number}@contoh.test>\r\n\r\n"
    return head.encode() + _padding(str(number), size).replace("\n", "\r\n").encode()


def _padding(seed: str, size: int) -> str:
    # Bytes that do not compress, as photographs are.
    return base64.encodebytes(random.Random(seed).randbytes(size * 76 // 78 * 3 // 4)).decode()
