from issuers.services.calls import forget_calls
from issuers.services.invitations import (
    InvitationClosed,
    WrongAddress,
    accept_invitation,
    invite_member,
    open_invitation,
    withdraw_invitation,
)
from issuers.services.keys import declare_compromised, rotate_key
from issuers.services.logos import LogoRefused, remove_logo, set_logo
from issuers.services.members import (
    LastOwner,
    change_role,
    leave,
    leave_everything,
    remove_member,
    transfer_ownership,
)
from issuers.services.organisations import DETAILS, change_issuer, change_mails, create_issuer
from issuers.services.tokens import make_token, note_use, revoke_token
from issuers.services.webhooks import mail_owners_of_stopped_webhooks
from issuers.services.websites import check_website, recheck_websites

__all__ = [
    "DETAILS",
    "InvitationClosed",
    "LastOwner",
    "LogoRefused",
    "WrongAddress",
    "accept_invitation",
    "change_issuer",
    "change_mails",
    "change_role",
    "check_website",
    "create_issuer",
    "declare_compromised",
    "forget_calls",
    "invite_member",
    "leave",
    "leave_everything",
    "mail_owners_of_stopped_webhooks",
    "make_token",
    "note_use",
    "open_invitation",
    "recheck_websites",
    "remove_logo",
    "remove_member",
    "revoke_token",
    "rotate_key",
    "set_logo",
    "transfer_ownership",
    "withdraw_invitation",
]
