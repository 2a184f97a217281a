"""The officers: they write the mails of the scenario, hand them in, and look into their mailboxes for answers."""

import smtplib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Protocol

from demo.clock import at
from demo.offices import BY_CODE, DESK_DOMAIN, Office
from demo.phones import Phones
from demo.post_office import Letter, PostOffice
from demo.roster import Town
from demo.sheets.paper import long_date
from demo.steps import Step, Waits

_TYPES = {
    "xlsx": "vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "pdf",
    "zip": "zip",
    "rar": "vnd.rar",
}


class Clock(Protocol):
    """The playing clock."""

    def now(self) -> datetime:
        """The playing moment."""
        ...


@dataclass(frozen=True, slots=True)
class Sent:
    """What an officer handed in, and when; ``heard``: how much the desk had told the telephone by then."""

    step: Step
    message: EmailMessage
    when: datetime
    heard: int = 0


@dataclass
class Officers:
    """Plays the steps of ``day`` in their order as the playing clock reaches them."""

    day: date
    town: Town
    post: PostOffice
    clock: Clock
    passwords: Mapping[str, str]
    waiting: list[Step]
    sent: dict[str, Sent] = field(default_factory=dict)
    phones: Phones | None = None

    def work(self) -> list[Sent]:
        """Hand in what is due now; returns it. An officer who needs an answer first looks for it each time."""
        now, done = self.clock.now(), []
        for step in [s for s in self.waiting if at(self.day, s.at) <= now]:
            if (step.after and not self.told(step.after)) or (step.waits and not self.letter_of(step)):
                continue
            self.waiting.remove(step)
            done.append(self._send(step, now))
        return done

    def answers(self, key: str) -> tuple[Letter, ...]:
        """Mails of the desk in the office's mailbox that answer the step ``key``."""
        sent = self.sent.get(key)
        if sent is None or sent.step.phone:
            return ()
        own = sent.message["Message-ID"]
        return tuple(one for one in self.post.letters(BY_CODE[sent.step.office].address) if own in thread_of(one))

    def told(self, key: str) -> tuple[str, ...]:
        """The desk's answers to the step ``key`` in words, by mail or by telephone."""
        sent = self.sent.get(key)
        if sent and sent.step.phone and self.phones:
            return self.phones.heard(sent.step.office, sent.heard)
        return tuple(letter.text for letter in self.answers(key))

    def sheet_of(self, code: str) -> Letter | None:
        """The newest letter that brought the office its printed sheet."""
        return self.letter_of(Step("", "", code, "", waits=Waits.SHEET))

    def letter_of(self, step: Step) -> Letter | None:
        """The newest mail of the desk in the office's mailbox that the step waits for, of the step's own session."""
        wanted = str(step.waits)
        found = [
            letter
            for letter in self.post.letters(BY_CODE[step.office].address)
            if str(letter.message["Subject"]).startswith(wanted)
            and (step.what.upper() in str(letter.message["Subject"]).upper() or step.waits is not Waits.REMINDER)
        ]
        return found[-1] if found else None

    def hand_in(self, message: EmailMessage, login: str) -> None:
        """Log in as ``login`` and give the mail to the post office."""
        with smtplib.SMTP("127.0.0.1", self.post.smtp_port, timeout=20) as smtp:
            smtp.login(login, self.passwords[login])
            smtp.send_message(message, from_addr=login)

    def _send(self, step: Step, now: datetime) -> Sent:
        if step.phone and self.phones:
            words = step.says("\n".join(self.told(step.after or "")))
            awaited = self.letter_of(step) if step.back else None
            photos = [data for _, data in step.back(awaited)] if step.back and awaited else []
            heard = self.phones.write(step.office, words, photos)
            self.sent[step.key] = Sent(step, EmailMessage(), now, heard)
            return self.sent[step.key]
        message = self.sent[step.repeats].message if step.repeats else self._write(step, now)
        self.hand_in(message, step.login or BY_CODE[step.office].address)
        self.sent[step.key] = Sent(step, message, now)
        return self.sent[step.key]

    def _write(self, step: Step, now: datetime) -> EmailMessage:
        office = BY_CODE[step.office]
        answered = self.answers(step.after or "")
        if step.automatic:
            return auto_reply(office, answered[-1].message, now)
        message = cover_letter(office, step, self.town, now, self.day)
        if answered:
            message["In-Reply-To"] = message["References"] = answered[-1].message["Message-ID"]
        awaited = self.letter_of(step) if step.back else None
        files = step.back(awaited) if step.back and awaited else step.files(self.town)
        for name, data in files:
            kind = name.rpartition(".")[2]
            main, sub = ("image", "jpeg") if kind == "jpg" else ("application", _TYPES[kind])
            message.add_attachment(data, maintype=main, subtype=sub, filename=name)
        if message.is_multipart():
            # Else every sending would choose another one, and no mail could be sent twice.
            message.set_boundary(f"=_{step.key}_{self.day:%Y%m%d}")
        return message


def cover_letter(office: Office, step: Step, town: Town, now: datetime, day: date) -> EmailMessage:
    """The mail of an officer, as offices write them; a stranger's own mail is not so polite."""
    officer = town.officer(office.code)
    message = EmailMessage()
    foreign = step.login is not None and step.login.rpartition("@")[2] == "hadiah.presensi.test"
    message["From"] = step.login if foreign else formataddr((f"Petugas Rekap {office.name}", office.address))
    message["To"] = step.to or office.mailbox
    message["Subject"] = "Selamat!" if foreign else f"Presensi {step.what} {office.name}, {long_date(day)}"
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{step.key}.{day:%Y%m%d}@{(step.login or office.address).rpartition('@')[2]}>"
    message.set_content("Lihat lampiran.\n" if foreign else _body(office, officer.name, step, day))
    return message


def _body(office: Office, officer: str, step: Step, day: date) -> str:
    what = "kami kirimkan kembali" if step.after else "kami sampaikan"
    return (
        "Yth. Kepala Badan Kepegawaian Daerah\n"
        "c.q. Kepala Subbidang Disiplin ASN\n\n"
        f"Dengan hormat, bersama ini {what} daftar hadir (presensi manual) sesi {step.what.lower()} {office.name} "
        f"hari {long_date(day)} sebagaimana terlampir.\n\n"
        "Demikian, atas perhatian Bapak/Ibu kami ucapkan terima kasih.\n\n"
        f"Hormat kami,\nPetugas Rekap Presensi {office.name}\n{officer}\n"
    )


def auto_reply(office: Office, answered: EmailMessage, now: datetime) -> EmailMessage:
    """An out-of-office reply to a mail of the desk: nobody may answer it."""
    message = EmailMessage()
    message["From"] = formataddr((f"Petugas Rekap {office.name}", office.address))
    message["To"] = answered["From"]
    message["Subject"] = f"Balasan otomatis: {answered['Subject']}"
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<otomatis.{now:%Y%m%d}@{office.domain}>"
    message["In-Reply-To"] = message["References"] = answered["Message-ID"]
    message["Auto-Submitted"] = "auto-replied"
    message.set_content("Terima kasih atas surel Bapak/Ibu. Saat ini saya sedang cuti hingga 27 November 2026.\n")
    return message


def thread_of(letter: Letter) -> str:
    """The ids that a mail of the desk answers; empty for mails of anybody else."""
    message = letter.message
    if not str(message["From"]).rstrip(">").endswith(f"@{DESK_DOMAIN}"):
        return ""
    return f"{message['In-Reply-To'] or ''} {message['References'] or ''}"
