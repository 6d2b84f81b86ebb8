from django.apps import AppConfig


class AssertionsConfig(AppConfig):
    name = "assertions"
    default_auto_field = "django.db.models.BigAutoField"
