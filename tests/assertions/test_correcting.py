"""Names and addresses that recipients correct; what was signed before goes on verifying."""

import json
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from accounts.models import User
from assertions.documents import revocation_list
from assertions.models import AddressChange, Award, Claim, FormerSignature, NameRequest, Recipient
from assertions.queries import gone_awards
from assertions.services import decide_name, open_claims, revoke
from assertions.services.claiming import LinkSpent, accept, claim_for
from assertions.services.correcting import (
    address_change_for,
    ask_address_change,
    confirm_address_change,
    correct_name,
    is_small_correction,
    tidy_name,
)
from assertions.services.verification import Inquiry, award_of_report, is_former_signature, verify_award
from badges.models import Badge
from common.actors import SYSTEM
from common.errors import Invalid, Refused
from common.sealing import key_provider
from journal.emails import write
from journal.models import Action, Entry, Message
from openbadges import Verdict, jws
from openbadges.recipients import hash_identity
from tests.assertions.views import visiting
from tests.factories import NOON, make_accepted, make_award

LATER = NOON + timedelta(hours=1)
NEW = "ines.new@example.net"

# Names ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Ines Marchand", "Inès Marchand"),
        ("MARCHAND Inès", "Inès Marchand"),
        ("Jean Paul Sartre", "Jean-Paul Sartre"),
        ("Inès Marchnad", "Inès Marchand"),
        ("O'Neil Brian", "Brian O’Neil"),
        ("Straße", "Strasse"),
        ("李 小龍", "小龍 李"),
        ("محمد علی", "محمد‌ علی"),
    ],
)
def test_small_corrections(before: str, after: str) -> None:
    assert is_small_correction(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [("Inès Marchand", "Agnès Dupont"), ("Inès Marchand", "Inès"), ("Anna Li", "Bob Stone"), ("Anna", ".")],
)
def test_other_names_are_not_small_corrections(before: str, after: str) -> None:
    assert not is_small_correction(before, after)


@given(st.text(max_size=60), st.text(max_size=60))
@example("", "")
@example("İ", "i̇")
def test_any_two_names_can_be_compared(before: str, after: str) -> None:
    assert isinstance(is_small_correction(before, after), bool)
    assert is_small_correction(before, before)


@given(st.text(max_size=100))
def test_tidying_twice_changes_nothing_more(name: str) -> None:
    tidied = tidy_name(name)
    assert tidy_name(tidied) == tidied
    assert "\n" not in tidied
    assert "\x00" not in tidied
    assert "\u202e" not in tidied


def test_a_small_correction_takes_effect_at_once(accepted_award: Award) -> None:
    before, signed = accepted_award.stamp, accepted_award.signed
    assert correct_name(award=accepted_award, name=" Inés   Marchand\u202e ", at=LATER)
    accepted_award.refresh_from_db()
    assert (accepted_award.recipient_name, accepted_award.stamp) == ("Inés Marchand", before + 1)
    assert accepted_award.signed == signed
    assert Award.objects.about_people("ines marchand").exists()
    assert Entry.objects.get(action=Action.NAME_CORRECTED).data == {}


def test_another_name_waits_for_the_awarder_and_only_the_newest(accepted_award: Award) -> None:
    assert not correct_name(award=accepted_award, name="Agnès Dupont", at=LATER)
    assert not correct_name(award=accepted_award, name="Agnès Martin", at=LATER)
    accepted_award.refresh_from_db()
    assert accepted_award.recipient_name == "Inès Marchand"
    assert NameRequest.objects.get().name == "Agnès Martin"


def asked_to_decide() -> dict[str, str]:
    """Who is asked, and for which name."""
    mails = Message.objects.filter(kind="name_asked")
    return dict(mails.values_list("recipient", "context__wanted_name"))


def test_who_awarded_it_is_asked_by_mail(badge: Badge, awarder: User, owner: User) -> None:
    row = make_accepted(badge, by=awarder.actor)
    correct_name(award=row, name="Agnès Dupont", at=LATER)
    assert asked_to_decide() == {awarder.email: "Agnès Dupont"}
    correct_name(award=row, name="Agnès Martin", at=LATER)
    assert asked_to_decide() == {awarder.email: "Agnès Martin"}
    Message.objects.filter(kind="name_asked").update(state=Message.State.SENT)
    correct_name(award=row, name="Agnès Durand", at=LATER)
    assert Message.objects.filter(kind="name_asked").count() == 1


def test_where_nobody_awarded_it_or_they_left_the_owners_are_asked(
    badge: Badge, awarder: User, owner: User
) -> None:
    correct_name(award=make_accepted(badge), name="Agnès Dupont", at=LATER)
    assert set(asked_to_decide()) == {owner.email}
    Message.objects.filter(kind="name_asked").delete()
    gone = make_accepted(badge, by=awarder.actor)
    badge.issuer.memberships.get(user=awarder).delete()
    correct_name(award=gone, name="Agnès Dupont", at=LATER)
    assert set(asked_to_decide()) == {owner.email}


