"""What the server counts of its own work, for Prometheus: numbers of things, nobody's.

A route is told as it is written in the program, so without names and ids.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_TYPE = CONTENT_TYPE_LATEST
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""From a commit on a quick disk to what nobody waits for."""
NO_ROUTE = "none"
"""Of requests for what is not there: their paths are the asker's own words."""


class Metrics:
    """One server's counts; a registry of its own, so that two servers in a process stay apart."""

    def __init__(self) -> None:
        self._registry = own = CollectorRegistry()
        self.requests = Counter(
            "steadyrep_requests", "Requests answered.", ("route", "status"), registry=own
        )
        self.chunks = Counter("steadyrep_chunks", "Chunks acknowledged.", registry=own)
        self.refused = Counter("steadyrep_refused_messages", "Messages refused.", registry=own)
        self.chunk_seconds = Histogram(
            "steadyrep_chunk_seconds",
            "From a chunk's arrival to its acknowledgement.",
            buckets=SECONDS,
            registry=own,
        )
        self.senders = Gauge("steadyrep_senders", "Sockets that bring signal.", registry=own)
        self.viewers = Gauge("steadyrep_viewers", "Sockets that watch a set.", registry=own)

    def text(self) -> bytes:
        """All counts in Prometheus' text format."""
        return generate_latest(self._registry)


class CountRequests:
    """ASGI middleware that counts what was answered, by route and status."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and note the status of its answer."""

        async def send_noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", NO_ROUTE)
                self._metrics.requests.labels(route, str(message["status"])).inc()
            await send(message)

        await self._app(scope, receive, send_noted if scope["type"] == "http" else send)
