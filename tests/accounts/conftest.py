import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _fresh_rates() -> None:
    """What other tests have used up of the rate limits."""
    cache.clear()