def test_nobody_is_asked_about_a_wish_that_is_no_more(accepted_award: Award, owner: User) -> None:
    correct_name(award=accepted_award, name="Agnès Dupont", at=LATER)
    correct_name(award=accepted_award, name="Inès Marchand", at=LATER)
    assert not asked_to_decide()
    correct_name(award=accepted_award, name="Agnès Dupont", at=LATER)
    decide_name(request=NameRequest.objects.get(), approve=False, by=SYSTEM, at=LATER)
    assert not asked_to_decide()


def test_many_small_steps_do_not_lead_to_somebody_else(accepted_award: Award) -> None:
    """Each step is small; the first name is what they are measured against."""
    steps = ["Inès Merchand", "Inès Merchant", "Ines Merchants", "Ivan Merchants", "Ivan Petrovs"]
    became = [correct_name(award=accepted_award, name=name, at=LATER) for name in steps]
    assert became[0] is True
    assert became[-1] is False
    accepted_award.refresh_from_db()
    assert accepted_award.recipient_name.startswith(("Inès", "Ines"))
    assert accepted_award.corrected_from == "Inès Marchand"


def test_an_approved_name_is_the_new_measure(accepted_award: Award) -> None:
    correct_name(award=accepted_award, name="Inés Marchand", at=LATER)
    correct_name(award=accepted_award, name="Agnès Dupont", at=LATER)
    decide_name(request=NameRequest.objects.get(), approve=True, by=SYSTEM, at=LATER)
    assert correct_name(award=accepted_award, name="Agnès Dupond", at=LATER)
    assert not correct_name(award=accepted_award, name="Inès Marchand", at=LATER)


def test_typing_the_old_name_takes_the_wish_back(accepted_award: Award) -> None:
    correct_name(award=accepted_award, name="Agnès Dupont", at=LATER)
    assert correct_name(award=accepted_award, name="Inès Marchand", at=LATER)
    assert not NameRequest.objects.exists()


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "x" * 201])
def test_a_name_that_is_none(accepted_award: Award, name: str) -> None:
    with pytest.raises(Invalid):
        correct_name(award=accepted_award, name=name, at=LATER)


@pytest.mark.parametrize("changes", [{"revoked_at": NOON}, {"response": "declined"}, {"response": "not_me"}])
def test_what_is_gone_is_not_corrected(accepted_award: Award, changes: dict[str, object]) -> None:
    Award.objects.update(**changes)
    for act in (correct_name, ask_address_change):
        with pytest.raises(Refused):
            act(
                award=accepted_award,
                at=LATER,
                **({"name": "Inés"} if act is correct_name else {"address": NEW}),
            )
    assert not Message.objects.exists()


# Addresses --------------------------------------------------------------------------------------------


def asked(award: Award, address: str = NEW) -> str:
    """The token of the mail to the new address."""
    return visiting.asked(award, address, at=NOON)


def test_moving_signs_anew_and_the_former_bytes_go_on_verifying(accepted_award: Award) -> None:
    old = accepted_award.signed
    moved = confirm_address_change(token=asked(accepted_award), at=LATER).award
    assert moved.pk == accepted_award.pk
    assert moved.recipient.address == NEW
    assert moved.signed != old
    now, before = (json.loads(jws.decode_unverified(token).payload) for token in (moved.signed, old))
    assert now["recipient"]["identity"] == hash_identity(NEW, moved.salt)
    assert now["recipient"]["salt"] != before["recipient"]["salt"]
    same = ("id", "badge", "issuedOn", "verification", "@context")
    assert {name: now[name] for name in same} == {name: before[name] for name in same}
    assert verify_award(moved, at=LATER).verdict == Verdict.VALID
    report = Inquiry().verify(old, at=LATER, recipient="ines@example.org")
    assert report.verdict == Verdict.VALID
    assert award_of_report(report) == moved
    assert is_former_signature(moved, old)
    assert not is_former_signature(moved, moved.signed)


def test_its_history_is_kept(accepted_award: Award) -> None:
    old, salt = accepted_award.signed, accepted_award.salt
    confirm_address_change(token=asked(accepted_award), at=LATER)
    former = FormerSignature.objects.get()
    assert (former.signed, former.salt, former.replaced_at) == (old, salt, LATER)
    assert former.recipient.address == "ines@example.org"
    actions = list(Entry.objects.order_by("number").values_list("action", flat=True))
    assert actions[-2:] == [Action.ADDRESS_CHANGE_ASKED, Action.AWARD_REKEYED]
    assert "example.net" not in json.dumps(list(Entry.objects.values("target_label", "actor_label", "data")))
    assert Award.objects.about_people("ines.new").exists()
    assert not Award.objects.about_people("ines@example.org").exists()


