"""What mails, webhooks and registers know of people who are to be forgotten. The journal itself never knew them."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from journal.models import Delivery, Leaf, Message, Suppression


@transaction.atomic
def forget_everywhere(*, addresses: Sequence[str], subjects: Sequence[str], ids: Sequence[UUID]) -> None:
    """Mails to these addresses or about these subjects, whoever wrote them; what webhooks were told of these awards;
    and in registers what opens their entries: nobody can tell any more what those spoke of, and every tree stays whole.
    """
    Message.objects.filter(Q(recipient__in=addresses) | Q(subject__in=subjects)).delete()
    Suppression.objects.filter(address__in=addresses).delete()
    for one in ids:
        Delivery.objects.filter(payload__contains=str(one)).delete()
    Leaf.objects.filter(subject__in=ids).update(salt=None)
