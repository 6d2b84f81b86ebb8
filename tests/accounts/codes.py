import json

from common.sealing import key_provider
from journal.models import Message


def last_mail(address: str) -> Message:
    return Message.objects.filter(recipient=address).latest("created_at")


def secrets_of(message: Message) -> dict[str, str]:
    return json.loads(key_provider().unseal(bytes(message.sealed)))


def code_for(address: str) -> str:
    """The code of the last mail to the address, as its reader sees it."""
    return secrets_of(last_mail(address))["code"]
