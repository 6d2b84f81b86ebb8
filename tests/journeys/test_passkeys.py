"""A passkey, made and used as a device does it: Chromium with an authenticator of its own inside."""

from collections.abc import Callable

import pytest
from django.conf import LazySettings
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from tests.journeys.inbox import Inbox

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(visitor: Callable[..., BrowserContext], settings: LazySettings) -> Page:
    """A browser on a device that knows its owner by a finger; the site is plain http on this machine."""
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    context = visitor()
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return page


def test_a_passkey_is_made_and_signs_in(page: Page, inbox: Inbox, owner: User) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(owner.email)
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code", exact=True).fill(inbox.code_for(owner.email))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("navigation").first).to_be_visible()

    page.goto("/accounts/2fa/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")

    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/backpack/")
    page.goto("/accounts/profile/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Profile")
