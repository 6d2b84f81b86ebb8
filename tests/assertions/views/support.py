"""What the tests of the managing pages share: the ladder of who may, and what a page costs."""

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User

SignIn = Callable[[User], Client]


def statuses(sign_in: SignIn, people: list[User], url: str) -> list[int]:
    return [sign_in(person).get(url).status_code for person in people]


def cost(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)
