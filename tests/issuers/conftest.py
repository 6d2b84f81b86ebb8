from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from common.http import _tls
from tests.issuers.site import NameServer, Site

Climb = Callable[..., None]


@pytest.fixture
def cast(owner: User, editor: User, awarder: User, viewer: User, stranger: User) -> dict[str, User]:
    return {"owner": owner, "editor": editor, "awarder": awarder, "viewer": viewer, "stranger": stranger}


@pytest.fixture
def climb(cast: dict[str, User], signed_in: Callable[[User], Client]) -> Climb:
    """The access ladder of a page: anonymous people are asked to sign in, strangers find nothing, and each role
    gets its answer (owner, editor, awarder, viewer)."""

    def walk(path: str, *answers: int, post: dict[str, str] | None = None) -> None:
        def ask(client: Client) -> int:
            return (client.get(path) if post is None else client.post(path, post)).status_code

        anonymous = Client().get(path) if post is None else Client().post(path, post)
        assert anonymous.status_code == 302
        assert anonymous["Location"].startswith("/accounts/login/")
        assert ask(signed_in(cast["stranger"])) == 404
        got = [ask(signed_in(cast[role])) for role in ("viewer", "awarder", "editor", "owner")]
        assert got == list(answers[::-1])

    return walk


@pytest.fixture
def name_server(settings: Any) -> Iterator[NameServer]:
    """The only name server that is asked for TXT records."""
    server = NameServer()
    settings.DNS_SERVERS = [server.address]
    yield server
    server.close()


@pytest.fixture
def site(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A website whose certificate is believed here."""
    server = Site(tmp_path)
    settings.OUTBOUND_EXCEPTIONS = [server.host]
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    _tls.cache_clear()
    yield server
    _tls.cache_clear()
    server.close()
