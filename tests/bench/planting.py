"""A million awards without a million signatures: planted by SQL, each to a person of their own. PostgreSQL only."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import ProgrammingError, connection, transaction

from assertions.models import Award, Recipient
from tests.bench.stage import COPIED, NOW

BATCH = 1000
"""So many share a moment, as those of a batch do."""
FIRST = (
    "Ines",
    "Karim",
    "Zoe",
    "Leo",
    "Olga",
    "Vera",
    "Sam",
    "Chloe",
    "Jean",
    "Amina",
    "Paul",
    "Noor",
    "Elif",
    "Ivan",
)
LAST = (
    "Marchand",
    "Benali",
    "Dupont",
    "Okafor",
    "Silva",
    "Novak",
    "Haddad",
    "Moreau",
    "Keller",
    "Rossi",
    "Lund",
)
_OTHERS = [name for name in COPIED if name not in ("recipient_name", "signed")]


def plant(award: Award, until: int) -> None:
    """Awards like this one until its organisation has so many: over a year, half of them accepted, some revoked."""
    missing = until - Award.objects.filter(issuer=award.issuer_id).count()
    if missing <= 0:
        return
    last = Recipient.objects.order_by("-pk").values_list("pk", flat=True)[0]
    with connection.cursor() as cursor, transaction.atomic(), without_indexes("assertions_award"):
        cursor.execute("SET LOCAL maintenance_work_mem = '128MB'")
        cursor.execute(_PEOPLE, [list(FIRST), list(LAST), NOW, last, missing])
        cursor.execute(_AWARDS, [NOW, BATCH, until // BATCH + 1, last, award.pk])
    with connection.cursor() as cursor:
        for table in ("assertions_award", "assertions_recipient"):
            cursor.execute(f"VACUUM (ANALYZE) {table}")


_PEOPLE = """
    INSERT INTO assertions_recipient (address, created_at)
    SELECT lower(first || '.' || surname) || n + last || '@example.org', at FROM (
        SELECT n, (firsts)[1 + n %% cardinality(firsts)] AS first, (lasts)[1 + n / 7 %% cardinality(lasts)] AS surname,
            at, last
        FROM (SELECT %s::text[] AS firsts, %s::text[] AS lasts, %s::timestamptz AS at, %s::bigint AS last) AS said,
             generate_series(1, %s) AS numbers(n)
    ) AS people
"""
_AWARDS = f"""
    INSERT INTO assertions_award
        ({", ".join(_OTHERS)}, recipient_name, signed, id, recipient_id, search, is_repeat, round, issued_on, response,
         revoked_at)
    SELECT {", ".join(f"a.{name}" for name in _OTHERS)}, called.name, left(a.signed, 300), gen_random_uuid(), r.id,
        lower(called.name) || ' ' || r.address, false, NULL,
        said.at - (n / said.batch) * (interval '365 days' / said.batches),
        CASE WHEN n %% 2 = 0 THEN 'accepted' WHEN n %% 7 = 0 THEN 'declined' ELSE 'waiting' END,
        CASE WHEN n %% 50 = 0 THEN a.created_at END
    FROM (SELECT %s::timestamptz AS at, %s::int AS batch, %s::int AS batches, %s::bigint AS last) AS said,
        assertions_award a, assertions_recipient r,
        LATERAL (SELECT r.id - said.last AS n) AS numbers,
        LATERAL (SELECT initcap(replace(regexp_replace(split_part(r.address, '@', 1), '[0-9]+$', ''), '.', ' '))
            AS name) AS called
    WHERE a.id = %s AND r.id > said.last
"""


@contextmanager
def without_indexes(table: str) -> Iterator[None]:
    """Within a transaction: indexes are built once afterwards, and keys to other tables are not looked at: they are
    copies of keys that were."""
    with connection.cursor() as cursor:
        with suppress(ProgrammingError), transaction.atomic():  # only a superuser may
            cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            """SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT IN
               (SELECT conname FROM pg_constraint WHERE contype IN ('p', 'u'))""",
            [table],
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        yield
        for _name, definition in indexes:
            cursor.execute(definition)
