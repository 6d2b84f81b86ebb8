from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "journal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from anymail.signals import tracking  # after the settings and the models are there

        from journal.views.bouncing import hear

        tracking.connect(hear, dispatch_uid="journal.bouncing")
