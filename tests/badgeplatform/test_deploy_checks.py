"""What `manage.py check --deploy` says before a site goes out into the world."""

import pytest
from django.conf import LazySettings
from django.core.checks import run_checks


def warned() -> list[str]:
    found = run_checks(include_deployment_checks=True)
    return [str(one.hint) for one in found if one.id == "badgeplatform.W001"]


def test_a_site_that_could_write_to_nobody_is_told(settings: LazySettings) -> None:
    settings.SITE_IS_HTTPS, settings.EMAIL_URL = True, ""
    [hint] = warned()
    assert hint.startswith("Set EMAIL_URL")
    assert not [one for one in run_checks() if one.id == "badgeplatform.W001"]


@pytest.mark.parametrize(("https", "email_url"), [(True, "smtp://mail.example.org:25"), (False, "")])
def test_a_site_with_a_mail_server_or_on_one_machine_is_not(
    settings: LazySettings, https: bool, email_url: str
) -> None:
    settings.SITE_IS_HTTPS, settings.EMAIL_URL = https, email_url
    assert warned() == []
