"""What the web needs to know of the running service; ``bot`` implements it."""

from typing import Protocol

from desk.metrics import Metrics


class ServiceState(Protocol):
    """The service as its web pages and probes see it."""

    metrics: Metrics
    status_token: str  # bearer token of the status API and, from afar, of the metrics
    demo_clock: str | None  # the shift of a demonstration's clock, None in a real installation

    async def ready(self) -> list[str]:
        """Why the service cannot do its work now, in Indonesian; empty when it can."""
        ...

    async def status(self) -> dict[str, object]:
        """The figures of ``posko status --json``: plain JSON values, no personal data."""
        ...

    async def collect(self) -> None:
        """Bring the gauges of ``metrics`` up to date before they are read; raises ``PoskoError`` when it cannot."""
        ...
