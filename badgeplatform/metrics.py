"""What /metrics answers, in Prometheus' words. Figures of the queues are read when they are asked for; requests are
counted as they end, by every web process, into files of their own where there are several (prometheus_client's
multiprocess mode, set up by `serve`)."""

import hmac
import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.utils import timezone
from prometheus_client import REGISTRY, CollectorRegistry, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from assertions.queries import batch_queue, link_queue
from badgeplatform import probes
from common.queues import Queue
from journal.models import Heartbeat
from journal.queries import mail_queue, register_queue, webhook_queue

log = logging.getLogger(__name__)
Handler = Callable[[HttpRequest], HttpResponse]
QUEUES: tuple[Callable[..., Queue], ...] = (
    mail_queue,
    link_queue,
    batch_queue,
    webhook_queue,
    register_queue,
)
# What an address begins with tells which part of the site answers. No route, slug or id: labels are for ever.
CLASSES = {
    "api": "api", "manage": "manage", "accounts": "accounts", "start": "accounts", "assertions": "public",
    "badges": "public", "issuers": "public", "verify": "verify", "claim": "claim", "static": "static",
}  # fmt: skip
METHODS = frozenset({"GET", "HEAD", "POST"})
BUCKETS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
REQUESTS = Histogram(
    "badges_request_seconds", "Time to answer requests", ("part", "method", "status"), buckets=BUCKETS
)


def measure_requests(get_response: Handler) -> Handler:
    """One histogram per part of the site, method and status. Costs microseconds: labels are looked up once."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = get_response(request)
        method = request.method if request.method in METHODS else "other"
        series = _series(_part(request.path_info), str(method), response.status_code)
        series.observe(time.perf_counter() - began)
        return response

    return middleware


@lru_cache(maxsize=1024)
def _series(part: str, method: str, status: int) -> Histogram:
    return REQUESTS.labels(part, method, str(status))


def _part(path: str) -> str:
    return CLASSES.get(path.split("/", 2)[1] if path else "", "other")


def metrics(request: HttpRequest) -> HttpResponse:
    """For this machine, TRUSTED_PROXIES' own and whoever brings METRICS_TOKEN; nobody else learns that it is there."""
    if not may_read(request):
        return HttpResponseNotFound(b"")
    body = generate_latest(_registry()) + generate_latest(_now())
    return HttpResponse(body, content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def may_read(request: HttpRequest) -> bool:
    """What a proxy passes on comes from somewhere else, whatever machine the proxy is on: it needs the token."""
    from badgeplatform.middleware import (  # they know each other: this is one of its answers
        CLAIMS,
        is_trusted,
    )

    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN and hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode()):
        return True
    was_forwarded = any(name in request.META for name in (*CLAIMS, "HTTP_VIA"))
    return not was_forwarded and is_trusted(request.META.get("REMOTE_ADDR", ""))


def _registry() -> CollectorRegistry:
    """Requests of all web processes, or of this one where it is alone."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return registry


def _now() -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(Standing())
    return registry


class Standing(Collector):
    """How things stand when they are asked for: what can be reached, what waits, when sweeps last ended."""

    def collect(self) -> Iterable[Metric]:
        found = probes.tried()
        up = GaugeMetricFamily("badges_up", "1 where this part answers", labels=["part"])
        for part, answer in found.items():
            up.add_metric([part], float(answer == "ok"))
        yield up
        if found["database"] == "ok":
            yield from _from_rows(timezone.now())


def _from_rows(at: datetime) -> Iterator[Metric]:
    try:
        queues = [queue(at=at) for queue in QUEUES]
        beats = list(Heartbeat.objects.values_list("name", "at"))
    except Error:
        log.exception("The queues could not be counted")
        return
    depth = GaugeMetricFamily("badges_queue_rows", "Rows of a queue by state", labels=["queue", "state"])
    age = GaugeMetricFamily(
        "badges_queue_oldest_due_seconds", "For how long the oldest due row has been due", labels=["queue"]
    )
    for queue in queues:
        for state, count in queue.rows.items():
            depth.add_metric([queue.name, state], count)
        age.add_metric([queue.name], _seconds(queue.oldest_due, at))
    lag = GaugeMetricFamily("badges_sweep_lag_seconds", "Since a sweep last ended", labels=["sweep"])
    for name, last in beats:
        lag.add_metric([name], _seconds(last, at))
    yield from (depth, age, lag)


def _seconds(since: datetime | None, at: datetime) -> float:
    return max(0.0, (at - since).total_seconds()) if since else 0.0
