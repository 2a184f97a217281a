"""Who sent it: only our own server's word counts, and only beyond doubt."""

import base64
from datetime import UTC, datetime

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from intake.mail_headers import Headers, parse_head
from intake.sender import AuthPolicy, AuthStyle, SenderReason, judge_sender, strict_address
from intake.sender_results import aligned
from intake.sender_signature import check_signatures

OURS = AuthPolicy("mx.bkd.go.id", ("mx.bkd.go.id",), own_addresses=frozenset({"presensi@bkd.go.id"}))
RECEIVED = "from mail.dishub.go.id (mail [10.0.0.1]) by mx.bkd.go.id (Postfix) id 1; Tue, 24 Nov 2026 07:18:00 +0700"
FROM = "Petugas Dishub <rekap@dishub.go.id>"


def mail(*above: str, sender: str = FROM, below: tuple[tuple[str, str], ...] = ()) -> Headers:
    results = tuple(("Authentication-Results", value) for value in above)
    return (*results, ("Received", RECEIVED), *below, ("From", sender))


@pytest.mark.parametrize(
    ("results", "reason"),
    [
        ("mx.bkd.go.id; dmarc=pass header.from=dishub.go.id", SenderReason.DMARC),
        ("mx.bkd.go.id 1; dmarc=pass (p=none dis=none) header.from=dishub.go.id", SenderReason.DMARC),
        ("mx.bkd.go.id; spf=pass smtp.mailfrom=rekap@dishub.go.id", SenderReason.SPF),
        ("mx.bkd.go.id; spf=pass smtp.mailfrom=mail.dishub.go.id; dmarc=none", SenderReason.SPF),
        ("mx.bkd.go.id; dkim=pass (2048-bit key) header.d=dishub.go.id header.s=x", SenderReason.DKIM),
        ("mx.bkd.go.id; dkim=pass header.i=@dishub.go.id; spf=fail smtp.mailfrom=x.id", SenderReason.DKIM),
        ('"MX.bkd.go.id" ; DKIM = pass header.d = dishub.go.id', SenderReason.DKIM),
    ],
)
def test_our_servers_aligned_pass_verifies(results: str, reason: SenderReason) -> None:
    verdict = judge_sender(mail(results), OURS)
    assert (verdict.verified, verdict.reason, verdict.address) == (True, reason, "rekap@dishub.go.id")


@pytest.mark.parametrize(
    "results",
    [
        "mx.bkd.go.id; dmarc=pass header.from=evil.id",
        "mx.bkd.go.id; spf=pass smtp.mailfrom=evil.id; dkim=pass header.d=evil.id",
        "mx.bkd.go.id; spf=softfail smtp.mailfrom=dishub.go.id",
        "mx.bkd.go.id; spf=pass smtp.helo=dishub.go.id",
        "mx.bkd.go.id; dkim=pass header.d=go.id",
        "mx.bkd.go.id; dkim=pass header.d=notdishub.go.id",
        "mx.bkd.go.id; dmarc=fail header.from=dishub.go.id; spf=pass smtp.mailfrom=dishub.go.id",
        "mx.bkd.go.id; none (dmarc=pass header.from=dishub.go.id)",
        "mx.bkd.go.id; dmarc=pass header.from=dishub.go.id (never closed",
        "evil.id; dmarc=pass header.from=dishub.go.id",
        "mx.bkd.go.id.evil.id; dmarc=pass header.from=dishub.go.id",
        "mx.bkd.go.id",
        "",
    ],
)
def test_anything_less_does_not(results: str) -> None:
    assert not judge_sender(mail(results), OURS).verified


FORGED = ("Authentication-Results", "mx.bkd.go.id; dmarc=pass header.from=dishub.go.id")


