"""Pictures, logos, evidence, lists and archives in a bucket: tests of the rooms once more, beside a server of S3."""

from collections.abc import Iterator
from uuid import uuid4

import boto3
import pytest
from django.conf import LazySettings
from moto.server import ThreadedMotoServer

from badgeplatform import environment
from tests.assertions.test_archiving import test_a_kit_is_made, test_files_go_after_some_days
from tests.assertions.test_batch_clearing import test_a_file_is_forgotten_a_month_after_the_end
from tests.assertions.test_kit import awards, kit, test_files_are_what_the_addresses_give
from tests.assertions.test_moving import archive, house, test_it_comes_back_whole
from tests.assertions.views.test_evidence import (
    row,
    test_a_file_that_was_lost,
    test_a_file_to_keep_and_nothing_that_runs,
)
from tests.badges.test_pictures import test_an_svg_is_kept_clean_with_its_raster
from tests.issuers.views.test_settings import test_a_logo_is_removed, test_a_logo_is_written_anew_and_served

__all__ = [
    "archive", "awards", "house", "kit", "row",
    "test_a_file_is_forgotten_a_month_after_the_end", "test_a_file_that_was_lost",
    "test_a_file_to_keep_and_nothing_that_runs", "test_a_kit_is_made", "test_a_logo_is_removed",
    "test_a_logo_is_written_anew_and_served",
    "test_an_svg_is_kept_clean_with_its_raster", "test_files_are_what_the_addresses_give",
    "test_files_go_after_some_days", "test_it_comes_back_whole",
]  # fmt: skip
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    storage = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    storage.start()
    host, port = storage.get_host_and_port()
    yield f"http://{host}:{port}"
    storage.stop()


@pytest.fixture(autouse=True)
def bucket(server: str, settings: LazySettings) -> None:
    """A new one for each test, in the product's storage."""
    name, place = uuid4().hex, {"endpoint_url": server, "region_name": "us-east-1"}
    client = boto3.client("s3", aws_access_key_id="key", aws_secret_access_key="secret", **place)
    client.create_bucket(Bucket=name)
    kept = environment.bucket(name, access_key="key", secret_key="secret", **place)
    settings.STORAGES = settings.STORAGES | {"default": kept}
