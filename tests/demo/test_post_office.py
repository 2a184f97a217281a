"""The post office: it stamps, decides who is proven, delivers, and serves IMAP as the service needs it."""

import smtplib
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from imapclient import IMAPClient, SocketTimeout

from demo.clock import WIB
from demo.post_office import PostOffice

HOST = "mx.tulungagung.presensi.test"
DESK = "presensi@bkd.presensi.test"
DINSOS = "petugas.rekap@dinsos.presensi.test"
STRANGER = "agen@warnet.presensi.test"
NOON = datetime(2026, 11, 24, 7, 5, 3, tzinfo=WIB)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    office = PostOffice(HOST, lambda: NOON, watched=(DESK,))
    for address in (DESK, DINSOS, STRANGER):
        office.add_account(address, "rahasia")
    with office:
        yield office


def mail(sender: str, subject: str = "Presensi", **extra: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, DESK, subject
    for name, value in extra.items():
        message[name.replace("_", "-")] = value
    message.set_content("Terlampir.")
    return message


def hand_in(office: PostOffice, message: EmailMessage, login: str | None, to: str = DESK) -> None:
    with smtplib.SMTP("127.0.0.1", office.smtp_port, timeout=10) as smtp:
        if login:
            smtp.login(login, "rahasia")
        smtp.send_message(message, from_addr=login or "", to_addrs=[to])


@pytest.fixture
def client(office: PostOffice) -> Iterator[IMAPClient]:
    with IMAPClient("127.0.0.1", office.imap_port, ssl=False, timeout=SocketTimeout(connect=10, read=10)) as client:
        client.normalise_times = False
        client.login(DESK, "rahasia")
        yield client


def test_a_mail_is_stamped_with_the_playing_clock_and_the_passed_check(office: PostOffice) -> None:
    hand_in(office, mail(DINSOS), DINSOS)
    (letter,) = office.letters(DESK)
    message = letter.message
    assert str(message["Received"]).endswith("Tue, 24 Nov 2026 07:05:03 +0700")
    assert f"by {HOST} with" in message["Received"]
    assert message["Authentication-Results"].startswith(HOST + ";")
    assert "dmarc=pass header.from=dinsos.presensi.test" in message["Authentication-Results"]
    assert letter.at == NOON


def test_a_sender_who_logged_in_elsewhere_fails_and_its_forged_result_stays_below_ours(office: PostOffice) -> None:
    forged = f"{HOST}; dmarc=pass header.from=dinsos.presensi.test"
    hand_in(office, mail(DINSOS, Authentication_Results=forged), STRANGER)
    (letter,) = office.letters(DESK)
    first, second = letter.message.get_all("Authentication-Results", [])
    assert "dmarc=fail header.from=dinsos.presensi.test" in first
    assert "dmarc=pass" in second
    names = [name.lower() for name, _ in letter.message.items()]
    assert names.index("authentication-results") < names.index("received") < names.index("from")


def test_nobody_logged_in_proves_nothing(office: PostOffice) -> None:
    hand_in(office, mail(DINSOS), None)
    assert "dmarc=fail" in office.letters(DESK)[0].message["Authentication-Results"]


def test_an_unknown_recipient_is_refused_for_good(office: PostOffice) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        hand_in(office, mail(DINSOS), DINSOS, to="siapa@bkd.presensi.test")
    assert refused.value.recipients["siapa@bkd.presensi.test"][0] == 550


def test_a_wrong_password_opens_neither_side(office: PostOffice) -> None:
    with (
        smtplib.SMTP("127.0.0.1", office.smtp_port, timeout=10) as smtp,
        pytest.raises(smtplib.SMTPAuthenticationError),
    ):
        smtp.login(DINSOS, "salah")
    with IMAPClient("127.0.0.1", office.imap_port, ssl=False) as client, pytest.raises(Exception, match="AUTH"):
        client.login(DESK, "salah")


def test_the_service_reads_by_uid_without_marking_anything(office: PostOffice, client: IMAPClient) -> None:
    selected = client.select_folder("INBOX", readonly=True)
    hand_in(office, mail(DINSOS, "Presensi Datang"), DINSOS)
    uids = client.search(["ALL"])
    assert selected[b"UIDVALIDITY"] == client.folder_status("INBOX", ["UIDVALIDITY"])[b"UIDVALIDITY"]
    (raw,) = [letter.raw for letter in office.letters(DESK)]
    data = client.fetch(uids, ["INTERNALDATE", "RFC822.SIZE", "FLAGS"])[uids[0]]
    assert data[b"INTERNALDATE"] == NOON
    assert data[b"RFC822.SIZE"] == len(raw)
    head = client.fetch(uids, ["BODY.PEEK[]<0.100>"])[uids[0]][b"BODY[]<0>"]
    tail = client.fetch(uids, ["BODY.PEEK[]<100.1048576>"])[uids[0]][b"BODY[]<100>"]
    assert head + tail == raw
    assert b"\\Seen" not in client.fetch(uids, ["FLAGS"])[uids[0]][b"FLAGS"]


def test_idle_tells_of_a_mail_that_comes_while_waiting(office: PostOffice, client: IMAPClient) -> None:
    client.select_folder("INBOX", readonly=True)
    client.idle()
    sender = threading.Thread(target=hand_in, args=(office, mail(DINSOS), DINSOS))
    sender.start()
    told = client.idle_check(timeout=5)
    sender.join()
    client.idle_done()
    assert (1, b"EXISTS") in told


def test_idle_tells_of_a_mail_that_came_just_before_it(office: PostOffice, client: IMAPClient) -> None:
    client.select_folder("INBOX", readonly=True)
    assert client.search() == []
    hand_in(office, mail(DINSOS), DINSOS)
    client.idle()
    told = client.idle_check(timeout=5)
    client.idle_done()
    assert (1, b"EXISTS") in told
    assert len(client.search()) == 1


def test_a_search_sees_what_the_client_was_not_yet_told(office: PostOffice, client: IMAPClient) -> None:
    client.select_folder("INBOX", readonly=True)
    for number in range(3):
        hand_in(office, mail(DINSOS, str(number)), DINSOS)
        assert len(client.search()) == number + 1


def test_what_the_desk_sends_lies_in_the_officers_mailbox(office: PostOffice) -> None:
    hand_in(office, mail(DESK, "Tanda terima"), DESK, to=DINSOS)
    with IMAPClient("127.0.0.1", office.imap_port, ssl=False) as client:
        client.login(DINSOS, "rahasia")
        client.select_folder("INBOX")
        assert len(client.search()) == 1
    assert office.letters(DINSOS)[0].message["Subject"] == "Tanda terima"
    assert office.letters(DINSOS)[0].text == "Terlampir.\n"


def test_it_closes_while_somebody_idles() -> None:
    office = PostOffice(HOST, lambda: NOON)
    office.add_account(DESK, "rahasia")
    with office:
        client = IMAPClient("127.0.0.1", office.imap_port, ssl=False, timeout=SocketTimeout(connect=10, read=5))
        client.login(DESK, "rahasia")
        client.select_folder("INBOX", readonly=True)
        client.idle()
    with pytest.raises(Exception, match=r"BYE|EOF|socket"):
        client.idle_done()
    client.shutdown()


def test_mails_keep_their_order(office: PostOffice) -> None:
    for minute in range(3):
        hand_in(office, mail(DINSOS, f"{NOON + timedelta(minutes=minute):%H.%M}"), DINSOS)
    assert [letter.message["Subject"] for letter in office.letters(DESK)] == ["07.05", "07.06", "07.07"]
