"""Django's PostgreSQL backend, whose health check does not cost a query. Named in DATABASES as the ENGINE."""