@pytest.mark.parametrize(
    "headers",
    [
        mail(below=(FORGED,)),  # written by the sender, below what our server received
        (FORGED, ("From", FROM)),  # no Received of ours at all
        mail("mx.bkd.go.id; dmarc=fail", below=(FORGED,)),
        # a forged Received of ours below a genuine one whose HELO name was made to confuse a reader
        (
            ("Received", "from x by evil.id ( ([10.0.0.9]) by mx.bkd.go.id (Postfix); Tue, 24 Nov 2026 08:00:00 +0700"),
            FORGED,
            ("Received", RECEIVED),
            ("From", FROM),
        ),
        mail("mx.bkd.go.id; dkim=pass header.d=dishub.go.id", sender="rekap@dishub.go.id, evil@x.com"),
        (*mail("mx.bkd.go.id; dkim=pass header.d=dishub.go.id"), ("From", "evil@x.com")),
        mail("mx.bkd.go.id; dkim=pass header.d=dishub.go.id", sender='"rekap@dishub.go.id" <evil@x.com>'),
        mail("mx.bkd.go.id; dkim=pass header.d=dishub.go.id", sender="rekap@dishub.go.id <evil@x.com>"),
        mail("mx.bkd.go.id; dkim=pass header.d=dishub.go.id", sender="rekap@dishub.go.id:evil@x.com;"),
        mail("mx.bkd.go.id; dkim=pass header.d=dishub.go.id", sender="rekap@dishub.go.id evil@x.com"),
        mail("mx.bkd.go.id; dkim=pass header.d=dishub.go.id", sender="<rekap@dishub.go.id> <evil@x.com>"),
        mail("mx.bkd.go.id; dkim=pass header.d=dishub.go.id", sender="=?utf-8?q?rekap=40dishub.go.id?= <evil@x.com>"),
        mail("mx.bkd.go.id; dkim=pass header.d=dishub.go.id", sender="evil@x.com (rekap@dishub.go.id)"),
        mail("mx.bkd.go.id; dkim=pass header.d=dishub.go.id", sender="rekap@dіshub.go.id"),  # Cyrillic і
        mail("mx.bkd.go.id; dkim=pass header.d=dishub.go.id", sender=""),
        mail("mx.bkd.go.id; dkim=pass header.d=dishub.go.id", sender="Petugas"),
        mail("mx.bkd.go.id; dkim=pass header.d=dishub.go.id", sender="rekap@dishub.go.id\x00@x.com"),
    ],
)
def test_must_hold_12_from_variants_and_forged_results_are_never_verified(headers: Headers) -> None:
    assert not judge_sender(headers, OURS).verified


def test_nobody_is_believed_without_a_configured_server() -> None:
    headers = mail("mx.bkd.go.id; dmarc=pass header.from=dishub.go.id")
    assert not judge_sender(headers, AuthPolicy(None, ("mx.bkd.go.id",))).verified
    assert not judge_sender(headers, AuthPolicy("mx.bkd.go.id", ())).verified


def test_microsofts_form_without_an_authserv_id_is_read() -> None:
    policy = AuthPolicy(None, ("mail.protection.outlook.com",), AuthStyle.MICROSOFT)
    headers = (
        ("Received", "from A (2603::1) by B.apcprd01.prod.outlook.com with HTTPS; Tue, 24 Nov 2026 00:18:09 +0000"),
        (
            "Authentication-Results",
            "spf=pass (sender IP is 10.0.0.1) smtp.mailfrom=dishub.go.id; dkim=none (message not signed) "
            "header.d=none;dmarc=bestguesspass action=none header.from=dishub.go.id;compauth=pass reason=109",
        ),
        (
            "Received",
            "from x (10.0.0.1) by SG2.mail.protection.outlook.com (10.1.1.1); Tue, 24 Nov 2026 00:18:07 +0000",
        ),
        ("Authentication-Results", "spf=pass smtp.mailfrom=evil.id;dmarc=pass header.from=evil.id"),
        ("From", FROM),
    )
    assert judge_sender(headers, policy).reason is SenderReason.SPF
    forged = (*headers[:1], ("Authentication-Results", "spf=none; dmarc=none"), *headers[2:-1], ("From", "a@evil.id"))
    assert not judge_sender(forged, policy).verified


def test_googles_results_lie_below_its_received_and_only_the_first_counts() -> None:
    policy = AuthPolicy("mx.google.com", ("mx.google.com",), AuthStyle.GOOGLE)
    received = ("Received", "from x by mx.google.com with ESMTPS id q; Mon, 23 Nov 2026 16:18:07 -0800 (PST)")
    good = ("Authentication-Results", "mx.google.com; dkim=pass header.i=@dishub.go.id header.s=s")
    bad = ("Authentication-Results", "mx.google.com; spf=fail smtp.mailfrom=x.id")
    assert judge_sender((received, good, ("From", FROM)), policy).verified
    assert not judge_sender((received, bad, good, ("From", FROM)), policy).verified
    assert not judge_sender((received, ("Received", "from y by z; x"), good, ("From", FROM)), policy).verified


