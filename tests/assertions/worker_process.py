"""A worker in a process of its own, to be killed: `python -m tests.assertions.worker_process BATCH SIZE`.

The environment is the product's own and names the database. It goes on with the batch until it is done.
"""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "badgeplatform.settings")
    import django

    django.setup()
    from django.utils import timezone  # once Django is ready

    from assertions.models import Batch
    from assertions.services import batches

    batch_id, size = sys.argv[1], int(sys.argv[2])
    while Batch.objects.filter(pk=batch_id, state=Batch.State.ISSUING).exists():
        if not batches.issue_chunk(batch_id=batch_id, at=timezone.now(), size=size):
            batches.finish(batch_id=batch_id, at=timezone.now())


if __name__ == "__main__":
    main()
