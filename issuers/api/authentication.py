"""Who calls: `Authorization: Bearer badge_pat_...`. `request.user` and `request.auth` are the ApiToken."""

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request

from common.ratelimits import allowed, visitor
from common.tokens import token_hash
from issuers.models import ApiToken
from issuers.services import note_use


class TokenAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[ApiToken, ApiToken] | None:
        scheme, _space, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        now = timezone.now()
        usable = ApiToken.objects.usable(at=now).select_related("issuer")
        token = usable.filter(token_hash=token_hash(secret.strip())).first()
        if token is None:
            if not allowed("unknown_token", visitor(request)):
                raise Throttled(wait=60)
            raise AuthenticationFailed(_("This token is unknown, was revoked or has expired."))
        note_use(token, at=now)
        return token, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'
