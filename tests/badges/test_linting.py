"""The advice beside the editor: what a recruiter would not understand, in both languages."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from badges.designer import Design
from badges.queries import Content, CriterionContent, CriterionWords, Words
from badges.services import lint, what_is_missing
from badges.services.linting import vague_words
from tests.badges.contents import DESIGN, WHOLE

GOOD = replace(
    WHOLE,
    words={
        "fr": replace(WHOLE.words["fr"], description="Prépare, conduit et évalue un atelier de dix à trente personnes.",
                      image_alt="Badge rond, violet, avec trois personnes"),
        "en": replace(WHOLE.words["en"], image_alt="Round violet badge with three people"),
    },
)  # fmt: skip


def codes(content: Content, design: Design | None = None) -> dict[str, str]:
    return {finding.code: finding.level for finding in lint(content, design)}


def test_nothing_to_mend_in_a_good_badge() -> None:
    assert codes(GOOD, DESIGN) == {
        "good_description": "good",
        "good_methods": "good",
        "good_translation": "good",
    }


def test_an_empty_badge_says_what_is_missing() -> None:
    findings = [finding for finding in lint(Content("en")) if finding.blocks]
    assert [finding.code for finding in findings] == [
        "no_name",
        "no_description",
        "no_criterion",
        "no_alternative",
    ]


def test_only_what_the_standard_requires_blocks() -> None:
    content = Content(
        "en",
        words={"en": Words("W", "Welds.", image_alt="x")},
        criteria=(CriterionContent({"en": CriterionWords("Know metal")}),),
    )
    assert what_is_missing(content) == []
    assert {
        "no_method",
        "vague_criterion",
        "short_description",
        "short_alternative",
        "no_translation",
    } <= set(codes(content))


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("Be comfortable with groups", "en", "Be comfortable with"),
        ("Is familiar with Excel", "en", "Is familiar with"),
        ("Knows the law", "en", "Knows"),
        ("Understanding of safety", "en", "Understanding"),
        ("Writes what is unknown", "en", ""),
        ("Acknowledge the users", "en", ""),
        ("Prepares a budget", "en", ""),
        ("Être à l’aise à l’oral", "fr", "Être à l’aise"),
        ("Être à l'aise avec un groupe", "fr", "Être à l'aise"),
        ("Connaître les règles", "fr", "Connaître"),
        ("Comprendre un plan", "fr", "Comprendre"),
        ("Avoir des notions de droit", "fr", "Avoir des notions"),
        ("Savoir animer un groupe", "fr", ""),
        ("Maîtriser Excel", "fr", "Maîtriser"),
        ("Connaissance de l’entreprise", "fr", "Connaissance de"),
        ("Reconnaître une plante", "fr", ""),
        ("Know metal", "fr", ""),
    ],
)
def test_what_nobody_can_observe(text: str, language: str, found: str) -> None:
    assert vague_words(text, language) == found


def test_the_vague_criterion_is_named_by_its_place_in_the_form() -> None:
    blank, vague = CriterionContent(), CriterionContent({"fr": CriterionWords("Être à l’aise")}, "test")
    content = replace(GOOD, criteria=(GOOD.criteria[0], blank, vague))
    finding = next(finding for finding in lint(content) if finding.code == "vague_criterion")
    assert finding.title == "Criterion 3: “Être à l’aise” cannot be observed"
    assert finding.field == "criteria-2-name_fr"


def test_without_a_method_it_proves_nothing() -> None:
    content = replace(GOOD, criteria=(replace(GOOD.criteria[0], method=""),))
    finding = next(finding for finding in lint(content) if finding.code == "no_method")
    assert (finding.level, finding.field) == ("bad", "criteria-0-method")


def test_criteria_that_say_the_same() -> None:
    content = replace(GOOD, criteria=(GOOD.criteria[0], GOOD.criteria[0]))
    assert codes(content)["repeated_criterion"] == "warn"


def test_nothing_to_look_at() -> None:
    content = replace(GOOD, criteria=(replace(GOOD.criteria[0], method="interview"),))
    assert codes(content)["no_evidence"] == "warn"


def test_all_optional() -> None:
    content = replace(GOOD, criteria=(GOOD.criteria[1],))
    assert codes(content)["none_required"] == "warn"


def test_weak_contrast_and_long_words_on_the_picture() -> None:
    design = Design(colour="#ffd65c", second_colour="#ffffff", ring_text="x" * 50)
    assert {"weak_contrast", "long_ring_text"} <= set(codes(GOOD, design))


def test_a_translation_that_is_not_whole() -> None:
    content = replace(GOOD, words=GOOD.words | {"en": Words(name="Run a workshop")})
    finding = next(finding for finding in lint(content) if finding.code == "part_translation")
    assert finding.title == "3 texts are not translated: English"
    assert finding.field == "description_en"


def test_a_language_that_the_organisation_does_not_publish_in_is_not_missed() -> None:
    alone = replace(
        GOOD,
        words={"fr": GOOD.words["fr"]},
        criteria=tuple(replace(row, words={"fr": row.in_language("fr")}) for row in GOOD.criteria),
    )
    assert codes(alone)["no_translation"] == "warn"
    assert "no_translation" not in {finding.code for finding in lint(alone, languages=["fr"])}
    assert "good_translation" in {finding.code for finding in lint(GOOD, languages=["fr"])}


def test_long_description_and_long_name() -> None:
    words = replace(GOOD.words["fr"], description="mot " * 61, name="x" * 61)
    assert {"long_description", "long_name"} <= set(codes(replace(GOOD, words=GOOD.words | {"fr": words})))


@given(st.text(max_size=60), st.sampled_from(["en", "fr"]))
def test_any_text_can_be_judged(text: str, language: str) -> None:
    assert isinstance(vague_words(text, language), str)
