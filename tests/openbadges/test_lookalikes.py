"""Names that are made to be mistaken for another's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbadges import CheckCode, Outcome
from openbadges.verifying.lookalikes import mixes_scripts, resembling, skeleton
from tests.openbadges.stage import AWARD, ISSUER, World

KNOWN = ("Atelier Nord", "Université de Lille", "Riverside College", "東京 Badge 学校")


@pytest.mark.parametrize(
    ("name", "original"),
    [
        ("Atelier Nord", "Atelier Nord"),
        ("ATELIER  NORD", "Atelier Nord"),
        ("Аtelier Nоrd", "Atelier Nord"),
        ("Ａｔｅｌｉｅｒ Nord", "Atelier Nord"),
        ("Atelier\u200b Nord\u00ad", "Atelier Nord"),
        ("AteIier Nord", "Atelier Nord"),
        ("Ate1ier N0rd", "Atelier Nord"),
        ("Atelier-Nord.", "Atelier Nord"),
        ("𝐀telier Nord", "Atelier Nord"),
        ("Universite de Lille", "Université de Lille"),
        ("Ríverside Coľlege", "Riverside College"),
        ("東京 Badge 学校", "東京 Badge 学校"),
        ("Atelier Sud", None),
        ("Nord", None),
        ("", None),
        ("!!!", None),
        ("\u200b", None),
    ],
)
def test_a_reader_could_take_it_for(name, original):
    assert resembling(name, KNOWN) == original


def test_signs_alone_resemble_nothing():
    assert resembling("!!!", ("???",)) is None


@pytest.mark.parametrize(
    ("name", "mixed"),
    [
        ("Аtelier Nord", True),
        ("Αtelier", True),
        ("Ателье Nord", False),
        ("東京 Badge学校", False),
        ("Université", False),
        ("", False),
    ],
)
def test_words_of_several_alphabets(name, mixed):
    assert mixes_scripts(name) == mixed


@given(st.text(max_size=400))
def test_any_name(name):
    assert skeleton(name) == skeleton(name)
    assert resembling(name, [name]) in (name, None)
    mixes_scripts(name)


def name_check(world, **expect):
    check = world.verify(AWARD, **{"trusted_issuers": {}, **expect}).check(CheckCode.ISSUER_NAME)
    return check.outcome, check.facts.get("reason")


def test_an_unknown_issuer_with_a_known_name_is_a_warning():
    world = World()
    names = {"trusted_names": lambda: ["Riverside Col\u200blege"]}
    assert name_check(world, **names) == (Outcome.WARNING, "resembles")
    assert world.verify(AWARD, trusted_issuers={}, **names).verdict == "consistent"
    assert name_check(world) == (Outcome.NOT_APPLICABLE, None)
    world.change(ISSUER, name="Rіverside College")
    assert name_check(world) == (Outcome.WARNING, "mixed_scripts")


def test_a_known_issuer_is_not_compared():
    def names():
        raise AssertionError("nobody needs them")

    world = World()
    assert name_check(world, trusted_issuers={ISSUER: "Riverside College"}, trusted_names=names) == (
        Outcome.NOT_APPLICABLE,
        None,
    )
    world.change(ISSUER, name=5)
    assert name_check(world, trusted_names=names)[0] == Outcome.NOT_APPLICABLE
