"""Claim links are spent by a person's answer, once, whoever looks and however many answer at the same time."""

import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext

from assertions.models import Award, Claim
from assertions.services import Nomination, award_many
from badges.models import Badge
from common.actors import SYSTEM
from journal.models import Action, Entry
from journal.services import broken_links

LINKS, CLIENTS = 40, 16
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@pytest.fixture
def links(site: str, badge: Badge) -> list[str]:
    people = [Nomination(f"person{number}@example.org") for number in range(LINKS)]
    outcome = award_many(badge=badge, nominations=people, by=SYSTEM, at=timezone.now(), notify=False)
    return [f"{site}/claim/{outcome.tokens[row.pk]}" for row in outcome.awards]


def test_many_clients_accept_each_badge_once(links: list[str], badge: Badge) -> None:
    start = Barrier(CLIENTS)
    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(lambda _client: accept_all(links, start), range(CLIENTS)))
    won = Counter(link for answered in answers for link, status in answered if status == 302)
    assert won == Counter(links)
    others = {status for answered in answers for _link, status in answered} - {302}
    assert others <= {404, 429}, "who comes late is told so; too many misses are held up"
    assert Award.objects.accepted().count() == LINKS
    assert not Claim.objects.filter(spent_at=None).exists()
    scope = badge.issuer.scope
    assert Entry.objects.filter(scope=scope, action=Action.AWARD_ACCEPTED).count() == LINKS
    assert list(broken_links(scope)) == []


def accept_all(links: list[str], start: Barrier) -> list[tuple[str, int]]:
    """What a browser sends, by somebody in a hurry: the page of each link, then all the answers."""
    with httpx.Client(timeout=60) as client:
        tokens = [CSRF.search(client.get(link).text) for link in links]
        start.wait(timeout=60)
        return [
            (link, answer(client, link, found[1])) for link, found in zip(links, tokens, strict=True) if found
        ]


def answer(client: httpx.Client, link: str, csrf: str) -> int:
    return client.post(link, data={"csrfmiddlewaretoken": csrf}).status_code


def test_looking_spends_nothing(links: list[str], visitor: Callable[..., BrowserContext]) -> None:
    """Mail scanners open links: with GET, with HEAD, and with a whole browser that runs scripts."""
    with httpx.Client(timeout=60) as scanner:
        for link in links:
            assert scanner.head(link).status_code == 200
            assert scanner.get(link).status_code == 200
            assert scanner.post(link).status_code == 403, "a POST without the page's own token"
    page = visitor().new_page()
    for link in links:
        page.goto(link, wait_until="load")
        page.mouse.move(200, 200)
        page.mouse.wheel(0, 2000)
    assert Claim.objects.filter(spent_at=None).count() == LINKS
    assert Award.objects.waiting().count() == LINKS


def test_a_spent_link_answers_like_an_unknown_one(links: list[str]) -> None:
    with httpx.Client(timeout=60) as person:
        found = CSRF.search(person.get(links[0]).text)
        assert found
        assert answer(person, links[0], found[1]) == 302
    unknown = links[0][:-3] + "xyz"
    with httpx.Client(timeout=60) as stranger:
        answers = [(link, stranger.get(link)) for link in (links[0], unknown)]
    assert {response.status_code for _link, response in answers} == {404}
    pages = {CSRF.sub("", response.text).replace(link.rpartition("/")[2], "") for link, response in answers}
    assert len(pages) == 1
