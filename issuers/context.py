from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from issuers.queries import memberships_of


def organisations(request: HttpRequest) -> dict[str, object]:
    """`my_issuers` for the organisation switcher; asks the database only where a template shows it."""
    user = getattr(request, "user", None)

    def mine() -> list[object]:
        return [row.issuer for row in memberships_of(user)[:50]] if isinstance(user, User) else []

    return {"my_issuers": SimpleLazyObject(mine)}
