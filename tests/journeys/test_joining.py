"""Somebody invited: from the mail to the organisation, in a browser that sends forms as browsers do."""

import re
from collections.abc import Callable

from django.utils import timezone
from playwright.sync_api import BrowserContext, expect

from accounts.models import User
from issuers.models import Issuer, Membership
from issuers.services import invite_member
from tests.journeys.inbox import Inbox

INVITED = "tom@workshop.example"


def test_from_the_invitation_to_the_organisation(
    visitor: Callable[..., BrowserContext], inbox: Inbox, issuer: Issuer, owner: User
) -> None:
    role = Membership.Role.EDITOR
    invite_member(issuer=issuer, address=INVITED, role=role, by=owner.actor, at=timezone.now())
    page = visitor().new_page()
    page.goto(inbox.button_for(INVITED))

    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code", exact=True).fill(inbox.code_for(INVITED))
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name=f"Join {issuer.name}").click()

    expect(page).to_have_url(re.compile(f"/manage/{issuer.slug}/$"))
    assert issuer.memberships.get(user__email=INVITED).role == role
