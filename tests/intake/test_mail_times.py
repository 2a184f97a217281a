"""Official time (TLG-04): our own server's Received, else INTERNALDATE; never what the sender wrote."""

from datetime import UTC, datetime, timedelta

from intake.mail_headers import Headers
from intake.mail_times import TimeBasis, mail_times

INTERNAL = datetime(2026, 11, 24, 0, 40, tzinfo=UTC)
SEEN = datetime(2026, 11, 24, 2, 5, tzinfo=UTC)
OURS = ("mx.bkd.go.id",)


def received(by: str, clock: str) -> tuple[str, str]:
    return (
        "Received",
        f"from a.id (b [10.0.0.1]) by {by} (Postfix) with SMTP id 1 for <p@bkd.go.id>; Tue, 24 Nov 2026 {clock} +0700",
    )


def official(headers: Headers, internal: datetime | None = INTERNAL) -> tuple[TimeBasis, str]:
    times = mail_times(headers, OURS, internal, SEEN)
    return times.basis, times.official.strftime("%H:%M:%S")


def test_the_topmost_received_of_our_server_is_the_official_time() -> None:
    headers = (
        received("backend.lan", "07:29:59"),
        received("mx.bkd.go.id", "07:18:00"),
        received("mx.bkd.go.id", "06:00:00"),
    )
    assert official(headers) == (TimeBasis.RECEIVED, "00:18:00")


def test_without_one_it_is_internaldate_and_without_that_the_moment_it_was_seen() -> None:
    assert official((received("evil.id", "07:00:00"),)) == (TimeBasis.INTERNALDATE, "00:40:00")
    assert official((), None) == (TimeBasis.FIRST_SEEN, "02:05:00")
    assert official((("Received", "by mx.bkd.go.id; no date"),)) == (TimeBasis.INTERNALDATE, "00:40:00")


def test_must_hold_8_a_forged_date_changes_nothing_and_is_flagged() -> None:
    headers = (received("mx.bkd.go.id", "07:34:00"), ("Date", "Tue, 24 Nov 2026 07:20:00 +0700"))
    times = mail_times(headers, OURS, INTERNAL, SEEN)
    assert times.official == datetime(2026, 11, 24, 0, 34, tzinfo=UTC)
    assert times.sent_at == datetime(2026, 11, 24, 0, 20, tzinfo=UTC)
    assert times.differences == ("internaldate", "date")


def test_must_hold_8_a_forged_internaldate_loses_against_our_received() -> None:
    times = mail_times((received("mx.bkd.go.id", "07:34:00"),), OURS, INTERNAL - timedelta(hours=1), SEEN)
    assert times.basis is TimeBasis.RECEIVED
    assert "internaldate" in times.differences


def test_must_hold_8_window_edges_are_kept_to_the_second() -> None:
    for clock in ("07:00:00", "07:30:59", "07:31:00"):
        assert official((received("mx.bkd.go.id", clock),))[1] == f"00{clock[2:]}"


def test_a_helo_name_cannot_hide_our_received_so_that_a_forged_one_counts() -> None:
    forged = received("mx.bkd.go.id", "07:10:00")
    for helo in ("x by evil.id", "x (", 'x "', "x by mx.bkd.go.id (a)", "((", ")", "a; b"):
        genuine = (
            "Received",
            f"from {helo} (b [10.0.0.9]) by mx.bkd.go.id (Postfix) with SMTP id 2; Tue, 24 Nov 2026 08:00:00 +0700",
        )
        basis, moment = official((genuine, forged))
        assert (basis, moment) in {(TimeBasis.RECEIVED, "01:00:00"), (TimeBasis.INTERNALDATE, "00:40:00")}


def test_absurd_dates_are_no_dates() -> None:
    for date in (
        "x",
        "Tue, 99 Nov 2026 99:00:00 +9999",
        "Thu, 1 Jan 99999 00:00:00 +0000",
    ):
        assert official((("Received", f"by mx.bkd.go.id; {date}"),))[0] is TimeBasis.INTERNALDATE
