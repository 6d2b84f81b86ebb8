"""What changed between two versions, as a reader would say it."""

from dataclasses import replace

import pytest

from accounts.models import User
from badges.designer import Design
from badges.models import Badge, BadgeVersion
from badges.queries import AlignmentContent, Content, CriterionContent, CriterionWords, changes_between
from badges.queries.changes import Change
from badges.services import save_draft
from tests.badges.contents import WHOLE
from tests.factories import NOON


@pytest.fixture
def changes(published: Badge, editor: User):
    def compare(
        content: Content, language: str = "en", picture: Design | None = None
    ) -> list[tuple[str, ...]]:
        save_draft(badge=published, content=content, picture=picture, by=editor.actor, at=NOON)
        old, new = BadgeVersion.objects.with_content().filter(badge=published).order_by("number")
        found = changes_between(old, new, language)
        return [(change.kind, str(change.what), change.before, change.after) for change in found]

    return compare


def _row(name: str, method: str = "", **options: bool) -> CriterionContent:
    return CriterionContent({"fr": CriterionWords(name), "en": CriterionWords(name)}, method, **options)


def test_a_text(changes) -> None:
    words = WHOLE.words | {"en": replace(WHOLE.words["en"], name="Run workshops")}
    assert changes(replace(WHOLE, words=words)) == [("changed", "Name", "Run a workshop", "Run workshops")]


def test_a_text_in_the_other_language_is_named(changes) -> None:
    words = WHOLE.words | {"en": replace(WHOLE.words["en"], name="Run workshops")}
    assert changes(replace(WHOLE, words=words), "fr") == [("changed", "Translation: English", "", "")]


def test_a_translation_that_goes(changes) -> None:
    content = replace(WHOLE, words={"fr": WHOLE.words["fr"]})
    assert ("removed", "Translation", "English", "") in changes(content)


def test_criteria_come_and_go(changes) -> None:
    content = replace(WHOLE, criteria=(*WHOLE.criteria[:1], _row("Evaluate", "test")))
    assert changes(content) == [("added", "Criterion", "", "Evaluate"), ("removed", "Criterion", "Run", "")]


def test_a_criterion_is_reworded_not_replaced(changes) -> None:
    first = replace(
        WHOLE.criteria[0], words=WHOLE.criteria[0].words | {"en": CriterionWords("Prepared", "A plan")}
    )
    assert changes(replace(WHOLE, criteria=(first, WHOLE.criteria[1]))) == [
        ("changed", "Criterion", "Prepare", "Prepared")
    ]


def test_how_it_is_assessed(changes) -> None:
    first = replace(WHOLE.criteria[0], method="interview", is_required=False)
    assert changes(replace(WHOLE, criteria=(first, WHOLE.criteria[1]))) == [
        ("changed", "“Prepare”, assessed by", "Portfolio", "Interview"),
        ("changed", "“Prepare”", "", "now optional"),
    ]


def test_the_order(changes) -> None:
    assert changes(replace(WHOLE, criteria=WHOLE.criteria[::-1])) == [
        ("changed", "Order of the criteria", "", "")
    ]


def test_the_picture(changes) -> None:
    assert changes(WHOLE, picture=Design(shape="shield")) == [("changed", "Picture", "", "")]


def test_alignments_tags_and_rules(changes) -> None:
    content = replace(
        WHOLE,
        alignments=(AlignmentContent("Listen", "https://esco.example/2"),),
        tags=("animation", "écoute"),
        valid_months=18,
        may_be_repeated=False,
    )
    assert changes(content) == [
        ("added", "Link to a skill framework", "", "Listen"),
        ("removed", "Link to a skill framework", "Facilitate", ""),
        ("added", "Tag", "", "écoute"),
        ("removed", "Tag", "groupe", ""),
        ("changed", "Validity", "2 years", "18 months"),
        ("changed", "Earning it again", "", "may now be earned once only"),
    ]


def test_word_by_word() -> None:
    change = Change("changed", "Name", "Run a small workshop", "Run a large workshop well")
    assert change.pieces == [
        ("same", "Run a"),
        ("gone", "small"),
        ("new", "large"),
        ("same", "workshop"),
        ("new", "well"),
    ]
