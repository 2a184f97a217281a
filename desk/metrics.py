"""What the service counts for Prometheus; labels are names of settings and words of the product, no personal data."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_READ_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60)
_RECEIPT_BUCKETS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 900)


class Metrics:
    """One registry for one service; ``bot`` calls the methods, nothing below ``desk`` knows them."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self._messages = Counter("posko_messages", "Messages archived", ["channel", "account"], registry=registry)
        self._submissions = Counter(
            "posko_submissions", "Submissions recorded", ["session", "timeliness"], registry=registry
        )
        self._receipts = Counter("posko_outbox_results", "Outbox attempts", ["channel", "result"], registry=registry)
        self._read_seconds = Histogram(
            "posko_read_seconds", "Seconds to read a file", ["reader"], buckets=_READ_BUCKETS, registry=registry
        )
        self._receipt_seconds = Histogram(
            "posko_receipt_seconds", "Real seconds from arrival to receipt", buckets=_RECEIPT_BUCKETS, registry=registry
        )
        self._outbox = Gauge("posko_outbox_pending", "Outbox rows not yet sent", registry=registry)
        self._unread = Gauge("posko_messages_unread", "Messages not yet recorded", registry=registry)
        self._quarantine = Gauge("posko_quarantine", "Messages set aside after five attempts", registry=registry)
        self._incidents = Gauge("posko_incidents_open", "Open incidents", registry=registry)
        self._search_age = Gauge(
            "posko_mailbox_search_age_seconds", "Real seconds since the last search", ["account"], registry=registry
        )

    def messages_received(self, channel: str, account: str, count: int) -> None:
        """``count`` messages are archived and committed."""
        self._messages.labels(channel, account).inc(count)

    def submission_recorded(self, session: str, timeliness: str) -> None:
        """One submission got its number."""
        self._submissions.labels(session, timeliness).inc()

    def file_read(self, reader: str, seconds: float) -> None:
        """One file was read (or refused) by ``reader`` in ``seconds``."""
        self._read_seconds.labels(reader).observe(seconds)

    def outbox_result(self, channel: str, result: str) -> None:
        """One attempt to send ended: ``sent``, ``retry``, ``failed`` or ``expired``."""
        self._receipts.labels(channel, result).inc()

    def receipt_sent(self, seconds: float) -> None:
        """A receipt left ``seconds`` real seconds after its message arrived."""
        self._receipt_seconds.observe(seconds)

    def set_queues(self, *, outbox: int, unread: int, quarantine: int, incidents: int) -> None:
        """Rows that wait, as the database counts them now."""
        self._outbox.set(outbox)
        self._unread.set(unread)
        self._quarantine.set(quarantine)
        self._incidents.set(incidents)

    def set_search_age(self, account: str, seconds: float) -> None:
        """Real seconds since the last successful search of a mailbox."""
        self._search_age.labels(account).set(seconds)

    def text(self) -> bytes:
        """All figures in Prometheus' text form (``CONTENT_TYPE``)."""
        return generate_latest(self._registry)
