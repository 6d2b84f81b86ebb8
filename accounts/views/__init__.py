from django.http import HttpRequest

from accounts.models import User


class SignedInRequest(HttpRequest):
    """What a view below login_required is given."""

    user: User
