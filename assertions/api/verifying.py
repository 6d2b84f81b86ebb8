"""POST /api/v1/verify/: any badges, of any issuer, judged as on /verify. Open to everyone; nothing is kept."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from assertions.api.verdicts_shown import RecheckedShown, VerdictsShown
from assertions.forms.uploads import Glance
from assertions.forms.verify import VerifyForm
from assertions.services.bringing import Brought
from assertions.services.judging import judge
from assertions.services.receipts import with_receipts
from assertions.services.rechecking import recheck, rechecked_json
from common.errors import Invalid
from common.ratelimits import allowed, visitor
from issuers.api.endpoints import Endpoint

_FIELDS = {"uploads": "files", "address": "recipient", "__all__": ""}


class ToVerify(serializers.Serializer[Any]):
    """At least one of `url`, `text` and `files`."""

    url = serializers.CharField(required=False, help_text="of a badge")
    text = serializers.CharField(
        required=False, help_text="links, a signed badge, a badge’s document, or the text of a CV"
    )
    files = serializers.ListField(
        child=serializers.FileField(),
        required=False,
        help_text="multipart: pictures, documents, CVs; 10 MB each at most, 25 MB and twenty files in all",
    )
    recipient = serializers.CharField(
        required=False, help_text="the e-mail address that the badges should belong to"
    )


class OpenEndpoint(Endpoint):
    """Asks for no token and looks at none; counted by the visitor's address, as the page is."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method == "POST" and not allowed("verify", visitor(request._request)):
            raise Throttled(wait=60)

    def initialize_request(self, request: Any, *args: Any, **kwargs: Any) -> Request:
        request.upload_handlers = [Glance(request)]  # before anything reads the body
        return super().initialize_request(request, *args, **kwargs)


class Verification(OpenEndpoint):
    @extend_schema(
        summary="Verify badges of any issuer",
        request=ToVerify,
        responses=VerdictsShown,
        auth=[],
        tags=["verify"],
    )
    def post(self, request: Request) -> Response:
        """A verdict on each badge, check by check. Links are fetched while you wait, 20 seconds at most. What
        there was no time or room for is named in `waiting`: send it again on its own."""
        form = _form(request)
        if not form.is_valid():
            raise _refused(form)
        verdicts = judge(form.pack(), at=timezone.now(), recipient=form.cleaned_data["address"])
        return Response(with_receipts(verdicts))


class ReceiptSent(serializers.Serializer[Any]):
    receipt = serializers.CharField(
        help_text="the downloaded file’s text, the signed form alone, or its link"
    )
    badge = serializers.CharField(
        required=False, help_text="the badge it speaks of, as text, where the receipt does not hold it"
    )


class Rechecking(OpenEndpoint):
    @extend_schema(
        summary="Check a receipt again",
        request=ReceiptSent,
        responses=RecheckedShown,
        auth=[],
        tags=["verify"],
    )
    def post(self, request: Request) -> Response:
        """Whether this site signed it, what it said, what is true now, and what has changed since."""
        sent = ReceiptSent(data=request.data)
        sent.is_valid(raise_exception=True)
        text = sent.validated_data.get("badge", "")
        found = recheck(
            sent.validated_data["receipt"],
            at=timezone.now(),
            badge=Brought(_("The badge"), text) if text else None,
        )
        return Response(rechecked_json(found))


def _form(request: Request) -> VerifyForm:
    sent = request.data
    texts = [_text(sent, name) for name in ("url", "text")]
    files: MultiValueDict[str, UploadedFile] = MultiValueDict()
    files.setlist("uploads", [*request.FILES.getlist("file"), *request.FILES.getlist("files")])
    given = {"text": "\n".join(filter(None, texts)), "address": _text(sent, "recipient")}
    return VerifyForm(given, files)


def _text(sent: Any, name: str) -> str:
    value = sent.get(name) or ""
    if isinstance(value, dict):
        raise Invalid(_("Send a document as text, or as a file."), fields={name: _("This must be a text.")})
    if not isinstance(value, str):
        raise Invalid(
            _("%(field)s must be a text.") % {"field": name}, fields={name: _("This must be a text.")}
        )
    return value


def _refused(form: VerifyForm) -> Invalid:
    fields = {_FIELDS.get(name, name): " ".join(map(str, errors)) for name, errors in form.errors.items()}
    return Invalid(" ".join(fields.values()), fields={name: text for name, text in fields.items() if name})
