from accounts.services.arrivals import account_at
from accounts.services.leaving import delete_account, forget_unproved
from accounts.services.profile import change_profile

__all__ = ["account_at", "change_profile", "delete_account", "forget_unproved"]
