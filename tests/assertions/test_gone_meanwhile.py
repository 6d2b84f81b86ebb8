"""Two people act on one thing in the same moment: whoever comes second finds nothing, as if they had come later."""

from collections.abc import Callable

import pytest
from django.http import Http404
from django.utils import timezone

from accounts.models import User
from assertions.models import Award, NameRequest
from assertions.services import decide_name
from badges.services import delete_badge, publish
from common.actors import SYSTEM
from issuers.models import Issuer, Membership
from issuers.services import change_role, leave, remove_member
from journal.services import delete_webhook, make_webhook, pause_webhook, rotate_secret, send_test_event
from tests.factories import make_badge, make_member

pytestmark = pytest.mark.django_db
NOW = {"at": timezone.now()}
BOTH = {"by": SYSTEM, **NOW}
Act = Callable[[], object]


def members(issuer: Issuer) -> tuple[Act, list[Act]]:
    person: User = make_member(issuer, Membership.Role.EDITOR)
    row = issuer.memberships.get(user=person)
    return (
        lambda: remove_member(membership=row, **BOTH),
        [
            lambda: remove_member(membership=row, **BOTH),
            lambda: change_role(membership=row, role="viewer", **BOTH),
            lambda: leave(issuer=issuer, user=person, **NOW),
        ],
    )


def webhooks(issuer: Issuer) -> tuple[Act, list[Act]]:
    hook, _secret = make_webhook(
        scope=issuer.scope, url="https://example.org/in", events=["award.created"], **BOTH
    )
    return (
        lambda: delete_webhook(webhook=hook, **BOTH),
        [
            lambda: delete_webhook(webhook=hook, **BOTH),
            lambda: rotate_secret(webhook=hook, **BOTH),
            lambda: pause_webhook(webhook=hook, **BOTH),
            lambda: (hook.__class__.objects.all().delete(), send_test_event(webhook=hook, **NOW)),
        ],
    )


def drafts(issuer: Issuer) -> tuple[Act, list[Act]]:
    badge = make_badge(issuer, published=False)
    key = badge.pk

    def again(act: Callable[..., object]) -> Act:
        badge.pk = key  # deleting an object takes its key from it; the second visitor has one of their own
        return lambda: act(badge=badge, **BOTH)

    def delete() -> None:
        delete_badge(badge=type(badge).objects.get(pk=key), **BOTH)

    return delete, [again(delete_badge), again(publish)]


def names(issuer: Issuer) -> tuple[Act, list[Act]]:
    award = Award.objects.get()
    row = NameRequest.objects.create(award=award, name="Zoé", created_at=NOW["at"])
    ask = lambda: decide_name(request=row, approve=True, **BOTH)  # noqa: E731
    return lambda: NameRequest.objects.filter(pk=row.pk).delete(), [ask]


@pytest.mark.parametrize("what", [members, webhooks, drafts, names])
def test_not_found_and_no_error(
    issuer: Issuer, accepted_award: Award, what: Callable[[Issuer], tuple[Act, list[Act]]]
) -> None:
    first, others = what(issuer)
    first()
    for second in others:
        with pytest.raises(Http404):
            second()
