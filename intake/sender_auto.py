"""Mail that no answer may go to: automatic replies, bounces, lists, robots, ourselves (facts: mail).

Zulip once saw a loop of 50,000 mails; each guard here alone would have stopped it.
"""

from intake.mail_headers import Headers, all_of, first_of, lowered, strip_comments

_BULK = frozenset({"bulk", "list", "junk", "auto_reply"})
_ROBOTS = ("mailer-daemon", "mailerdaemon", "postmaster")


def automatic_reason(headers: Headers, own_addresses: frozenset[str]) -> str:
    """The name of the first guard that holds, or an empty text when a person may be answered."""
    guards = (
        ("auto-submitted", _is_auto_submitted(headers)),
        ("precedence", bool(lowered(all_of(headers, "precedence")) & _BULK)),
        ("list-id", bool(all_of(headers, "list-id"))),
        ("x-auto-response-suppress", bool(lowered(all_of(headers, "x-auto-response-suppress")) - {"none", ""})),
        ("x-loop", bool(all_of(headers, "x-loop"))),
        ("return-path", any(value.replace(" ", "") == "<>" for value in all_of(headers, "return-path"))),
        ("multipart/report", first_of(headers, "content-type").lower().lstrip().startswith("multipart/report")),
        ("mailer-daemon", any(robot in value.lower() for robot in _ROBOTS for value in _senders(headers))),
        ("own-address", any(own in value.lower() for own in own_addresses for value in _senders(headers))),
    )
    return next((name for name, holds in guards if holds), "")


def _is_auto_submitted(headers: Headers) -> bool:
    said = [(strip_comments(value) or value).partition(";")[0] for value in all_of(headers, "auto-submitted")]
    return bool(lowered(said) - {"no", ""})


def _senders(headers: Headers) -> list[str]:
    # A guard may be too careful: here even an address inside a display name counts.
    return [*all_of(headers, "from"), *all_of(headers, "sender"), *all_of(headers, "return-path")]
