"""Whatever is typed into the editor, it answers with a page: never an error, never a loss."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from badges.forms import Editor
from badges.forms.typed import Typed
from issuers.models import Issuer

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
ODD = st.sampled_from(
    [
        "",
        "\0",
        "\u202e",
        "<b>",
        "{{ 7 }}",
        "%s",
        "0",
        "-1",
        "9" * 30,
        "é" * 400,
        "#4a3fd6",
        "seal",
        "en",
        "fr",
    ]
)
VALUE = TEXT | ODD
NAMES = [
    "name_en", "name_fr", "description_en", "criteria_narrative_fr", "image_alt_en", "auto_image_alt_en", "language",
    "tags", "valid_months", "may_be_repeated", "picture_from", "shape", "colour", "second_colour", "icon", "ring_text",
    "lower_text", "letters", "picture", "pictures", "seen", "shown", "auto_icon", "auto_ring_text",
    "criteria-TOTAL_FORMS", "criteria-INITIAL_FORMS", "criteria-0-name_en", "criteria-0-method", "criteria-0-ORDER",
    "criteria-0-DELETE", "criteria-1-description_fr", "alignments-TOTAL_FORMS", "alignments-0-target_url",
    "alignments-0-target_name", "alignments-0-target_code", "upload", "act",
]  # fmt: skip
FORMS = st.dictionaries(st.sampled_from(NAMES), VALUE, max_size=len(NAMES))
ACTS = st.sampled_from(["draft", "publish", "preview", "refresh", "nonsense"])
slow = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def _whole(sent: dict[str, str]) -> dict[str, str]:
    """The inputs that every browser sends, unless something else was made up for them."""
    usual = {
        "language": "en", "picture_from": "drawn", "shape": "seal", "colour": "#4a3fd6", "second_colour": "#ffd65c",
        "criteria-TOTAL_FORMS": "2", "criteria-INITIAL_FORMS": "0", "alignments-TOTAL_FORMS": "1",
        "alignments-INITIAL_FORMS": "0",
    }  # fmt: skip
    return usual | sent


@pytest.mark.django_db
@slow
@given(sent=FORMS, act=ACTS)
def test_no_input_is_an_error(sent: dict[str, str], act: str, issuer: Issuer, owner: Any) -> None:
    client = Client()
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    path = reverse("manage:badge_new", kwargs={"slug": issuer.slug})
    with transaction.atomic():
        assert client.post(path, _whole(sent) | {"act": act}).status_code in (200, 302)
        transaction.set_rollback(True)


@pytest.mark.django_db
@slow
@given(sent=FORMS)
def test_no_input_upsets_the_advice(sent: dict[str, str], issuer: Issuer, owner: Any) -> None:
    client = Client()
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert (
        client.post(reverse("manage:badge_lint", kwargs={"slug": issuer.slug}), _whole(sent)).status_code
        == 200
    )


@pytest.mark.django_db
@slow
@given(
    query=st.dictionaries(
        st.sampled_from(["shape", "colour", "second_colour", "icon", "ring_text", "letters"]), VALUE
    )
)
def test_no_input_upsets_the_preview(query: dict[str, str], issuer: Issuer, owner: Any) -> None:
    client = Client()
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    path = reverse("manage:badge_preview", kwargs={"slug": issuer.slug})
    assert client.get(path, query).status_code in (200, 400)


@given(st.lists(st.tuples(VALUE, st.integers(-5, 50), st.booleans()), max_size=8))
def test_rows_come_back_in_the_order_asked_for(rows: list[tuple[str, int, bool]]) -> None:
    data = QueryDict(mutable=True)
    data["criteria-TOTAL_FORMS"] = str(len(rows))
    for place, (name, order, is_removed) in enumerate(rows):
        data.update({f"criteria-{place}-name_en": name, f"criteria-{place}-ORDER": str(order)})
        if is_removed:
            data[f"criteria-{place}-DELETE"] = "on"
    typed = Typed.from_post(data)
    kept = [name for name, _order, is_removed in rows if not is_removed]
    assert sorted(row["name_en"] for row in typed.criteria) == sorted(kept)
    again = Typed.from_post(_query(typed.as_data()))
    assert again.criteria == typed.criteria


@given(sent=FORMS)
@pytest.mark.django_db
@slow
def test_what_was_typed_stands_in_the_page_again(sent: dict[str, str]) -> None:
    data = _query(_whole(sent))
    editor = Editor.sent(data, is_whole=True)
    for name in ("name_en", "description_en", "tags", "valid_months"):
        assert (editor.form[name].value() or "") == data.get(name, "")
    assert editor.as_typed().typed == editor.typed


def _query(values: dict[str, str]) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update(values)
    return data


@pytest.mark.django_db
def test_what_is_to_mend_is_listed_as_the_page_asks_for_it(
    signed_in: Callable[[User], Client], owner: User, issuer: Issuer
) -> None:
    path = reverse("manage:badge_new", kwargs={"slug": issuer.slug})
    sent = _whole({"act": "publish", "criteria-TOTAL_FORMS": "1", "picture_from": "own"})
    editor = signed_in(owner).post(path, sent).context["editor"]
    assert [mended.label for mended in editor] == [
        "Badge name",
        "What the person can do",
        "Your picture",
        "Text alternative of the picture",
        "Criterion 1, What is shown",
        "Criterion 1, Assessed by",
    ]


@pytest.mark.django_db
def test_the_address_of_a_skill_says_how_it_is_to_be_written(
    signed_in: Callable[[User], Client], owner: User, issuer: Issuer
) -> None:
    path = reverse("manage:badge_new", kwargs={"slug": issuer.slug})
    sent = _whole({"act": "publish", "alignments-0-target_url": "javascript:alert(1)"})
    assert "A web address starts with https://" in signed_in(owner).post(path, sent).text


@pytest.mark.django_db
def test_long_texts_are_not_cut_off_by_the_browser(
    signed_in: Callable[[User], Client], owner: User, issuer: Issuer
) -> None:
    path = reverse("manage:badge_new", kwargs={"slug": issuer.slug})
    form = signed_in(owner).get(path).context["editor"].form
    assert "maxlength" not in str(form["description_en"])
    assert (
        "x" * 1500 in signed_in(owner).post(path, _whole({"act": "draft", "description_en": "x" * 1500})).text
    )