@pytest.mark.parametrize(
    ("proven", "claimed", "holds"),
    [
        ("dishub.go.id", "dishub.go.id", True),
        ("mail.dishub.go.id", "dishub.go.id", True),
        ("tulungagung.go.id", "dishub.tulungagung.go.id", True),
        ("go.id", "dishub.go.id", False),
        ("id", "dishub.go.id", False),
        ("", "dishub.go.id", False),
        ("hub.go.id", "dishub.go.id", False),
    ],
)
def test_alignment_is_equal_or_one_below_the_other(proven: str, claimed: str, holds: bool) -> None:
    assert aligned(proven, claimed) is holds


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("rekap@dishub.go.id", "rekap@dishub.go.id"),
        ("  <Rekap@Dishub.GO.ID> ", "rekap@dishub.go.id"),
        ('"Dinas, Perhubungan (UPT)" <a.b+c@dishub.go.id>', "a.b+c@dishub.go.id"),
        ("Dinas Perhubungan (rekap) <a@dishub.go.id> (pagi)", "a@dishub.go.id"),
        ("=?utf-8?q?Dinas?= <a@dishub.go.id>", "a@dishub.go.id"),
        ('"a b"@dishub.go.id', None),
        ("a@dishub", None),
        ("a@[10.0.0.1]", None),
        ("@route.id:a@dishub.go.id", None),
        ("a..b@dishub.go.id", None),
        ("undisclosed-recipients:;", None),
    ],
)
def test_an_address_is_read_strictly(written: str, address: str | None) -> None:
    assert strict_address(written) == address


@given(st.text(max_size=80))
def test_a_strict_address_is_always_one_plain_address(text: str) -> None:
    address = strict_address(text)
    assert address is None or (address.count("@") == 1 and address.isascii() and not any(c.isspace() for c in address))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Auto-Submitted", "auto-replied"),
        ("Auto-Submitted", "auto-generated (vacation)"),
        ("Precedence", "Bulk"),
        ("Precedence", "list"),
        ("Precedence", "auto_reply"),
        ("List-Id", "<opd.lists.go.id>"),
        ("X-Auto-Response-Suppress", "OOF, AutoReply"),
        ("X-Loop", "siapa@saja.id"),
        ("Return-Path", "<>"),
        ("Content-Type", 'multipart/report; report-type="delivery-status"'),
        ("Sender", "MAILER-DAEMON@mx.go.id"),
        ("From", "Mail Delivery System <mailer-daemon@x.id>"),
        ("From", "presensi@bkd.go.id"),
    ],
)
def test_must_hold_11_automatic_mail_is_never_answered(name: str, value: str) -> None:
    headers = ((name, value), ("From", FROM)) if name != "From" else (("From", value),)
    verdict = judge_sender(headers, OURS)
    assert verdict.automatic
    assert verdict.automatic_reason


def test_a_persons_mail_may_be_answered_and_its_thread_is_known() -> None:
    headers = (
        ("Return-Path", "<rekap@dishub.go.id>"),
        ("Auto-Submitted", "no"),
        ("X-Auto-Response-Suppress", "None"),
        ("Message-ID", "<3@dishub.go.id>"),
        ("In-Reply-To", "<2@bkd.go.id>"),
        ("References", "<1@dishub.go.id> <2@bkd.go.id>"),
        ("From", FROM),
    )
    verdict = judge_sender(headers, OURS)
    assert not verdict.automatic
    assert verdict.message_id == "<3@dishub.go.id>"
    assert verdict.thread == ("<2@bkd.go.id>", "<1@dishub.go.id>")


def _signed(body: bytes, **options: bool) -> tuple[bytes, dict[bytes, bytes]]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    raw = b"From: rekap@dishub.go.id\r\nSubject: Presensi\r\n\r\n" + body
    field = dkim.sign(raw, b"s1", b"dishub.go.id", pem, include_headers=[b"from", b"subject"], **options)
    return field + raw, {b"s1._domainkey.dishub.go.id.": b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)}


def test_our_own_dkim_check_verifies_and_tells_when_it_was_signed() -> None:
    raw, dns = _signed(b"isi\r\n")
    passes = check_signatures(raw, dns.get)
    assert [one.domain for one in passes] == ["dishub.go.id"]
    verdict = judge_sender(parse_head(raw), AuthPolicy(None, ()), passes)
    assert verdict.reason is SenderReason.OWN_DKIM_CHECK
    assert verdict.dkim_signed_at is not None
    assert verdict.dkim_signed_at > datetime(2020, 1, 1, tzinfo=UTC)


def test_a_changed_body_a_missing_key_and_an_open_length_do_not_pass() -> None:
    raw, dns = _signed(b"isi\r\n")
    assert check_signatures(raw + b"tambahan\r\n", dns.get) == ()
    assert check_signatures(raw, lambda name: None) == ()
    with_length, keys = _signed(b"isi\r\n", length=True)
    assert check_signatures(with_length, keys.get) == ()
    assert check_signatures(b"DKIM-Signature: v=1; nonsense\r\n\r\n", dns.get) == ()


def test_the_signing_time_of_a_signature_that_our_server_passed_is_kept() -> None:
    signature = ("DKIM-Signature", "v=1; a=rsa-sha256; d=dishub.go.id; s=x; t=1795479480; h=from; b=abc")
    headers = mail("mx.bkd.go.id; dkim=pass header.d=dishub.go.id", below=(signature,))
    assert judge_sender(headers, OURS).dkim_signed_at == datetime.fromtimestamp(1795479480, UTC)
