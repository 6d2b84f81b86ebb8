from datetime import datetime

from django.db import transaction

from accounts.models import User
from common.actors import Actor


@transaction.atomic
def change_profile(*, user: User, name: str, language: str, time_zone: str, by: Actor, at: datetime) -> User:
    """A person's own settings. Not a matter for any journal: nobody else is concerned."""
    user.name, user.language, user.time_zone = name, language, time_zone
    user.save(update_fields=["name", "language", "time_zone"])
    return user
