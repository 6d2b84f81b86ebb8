"""First pictures and their text alternatives."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badges.designer import ICONS, SHAPES, Design, describe, draw_svg, suggest
from badges.designer.suggestions import _WORDS, icon_for


@pytest.mark.parametrize(
    ("name", "icon"),
    [
        ("Animer un atelier participatif", "people"),
        ("Premiers secours citoyen", "heart-pulse"),
        ("Prise de parole en public", "megaphone"),
        ("Public speaking", "megaphone"),
        ("Coder en Python", "code-xml"),
        ("Community gardening", "sprout"),
        ("Jardinage urbain", "sprout"),
        ("Soudure TIG", "hammer"),
        ("Welding", "hammer"),
        ("Médiation", "handshake"),
        ("Médiathèque municipale", "library"),
        ("Bicycle repair", "bike"),
        ("Zéro déchet", "recycle"),
        ("Chef de projet", "rocket"),
        ("Chef cuisinier", "chef-hat"),
        ("Tutorat entre pairs", "users"),
        ("Analyse de données", "database"),
        ("Photographie argentique", "camera"),
        ("Comprendre le RGPD", "lock"),
        ("Droit du travail", "scale"),
        ("ART", "palette"),
        ("Articulation", ""),
        ("Œuvrer ensemble", ""),
        ("", ""),
    ],
)
def test_the_name_calls_for_an_icon(name: str, icon: str) -> None:
    assert icon_for(name) == icon


def test_every_word_leads_to_an_icon_that_exists() -> None:
    assert set(_WORDS) <= set(ICONS)


def test_the_same_seed_gives_the_same_picture() -> None:
    one, two = (
        suggest("Animer un atelier", "an", "atelier-nord/1", lower_text="Atelier Nord") for _ in range(2)
    )
    assert one == two
    assert one.initial == "AN"
    assert one.lower_text == "Atelier Nord"
    assert len({suggest("Animer", "A", seed).colour for seed in range(40)}) >= 8
    assert len({suggest("Animer", "A", seed).shape for seed in range(40)}) >= 5


def test_a_long_name_is_cut_between_words() -> None:
    design = suggest("Concevoir, animer et évaluer une formation professionnelle pour adultes", "", 1)
    assert design.ring_text == "Concevoir, animer et évaluer une formation professionnelle"
    assert len(suggest("a" * 200, "", 1).ring_text) == 60


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=120), st.text(max_size=5), st.integers())
def test_a_suggestion_is_always_a_design_that_can_be_saved_and_drawn(
    name: str, initial: str, seed: int
) -> None:
    design = suggest(name, initial, seed, lower_text=name)
    assert Design.from_dict(design.to_dict()) == design
    assert draw_svg(design).startswith(b"<svg ")


def test_the_text_alternative_says_shape_colours_picture_and_words() -> None:
    design = Design("hexagon", "#4a3fd6", "#ffd65c", "people", "ANIMER UN ATELIER", "Atelier Nord")
    assert describe(design, "Animer un atelier", "en") == (
        "Hexagonal badge, violet and sun yellow, with three people "
        "and the words “Animer un atelier” and “Atelier Nord”."
    )


@pytest.mark.parametrize(
    ("design", "ending"),
    [
        (Design(), "with a star."),
        (Design(initial="É"), "with the letter “É”."),
        (Design(initial="AN"), "with the letters “AN”."),
        (Design(icon="leaf", lower_text="2026"), "with a leaf and the words “2026”."),
        (Design(ring_text="100 %s"), "with a star and the words “100 %s”."),
    ],
)
def test_the_text_alternative_says_only_what_is_there(design: Design, ending: str) -> None:
    assert describe(design, "Name", "en").endswith(ending)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_shape_can_be_described(shape: str, language: str) -> None:
    assert "%" not in describe(Design(shape, ring_text="Soudure"), "Soudure", language)
