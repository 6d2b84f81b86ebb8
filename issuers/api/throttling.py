"""How often a token may call: the rate `token` of the settings (API_RATE)."""

from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

if TYPE_CHECKING:
    from rest_framework.views import APIView  # at run time this would be a circle


class TokenThrottle(SimpleRateThrottle):
    scope = "token"

    def get_cache_key(self, request: Request, view: "APIView") -> str | None:
        token = request.auth
        who = f"token-{token.pk}" if token else self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": who}
