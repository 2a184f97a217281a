"""The MIME walker: every file is found, nothing raises, names are only names."""

import base64
import binascii
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.mime import MAX_PARTS, MailContents, walk

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


def names(mail: MailContents) -> list[str]:
    return [part.name for part in mail.parts]


def leaf(headers: str, body: bytes) -> bytes:
    return b"From: a@b.id\r\nMIME-Version: 1.0\r\n" + headers.encode("latin-1") + b"\r\n\r\n" + body


def multipart(*parts: bytes, boundary: str = "b") -> bytes:
    line = b"--" + boundary.encode()
    joined = b"".join(line + b"\r\n" + part + b"\r\n" for part in parts)
    return leaf(f"Content-Type: multipart/mixed; boundary={boundary}", joined + line + b"--\r\n")


def test_text_attachment_and_inline_picture_are_told_apart() -> None:
    mail = EmailMessage()
    mail["Subject"] = "Presensi DATANG – Dishub"
    mail.set_content("Yth. Bapak/Ibu, terlampir.")
    mail.add_attachment(PDF, maintype="application", subtype="pdf", filename="presensi.pdf")
    mail.add_attachment(PNG, maintype="image", subtype="png", disposition="inline", filename="logo.png")
    found = walk(mail.as_bytes())
    assert found.subject == "Presensi DATANG – Dishub"
    assert found.text == "Yth. Bapak/Ibu, terlampir."
    assert [(p.path, p.name, p.media_type, p.disposition, p.data) for p in found.parts] == [
        ("2", "presensi.pdf", "application/pdf", "attachment", PDF),
        ("3", "logo.png", "image/png", "inline", PNG),
    ]
    assert found.problems == ()


def test_magic_bytes_beat_a_text_type_without_a_name() -> None:
    found = walk(leaf("Content-Type: text/plain", PDF))
    assert [part.data for part in found.parts] == [PDF]
    assert found.text == ""


def test_a_csv_without_a_name_is_a_file_and_a_named_text_is_one() -> None:
    found = walk(
        multipart(b"Content-Type: text/csv\r\n\r\nnama,nip\r\n", b"Content-Type: text/plain; name=a.txt\r\n\r\nx")
    )
    assert [part.media_type for part in found.parts] == ["text/csv", "text/plain"]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Content-Disposition: attachment; filename*=UTF-8''presensi%20%E2%88%9A.pdf", "presensi √.pdf"),
        ("Content-Disposition: attachment; filename*0*=UTF-8''pre; filename*1*=sensi.pdf", "presensi.pdf"),
        ('Content-Type: application/pdf; name="=?utf-8?B?cHJlc2Vuc2kg4oiaLnBkZg==?="', "presensi √.pdf"),
        ('Content-Disposition: attachment; filename="=?iso-8859-1?Q?r=E9kap.pdf?="', "rékap.pdf"),
        ("Content-Disposition: attachment; filename=UTF-8''presensi%2Epdf", "presensi.pdf"),
        ('Content-Disposition: attachment; filename="../../etc/passwd"', "passwd"),
        ('Content-Disposition: attachment; filename="C:\\TEMP\\lap.xlsx"', "lap.xlsx"),
        ("Content-Disposition: attachment; filename*=x-tak-ada''a%80.pdf", "a€.pdf"),
        ('Content-Disposition: attachment; filename="=?x-tak-ada?B?!!!!?="', ""),
        ('Content-Type: application/pdf; name="a\x00\x07b.pdf"', "a  b.pdf"),
    ],
)
def test_names_in_every_coding_become_plain_metadata(header: str, name: str) -> None:
    found = walk(leaf(header, PDF))
    assert names(found) == [name]
    assert found.parts[0].data == PDF


def test_files_of_an_attached_mail_are_found_even_when_it_is_wrongly_in_base64() -> None:
    inner = multipart(b"Content-Type: application/pdf; name=dalam.pdf\r\n\r\n" + PDF, boundary="dalam")
    plain = multipart(b"Content-Type: message/rfc822\r\n\r\n" + inner)
    coded = multipart(
        b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(inner)
    )
    for mail in (plain, coded):
        found = walk(mail)
        assert names(found) == ["dalam.pdf"]
        assert found.parts[0].path == "1.1.1"


def test_twenty_attached_mails_deep_is_walked_and_deeper_is_a_problem() -> None:
    def nested(depth: int) -> bytes:
        return b"Content-Type: message/rfc822\r\n\r\n" * depth + b"Content-Type: application/pdf\r\n\r\n" + PDF

    assert len(walk(nested(20)).parts) == 1
    found = walk(nested(40))
    assert found.parts == ()
    assert found.problems == ("too deep",)