def test_revoking_takes_back_every_edition(accepted_award: Award) -> None:
    old = accepted_award.signed
    moved = confirm_address_change(token=asked(accepted_award), at=LATER).award
    revoke(awards=[moved], reason="Mistake.", by=SYSTEM, at=LATER)
    for token in (old, moved.signed):
        report = Inquiry().verify(token, at=LATER)
        assert report.revoked
    document = revocation_list(moved.issuer, gone_awards(moved.issuer))
    assert {entry if isinstance(entry, str) else entry["id"] for entry in document["revokedAssertions"]} == {
        f"urn:uuid:{moved.pk}"
    }


def test_the_former_address_is_told_and_its_links_are_dead(accepted_award: Award) -> None:
    link = open_claims([accepted_award], at=NOON)[accepted_award.pk]
    confirm_address_change(token=asked(accepted_award), at=LATER)
    with pytest.raises(LinkSpent):
        claim_for(link, at=LATER)
    mail = Message.objects.get(kind="address_changed")
    assert mail.recipient == "ines@example.org"
    written = write(mail, secrets=json.loads(key_provider().unseal(bytes(mail.sealed))))
    assert accepted_award.issuer.email in written.body
    assert NEW not in f"{written.subject}{written.body}{written.alternatives[0][0]}"


def test_before_accepting_the_offer_moves_with_a_link_of_its_own(waiting_award: Award) -> None:
    old_link = open_claims([waiting_award], at=NOON)[waiting_award.pk]
    moved = confirm_address_change(token=asked(waiting_award), at=LATER)
    with pytest.raises(LinkSpent):
        accept(token=old_link, at=LATER)
    assert accept(token=moved.token, at=LATER).recipient.address == NEW
    assert Claim.objects.filter(spent_at=None).count() == 0


def test_nothing_moves_until_it_is_confirmed_and_once(accepted_award: Award) -> None:
    token = asked(accepted_award)
    assert address_change_for(token, at=LATER).award == accepted_award
    accepted_award.refresh_from_db()
    assert accepted_award.recipient.address == "ines@example.org"
    confirm_address_change(token=token, at=LATER)
    with pytest.raises(LinkSpent):
        confirm_address_change(token=token, at=LATER)
    assert FormerSignature.objects.count() == 1


def test_a_mistyped_address_does_not_stay_open(accepted_award: Award) -> None:
    wrong = asked(accepted_award, "ines@exmaple.org")
    right = asked(accepted_award)
    assert AddressChange.objects.count() == 1
    assert set(Message.objects.values_list("recipient", flat=True)) == {NEW}
    with pytest.raises(LinkSpent):
        confirm_address_change(token=wrong, at=LATER)
    assert confirm_address_change(token=right, at=LATER).award.recipient.address == NEW


def test_links_are_good_for_two_days(accepted_award: Award) -> None:
    token = asked(accepted_award)
    with pytest.raises(LinkSpent):
        address_change_for(token, at=NOON + timedelta(days=2))


@pytest.mark.parametrize("changes", [{"revoked_at": NOON}, {"response": "declined"}])
def test_what_is_gone_meanwhile_does_not_move(accepted_award: Award, changes: dict[str, object]) -> None:
    token = asked(accepted_award)
    Award.objects.update(**changes)
    with pytest.raises(LinkSpent):
        confirm_address_change(token=token, at=LATER)


def test_an_address_that_holds_the_badge_keeps_its_own(badge: Badge, accepted_award: Award) -> None:
    make_accepted(badge, address=NEW)
    token = asked(accepted_award)
    with pytest.raises(Refused) as refused:
        confirm_address_change(token=token, at=LATER)
    assert refused.value.code == "already_held"
    accepted_award.refresh_from_db()
    assert accepted_award.recipient.address == "ines@example.org"
    assert not FormerSignature.objects.exists()
    assert AddressChange.objects.get().confirmed_at is None


@pytest.mark.parametrize("address", ["ines@example.org", " INES@example.org", "nonsense", "", "a@b"])
def test_an_address_that_makes_no_sense(accepted_award: Award, address: str) -> None:
    with pytest.raises(Invalid) as refused:
        ask_address_change(award=accepted_award, address=address, at=NOON)
    assert "address" in refused.value.fields


def test_back_to_the_first_address(accepted_award: Award) -> None:
    confirm_address_change(token=asked(accepted_award), at=LATER)
    accepted_award.refresh_from_db()
    back = confirm_address_change(token=asked(accepted_award, "ines@example.org"), at=LATER).award
    assert back.recipient.address == "ines@example.org"
    assert FormerSignature.objects.count() == 2
    assert Recipient.objects.count() == 2
    assert verify_award(back, at=LATER).verdict == Verdict.VALID


def test_other_awards_of_the_same_person_stay(badge: Badge, accepted_award: Award) -> None:
    other = make_award(badge, address="other@example.org")
    confirm_address_change(token=asked(accepted_award), at=LATER)
    other.refresh_from_db()
    assert other.recipient.address == "other@example.org"
