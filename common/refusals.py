"""What every page with a button does: try the service, and say it where the service refuses."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.contrib import messages
from django.http import HttpRequest

from common.errors import Refused

Result = TypeVar("Result")


@dataclass(frozen=True)
class Done(Generic[Result]):
    """It was done; `value` is what the service gave."""

    value: Result


def tried(request: HttpRequest, act: Callable[[], Result]) -> Done[Result] | None:
    """None where the service refused; the next page then says why."""
    try:
        return Done(act())
    except Refused as refused:
        messages.error(request, refused.message)
        return None
