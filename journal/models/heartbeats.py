"""When the worker was last at work."""

from django.db import models


class Heartbeat(models.Model):
    """When the worker last swept: health checks and the waiting pages read it."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.at}"