def test_a_parser_that_gives_up_keeps_the_files_it_had_finished() -> None:
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(2000))
    found = walk(multipart(b"Content-Type: application/pdf; name=a.pdf\r\n\r\n" + PDF, deep))
    assert names(found) == ["a.pdf"]
    assert found.problems == ("parser: RecursionError",)


def test_uuencoded_blocks_inside_a_text_become_files() -> None:
    lines = b"".join(binascii.b2a_uu(PDF[i : i + 45]).replace(b" ", b"`") for i in range(0, len(PDF), 45))
    text = b"Terlampir:\r\nbegin 644 presensi.pdf\r\n" + lines.replace(b"\n", b"\r\n") + b"`\r\nend\r\nTerima kasih\r\n"
    found = walk(leaf("Content-Type: text/plain", text))
    assert [(part.name, part.data) for part in found.parts] == [("presensi.pdf", PDF)]
    assert "Terima kasih" in found.text


def test_winmail_dat_is_opened(shared: Path) -> None:
    folder = shared / "data/corpora/mail/jstedfast+MimeKit"
    found = walk((folder / "UnitTests_TestData_tnef_rich-text.eml").read_bytes())
    assert "kitten-playing-with-a-christmas-tree.jpg" in names(found)
    assert all(part.path.startswith("2.t") for part in found.parts)
    damaged = walk(leaf("Content-Type: application/ms-tnef; name=winmail.dat", b"\x78\x9f\x3e\x22\x00\x00\x01\xff\xff"))
    assert names(damaged) == ["winmail.dat"]


def test_html_alone_becomes_its_visible_words() -> None:
    html = (
        b"<html><style>p{}</style><body><p>Presensi&nbsp;<b>DATANG</b></p><script>x()</script><br>Dishub</body></html>"
    )
    assert walk(leaf("Content-Type: text/html; charset=utf-8", html)).text == "Presensi DATANG\nDishub"


@pytest.mark.parametrize("charset", ["utf-8", "x-unknown", "idna", "unicode_escape", '"', "zip"])
def test_broken_charsets_never_lose_the_words(charset: str) -> None:
    found = walk(leaf(f"Content-Type: text/plain; charset={charset}", b"Hadir \xe9 \xff semua!"))
    assert found.text == "Hadir é ÿ semua!"


def test_bytes_that_were_sent_without_any_coding_come_out_unchanged() -> None:
    data = bytes(range(256)).replace(b"\r", b"").replace(b"\n", b"") * 3
    for charset in ("utf-8", "iso-8859-1", "idna"):
        found = walk(
            leaf(f"Content-Type: application/pdf; charset={charset}\r\nContent-Transfer-Encoding: binary", data)
        )
        assert found.parts[0].data == data


def test_transfer_encodings_are_read_leniently() -> None:
    coded = base64.b64encode(PDF).rstrip(b"=")
    for coding, body in (("BASE64;", coded), ("base64 (x)", b"!!" + coded), ("quoted-printable", PDF), ("7-bit", PDF)):
        found = walk(leaf(f"Content-Type: application/pdf\r\nContent-Transfer-Encoding: {coding}", body))
        assert found.parts[0].data == PDF


def test_a_mail_of_too_many_parts_is_cut_and_says_so() -> None:
    found = walk(multipart(*[b"Content-Type: application/pdf\r\n\r\nx"] * (MAX_PARTS + 5)))
    assert len(found.parts) == MAX_PARTS
    assert found.problems == (f"cut after {MAX_PARTS} files",)


def test_headers_are_unfolded_valid_text_in_their_order() -> None:
    found = walk(b"X-A: one\r\n two\r\nX-B: \xff\xc3\xa9\r\nX-A: three\r\n\r\nbody")
    assert found.headers == (("X-A", "one two"), ("X-B", "�é"), ("X-A", "three"))


def test_every_mail_of_the_corpus_is_walked_without_an_exception(shared: Path) -> None:
    mails = [path for path in (shared / "data/corpora/mail").rglob("*") if path.is_file()]
    assert len(mails) == 815
    found = [walk(path.read_bytes()) for path in mails]
    assert sum(len(mail.parts) for mail in found) > 800


@given(st.binary(max_size=2000))
def test_no_bytes_make_it_raise(raw: bytes) -> None:
    walk(raw)
    walk(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + raw)
