"""One line per event on standard error: readable on a desk, JSON on a real site."""

import uuid
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from django.http import HttpRequest

CURRENT_REQUEST: "ContextVar[HttpRequest | None]" = ContextVar("current_request", default=None)
SHORTEST_KEY = 16  # characters; what is shorter is nobody's key, and may be part of any word


def name_the_request(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Adds the number of the request that a line belongs to, given by its first line, and the visitor's address."""
    request = CURRENT_REQUEST.get()
    if request is not None:
        if not hasattr(request, "log_number"):
            request.log_number = uuid.uuid4().hex  # type: ignore[attr-defined]
        event.setdefault("request_id", request.log_number)  # type: ignore[attr-defined]
        event.setdefault("ip", request.META.get("REMOTE_ADDR", ""))
    return event


def keep_keys_out(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Puts the route in place of the path, also in a traceback: some paths are keys (claim links), and Django writes
    the path of what it refuses and of what breaks. A key that stands alone goes, too."""
    request = CURRENT_REQUEST.get() or getattr(event.get("_record"), "request", None)
    hidden = _hidden(request)
    for name, value in event.items():
        if isinstance(value, str):
            for key, shown in hidden:
                value = value.replace(key, shown)
            event[name] = value
    return event


def _hidden(request: Any) -> list[tuple[str, str]]:
    """(what must not be read, what stands there instead)."""
    path, match = getattr(request, "path", "/"), getattr(request, "resolver_match", None)
    if path == "/":
        return []
    shown = f"/{match.route}" if match else "(no page)"
    escaped = path.encode("unicode_escape").decode("ascii")  # as Django writes it
    token = str(match.kwargs.get("token", "")) if match else ""
    hidden = [(path, shown), (escaped, shown)]
    return [*hidden, (token, "(key)")] if len(token) >= SHORTEST_KEY else hidden


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    name_the_request,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso"),
]


def logging_settings(*, level: str, as_json: bool) -> dict[str, Any]:
    """The value of LOGGING; structlog's own events go the same way."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    rendering: Any
    if as_json:
        rendering = structlog.processors.JSONRenderer()
    else:
        # Plain: the rich one prints local variables, keys among them.
        plain = structlog.dev.plain_traceback
        rendering = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain)
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": SHARED,
        "processors": [
            structlog.processors.format_exc_info,
            keep_keys_out,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            rendering,
        ],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"events": formatter},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "events"}},
        "root": {"handlers": ["console"], "level": level},
        # The request log (LOG_LEVEL=INFO) tells of a 404 already; the file broker has no host to name.
        "loggers": {
            "django.request": {"level": "ERROR"},
            "kombu.connection": {"level": "ERROR"},
        },
    }
