"""The bars on lists: what a page costs with a hundred times more awards, and finding one person among all of them."""

import json
import time
from collections.abc import Mapping
from statistics import median

from django.test import Client
from django.utils import timezone

from accounts.models import User
from assertions.models import Award
from assertions.queries import AwardFilter, awards_for_members, people_of
from common.pagination import _write
from issuers.models import Issuer
from tests.bench.bulk import spent
from tests.bench.measuring import Bar
from tests.bench.planting import FIRST, LAST, plant
from tests.bench.stage import make_awards, make_badge

FEW = 10_000
OWNER = "lists@example.org"
TIMES = 4
FILTERS = {
    "all": AwardFilter(),
    "accepted": AwardFilter(state="accepted"),
    "by name": AwardFilter(sort="name"),
    "revoked": AwardFilter(state="revoked"),
}
QUERIES = {"all": "", "accepted": "state=accepted&", "by name": "sort=name&", "revoked": "state=revoked&"}


def lists(*, rounds: int, many: int) -> list[Bar]:
    """The same pages of one organisation, first at FEW awards, then at `many`."""
    client = Client(SERVER_NAME="badges.example.org")
    award = make_awards(make_badge(OWNER), 1, batch="lists")[0]
    client.force_login(
        User.objects.get(email=OWNER), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    plant(award, FEW)
    few = measured(client, award.issuer, rounds=rounds)
    began = time.monotonic()
    plant(award, many)
    took = time.monotonic() - began
    lots = measured(client, award.issuer, rounds=rounds)
    ratios = {name: lots[name] / few[name] for name in few}
    worst = max(ratios, key=lambda name: ratios[name])
    details = "; ".join(f"{name} {few[name] * 1e3:.1f} → {lots[name] * 1e3:.1f} ms" for name in few)
    what = f"list pages, {many:,} awards / {FEW:,}"
    return [
        Bar(7, what, ratios[worst], "<=", 2, f"worst: {worst}. {details}. Planted in {took:.0f} s"),
        *searching(award.issuer, rounds=rounds, many=many),
    ]


def measured(client: Client, issuer: Issuer, *, rounds: int) -> Mapping[str, float]:
    """Processor seconds of this process and of the database, by page."""
    found = {}
    for name, path in pages(issuer).items():
        ask(client, path)
        costs = [spent(lambda path=path: [ask(client, path) for _ in range(TIMES)]) for _ in range(rounds)]  # type: ignore[misc]
        found[name] = median(costs) / TIMES
    return found


def pages(issuer: Issuer) -> Mapping[str, str]:
    base = f"/manage/{issuer.slug}"
    paths = {f"{name}, first": f"{base}/awards?{QUERIES[name]}" for name in FILTERS}
    for name, wanted in FILTERS.items():
        paths[f"{name}, deep"] = f"{base}/awards?{QUERIES[name]}cursor={middle(issuer, wanted)}"
    paths["search"] = f"{base}/awards?q=zoe+marchand"
    paths["people"] = f"{base}/people"
    paths["overview"] = base + "/"
    return paths


def middle(issuer: Issuer, wanted: AwardFilter) -> str:
    """A cursor in the midst of the list. Looked up the slow way, once."""
    rows = awards_for_members(issuer, wanted, at=timezone.now()).order_by(*wanted.order)
    return _write("n", rows[rows.count() // 2], wanted.order)


def ask(client: Client, path: str) -> None:
    answer = client.get(path, secure=True)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")


def searching(issuer: Issuer, *, rounds: int, many: int) -> list[Bar]:
    """Milliseconds in the database until the first page of what fits is there."""
    middle_one = Award.objects.filter(issuer=issuer).order_by("pk")[many // 2]
    words = {
        "an address": middle_one.recipient.address,
        "a name and a number": f"{FIRST[2]} {LAST[3]}{many // 3}".lower(),
        "a common name": f"{FIRST[0]} {LAST[0]}".lower(),
        "nobody": "nobody.at.all",
    }
    took = {name: median(_milliseconds(issuer, text) for _ in range(rounds)) for name, text in words.items()}
    people = median(
        _explained(people_of(issuer, words["an address"]).order_by("pk")[:51]) for _ in range(rounds)
    )
    details = "; ".join(f"{name} {ms:.2f} ms" for name, ms in took.items())
    worst = max(*took.values(), people)
    what = f"search by recipient, {many:,} awards, ms in the database"
    return [Bar(9, what, worst, "<=", 5, f"{details}; a person by address {people:.2f} ms")]


def _milliseconds(issuer: Issuer, words: str) -> float:
    wanted = AwardFilter(words=words)
    rows = awards_for_members(issuer, wanted, at=timezone.now()).order_by(*wanted.order)
    return _explained(rows[:51])


def _explained(rows: object) -> float:
    plan = json.loads(rows.explain(format="json", analyze=True))  # type: ignore[attr-defined]
    return float(plan[0]["Execution Time"])
