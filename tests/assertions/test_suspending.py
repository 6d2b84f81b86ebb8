"""A suspended badge is not to be relied on, wherever somebody checks it; and is as before once that is over."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from assertions.models import Award, Suspension
from assertions.queries import AwardFilter, awards_for_members
from assertions.services import revoke, undo_revocation
from assertions.services.bringing import Brought, Pack
from assertions.services.judging import judge
from assertions.services.receipts import with_receipts
from assertions.services.rechecking import opened
from assertions.services.suspending import lift_suspension, suspend
from assertions.services.verification import Inquiry
from badges.models import Badge
from common.actors import SYSTEM
from common.errors import Invalid, Refused
from issuers.models import Issuer
from journal.models import Action, Delivery, Entry
from journal.services.webhooks import make_webhook
from openbadges import Verdict
from tests.assertions.views.visiting import browser, words
from tests.factories import NOON, make_accepted

LATER = NOON + timedelta(days=1)
WHY = "We are looking into a complaint."


def suspended(row: Award) -> Award:
    return suspend(award=row, reason=WHY, by=SYSTEM, at=NOON)


def test_whoever_checks_it_is_told_why(accepted_award: Award) -> None:
    assert "This badge is valid." in words(browser().get(f"/assertions/{accepted_award.pk}"))
    suspended(accepted_award)
    page = browser().get(f"/assertions/{accepted_award.pk}")
    said = words(page)
    assert page.status_code == 200
    assert "This badge is suspended. Awarded by Atelier Nord to Inès Marchand" in said
    assert f"Suspended since 3 March 2026. Reason: “{WHY}”" in said
    assert "Suspended Its issuer has put it aside for now." in said
    assert "This badge is valid." not in said
    assert "It was taken back" not in said
    assert "Compare" not in said
    verified = words(browser().get("/verify", {"url": f"{settings.SITE_URL}/assertions/{accepted_award.pk}"}))
    assert "Suspended Its issuer has put it aside for now." in verified
    assert "taken back" not in verified
    on_paper = words(browser().get(f"/assertions/{accepted_award.pk}/receipt"))
    assert "Suspended Its issuer has put it aside for now." in on_paper
    assert "taken back" not in on_paper


def test_programs_are_told_that_it_is_suspended_not_revoked(accepted_award: Award) -> None:
    suspended(accepted_award)
    for path in ("assertions/{}", "assertions/{}.jws", "credentials/{}"):
        brought = f"{settings.SITE_URL}/{path.format(accepted_award.pk)}"
        (said,) = with_receipts(judge(Pack((Brought("x", brought),)), at=NOON))["results"]
        assert (said["verdict"], said["suspended"], said["revoked"]) == ("not_valid", True, False)
        codes = [check["code"] for check in said["checks"]]
        assert ("revocation" in codes, codes.count("suspension")) == (False, 1)
        kept = opened(said["receipt"])
        assert (kept["verdict"], kept["suspended"], kept["revoked"]) == ("not_valid", True, False)


def test_lifted_it_is_as_before(accepted_award: Award, client: Client) -> None:
    before = client.get(f"/assertions/{accepted_award.pk}").content
    suspended(accepted_award)
    row = lift_suspension(award=accepted_award, by=SYSTEM, at=LATER)
    assert client.get(f"/assertions/{accepted_award.pk}").content == before
    assert "This badge is valid." in words(browser().get(f"/assertions/{accepted_award.pk}"))
    assert row.suspended is None
    last = Suspension.objects.get()
    assert (last.reason, last.lifted_at) == (WHY, LATER)


def test_open_badges_2_knows_no_suspension_and_says_revoked(client: Client, accepted_award: Award) -> None:
    suspended(accepted_award)
    for ending in ("", ".jws", ".png", ".svg"):
        answer = client.get(f"/assertions/{accepted_award.pk}{ending}")
        assert answer.status_code == 410
        assert answer.json()["revocationReason"] == f"Suspended: {WHY}"
    report = Inquiry().verify(accepted_award.signed, at=LATER)
    assert (report.verdict, report.revoked) == (Verdict.NOT_VALID, True)


def test_the_page_that_anybody_may_keep_changes_at_once(accepted_award: Award) -> None:
    """What visitors without a session get is kept by the award's state."""
    address = f"/assertions/{accepted_award.pk}"
    for word, act in (
        ("suspended", suspended),
        ("valid", lambda row: lift_suspension(award=row, by=SYSTEM, at=LATER)),
    ):
        browser().get(address)
        act(accepted_award)
        assert f"This badge is {word}." in words(browser().get(address))


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_it_takes_a_reason(accepted_award: Award, reason: str) -> None:
    with pytest.raises(Invalid):
        suspend(award=accepted_award, reason=reason, by=SYSTEM, at=NOON)
    assert not Suspension.objects.exists()


def test_once_at_a_time(accepted_award: Award) -> None:
    suspended(accepted_award)
    with pytest.raises(Refused, match="suspended already"):
        suspended(accepted_award)
    lift_suspension(award=accepted_award, by=SYSTEM, at=LATER)
    with pytest.raises(Refused, match="not suspended"):
        lift_suspension(award=accepted_award, by=SYSTEM, at=LATER)
    again = suspend(award=accepted_award, reason="Again.", by=SYSTEM, at=LATER)
    assert again.suspended
    assert (again.suspended.reason, again.suspended.lifted_at) == ("Again.", None)


@pytest.mark.parametrize("changes", [{"revoked_at": NOON}, {"response": "declined"}, {"response": "not_me"}])
def test_what_is_gone_is_not_suspended(accepted_award: Award, changes: dict[str, object]) -> None:
    Award.objects.update(**changes)
    with pytest.raises(Refused, match="not public"):
        suspended(accepted_award)


def test_revoking_outweighs_it_and_undone_it_is_suspended_still(accepted_award: Award) -> None:
    suspended(accepted_award)
    revoke(awards=[accepted_award], reason="It was true.", by=SYSTEM, at=NOON)
    assert "This badge was revoked." in words(browser().get(f"/assertions/{accepted_award.pk}"))
    undo_revocation(award=accepted_award, by=SYSTEM, at=NOON + timedelta(minutes=5))
    assert "This badge is suspended." in words(browser().get(f"/assertions/{accepted_award.pk}"))


def test_the_journal_and_webhooks_hear_of_it(accepted_award: Award, issuer: Issuer) -> None:
    events = ["award.suspended", "award.reinstated"]
    make_webhook(scope=issuer.scope, url="https://example.org/in", events=events, by=SYSTEM, at=NOON)
    suspended(accepted_award)
    lift_suspension(award=accepted_award, by=SYSTEM, at=LATER)
    actions = list(Entry.objects.order_by("number").values_list("action", flat=True))[-2:]
    assert actions == [Action.AWARD_SUSPENDED, Action.AWARD_SUSPENSION_LIFTED]
    assert WHY not in str(list(Entry.objects.values("data", "target_label")))
    assert list(Delivery.objects.order_by("pk").values_list("kind", flat=True)) == events


def test_lists_of_members_can_be_narrowed_to_it(badge: Badge, issuer: Issuer) -> None:
    rows = [make_accepted(badge) for _number in range(3)]
    suspended(rows[1])
    suspended(rows[2])
    lift_suspension(award=rows[2], by=SYSTEM, at=LATER)
    found = awards_for_members(issuer, AwardFilter(state="suspended"), at=LATER)
    assert [row.pk for row in found] == [rows[1].pk]
