"""Organisations: made, and their details changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from common.actors import Actor
from common.addresses import normalise, problem_with
from common.errors import Invalid, Refused
from common.languages import CODES, language_name
from common.links import absolute
from issuers.models import Issuer, Membership, SigningKey
from issuers.services.keys import make_key
from issuers.services.slugs import check_slug, free_slug
from journal.models import Action
from journal.services import record

DETAILS = ("name", "url", "email", "description", "language", "languages", "translations")
_check_url = URLValidator(schemes=["https", "http"])


@transaction.atomic
def create_issuer(
    *,
    name: str,
    by: Actor,
    at: datetime,
    email: str,
    url: str = "",
    language: str = CODES[0],
    languages: Sequence[str] = CODES,
    description: str = "",
    translations: Mapping[str, str] | None = None,
    slug: str = "",
    is_demonstration: bool = False,
) -> Issuer:
    """A new organisation with its keys; the person `by` owns it.

    Without `slug` one is made from the name; without `url` the organisation's public page here stands in.
    `translations`: its description in those of its `languages` that are not the usual one.
    """
    if by.user_id is None:
        raise ValueError("an organisation is made by a person")
    details = _checked(
        name=name, email=email, url=url, language=language, languages=languages, description=description,
        translations=translations or {},
    )  # fmt: skip
    if slug:
        check_slug(slug)
    issuer = _with_free_slug(Issuer(**details, is_demonstration=is_demonstration, created_at=at), slug)
    Membership.objects.create(issuer=issuer, user_id=by.user_id, role=Membership.Role.OWNER, joined_at=at)
    target = ("issuer", issuer.pk, issuer.name)
    record(scope=issuer.scope, action=Action.ISSUER_CREATED, by=by, at=at, target=target)
    for algorithm in SigningKey.Algorithm:
        key = make_key(issuer=issuer, algorithm=algorithm, at=at)
        target = ("key", key.number, algorithm.value)
        record(scope=issuer.scope, action=Action.KEY_CREATED, by=by, at=at, target=target)
    return issuer


@transaction.atomic
def change_issuer(*, issuer: Issuer, by: Actor, at: datetime, **changes: Any) -> Issuer:
    """Changes the details named (of DETAILS). What was awarded stays as it was."""
    issuer = Issuer.objects.select_for_update().get(pk=issuer.pk)
    wanted = {name: getattr(issuer, name) for name in DETAILS} | changes
    details = _checked(**wanted)
    if not details["url"]:
        details["url"] = own_page(issuer.slug)
    changed = sorted(name for name, value in details.items() if getattr(issuer, name) != value)
    if not changed:
        return issuer
    for name in changed:
        setattr(issuer, name, details[name])
    issuer.stamp += 1
    issuer.save(update_fields=[*changed, "stamp"])
    target = ("issuer", issuer.pk, issuer.name)
    data = {"changed": changed}
    record(scope=issuer.scope, action=Action.ISSUER_CHANGED, by=by, at=at, target=target, data=data)
    return issuer


@transaction.atomic
def change_mails(
    *, issuer: Issuer, by: Actor, at: datetime, sends_reminders: bool, sends_expiry_notices: bool
) -> Issuer:
    """Which mails go out on their own."""
    issuer = Issuer.objects.select_for_update().get(pk=issuer.pk)
    wanted = {"sends_reminders": sends_reminders, "sends_expiry_notices": sends_expiry_notices}
    changed = sorted(name for name, value in wanted.items() if getattr(issuer, name) != value)
    if changed:
        for name in changed:
            setattr(issuer, name, wanted[name])
        issuer.save(update_fields=changed)
        target = ("issuer", issuer.pk, issuer.name)
        record(
            scope=issuer.scope, action=Action.ISSUER_CHANGED, by=by, at=at, target=target, data={"changed": changed}
        )  # fmt: skip
    return issuer


def own_page(slug: str) -> str:
    """The organisation's page on this site: its web address until it gives another."""
    return absolute(f"/issuers/{slug}")


def _with_free_slug(issuer: Issuer, slug: str) -> Issuer:
    """Saved under `slug`, or under one made from its name; somebody may take it in the same moment."""
    for _attempt in range(5):
        issuer.slug = slug or free_slug(issuer.name)
        issuer.url = issuer.url or own_page(issuer.slug)
        try:
            with transaction.atomic():
                issuer.save(force_insert=True)
        except IntegrityError:
            if issuer.url == own_page(issuer.slug):
                issuer.url = ""
            issuer.pk = None
        else:
            return issuer
    raise Refused(_("This name is being taken by somebody else. Try once more."), code="slug_taken")


def _checked(
    *, name: str, email: str, url: str, language: str, languages: Sequence[str], description: str,
    translations: Mapping[str, str],
) -> dict[str, Any]:  # fmt: skip
    """As they are stored: languages in the order of the site's, the usual one among them; no empty translation."""
    texts = {code: text.strip() for code, text in translations.items() if code != language}
    details = {
        "name": " ".join(name.split()), "email": normalise(email), "url": url.strip(), "language": language,
        "languages": [code for code in CODES if code in (language, *languages)], "description": description.strip(),
        "translations": {code: text for code, text in texts.items() if text},
    }  # fmt: skip
    problems = _problems(details)
    if not {*languages} <= {*CODES}:
        problems["languages"] = _("Choose among the languages of the list.")
    if problems:
        raise Invalid(next(iter(problems.values())), fields=problems)
    return details


def _problems(details: dict[str, Any]) -> dict[str, str]:
    problems = {}
    if not details["name"]:
        problems["name"] = _("Give the organisation’s name.")
    elif len(details["name"]) > 120:
        problems["name"] = _("The name is longer than 120 characters.")
    if sentence := problem_with(details["email"]):
        problems["email"] = sentence
    if details["url"] and not _is_url(details["url"]):
        problems["url"] = _(
            "A web address starts with https:// and names a site, such as https://example.org."
        )
    if details["language"] not in CODES:
        problems["language"] = _("Choose one of the languages of the list.")
    if len(details["description"]) > Issuer.LONGEST_DESCRIPTION:
        problems["description"] = _("The description is longer than 2000 characters.")
    for code, text in details["translations"].items():
        if sentence := _problem_with_translation(code, text, details["languages"]):
            problems[f"description_{code}"] = sentence
    return problems


def _problem_with_translation(code: str, text: str, languages: Sequence[str]) -> str:
    if code not in CODES:
        return _("Choose among the languages of the list.")
    if code not in languages:
        sentence = _("%(language)s is not among the languages that you publish in: choose it, or empty this.")
        return sentence % {"language": language_name(code)}
    is_long = len(text) > Issuer.LONGEST_DESCRIPTION
    return _("The description is longer than 2000 characters.") if is_long else ""


def _is_url(url: str) -> bool:
    if url.startswith(absolute("/")):  # this site may be named by an address that no validator knows
        return len(url) <= 300
    try:
        _check_url(url)
    except ValidationError:
        return False
    return len(url) <= 300
