"""The report on badges as the API's description names it; made by assertions.services.reports."""

from typing import Any

from rest_framework import serializers

from openbadges import Outcome, Verdict


class Says(serializers.Serializer[Any]):
    """The verdict for people, in the language of Accept-Language."""

    kind = serializers.ChoiceField(choices=["good", "warn", "bad"])
    word = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()


class CheckShown(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="never changes its meaning; new ones may come")
    outcome = serializers.ChoiceField(choices=[outcome.value for outcome in Outcome])
    facts = serializers.DictField(help_text="what the check found; `reason` where it did not pass")
    title = serializers.CharField()
    text = serializers.CharField()


class IssuerSaid(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()


class EvidenceSaid(serializers.Serializer[Any]):
    url = serializers.CharField()
    name = serializers.CharField()


class ResultSaid(serializers.Serializer[Any]):
    name = serializers.CharField()
    value = serializers.CharField()


class EndorsementSaid(serializers.Serializer[Any]):
    by = serializers.CharField()
    verdict = serializers.ChoiceField(choices=[verdict.value for verdict in Verdict])


class BadgeSaid(serializers.Serializer[Any]):
    """What the badge's own documents say: believe it as far as the verdict goes."""

    id = serializers.CharField(allow_null=True)
    standard = serializers.CharField(help_text="`3.0`, `2.1`, `2.0`, `1.1`, `1.0` or `0.5`")
    name = serializers.CharField()
    description = serializers.CharField()
    criteria = serializers.CharField(help_text="Markdown")
    criteria_url = serializers.CharField()
    issuer = IssuerSaid()
    issued_on = serializers.CharField()
    expires_on = serializers.CharField()
    narrative = serializers.CharField()
    evidence = EvidenceSaid(many=True)
    results = ResultSaid(many=True)
    endorsements = EndorsementSaid(many=True)


class JudgedShown(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]  # a field called as Field's own attribute
    found_in = serializers.ListField(child=serializers.CharField())
    sha256 = serializers.CharField(help_text="of what was brought, byte for byte")
    verdict = serializers.ChoiceField(
        choices=[verdict.value for verdict in Verdict],
        help_text="`consistent`: every check passed, and the issuer is not known here",
    )
    public = serializers.BooleanField(
        help_text="false: its holder does not show it, and nothing more is said"
    )
    says = Says()
    undecided = serializers.BooleanField(
        help_text="nothing is proven wrong, but something could not be checked"
    )
    revoked = serializers.BooleanField()
    expired = serializers.BooleanField()
    suspended = serializers.BooleanField(help_text="put aside by its issuer for a time")
    recipient_matches = serializers.BooleanField(allow_null=True)
    address = serializers.CharField(allow_null=True)
    former_edition = serializers.BooleanField()
    badge = BadgeSaid(allow_null=True)
    checks = CheckShown(many=True)
    receipt = serializers.CharField(
        required=False, allow_null=True, help_text="signed by this site, to be kept and checked again later"
    )


class RecheckedShown(serializers.Serializer[Any]):
    genuine = serializers.BooleanField(help_text="this site signed it, and it was not changed since")
    altered = serializers.BooleanField(help_text="what is written beside the signed part says something else")
    says = Says()
    then = serializers.DictField(allow_null=True, help_text="what was signed")
    now = JudgedShown(allow_null=True, help_text="null where the badge is not at hand: send it too")
    differences = serializers.ListField(child=serializers.CharField(), help_text="what has changed, in words")


class ElsewhereShown(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]  # as above
    found_in = serializers.ListField(child=serializers.CharField())
    text = serializers.CharField()


class VerdictsShown(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    summary = serializers.CharField()
    results = JudgedShown(many=True)
    elsewhere = ElsewhereShown(many=True, help_text="links in a CV that lead to no badge")
    waiting = serializers.ListField(
        child=serializers.CharField(), help_text="no time or room: send them again"
    )
    more = serializers.IntegerField(help_text="how many more there are than can be named")
    notes = serializers.ListField(child=serializers.CharField(), help_text="what could not be read whole")
