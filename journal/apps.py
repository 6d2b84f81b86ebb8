from django.apps import AppConfig
from django.db.models.signals import post_migrate


class JournalConfig(AppConfig):
    name = "journal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from anymail.signals import tracking  # after the settings and the models are there

        from journal.services.linking import make_link_key
        from journal.views.bouncing import hear

        tracking.connect(hear, dispatch_uid="journal.bouncing")
        post_migrate.connect(make_link_key, sender=self, dispatch_uid="journal.linking")
