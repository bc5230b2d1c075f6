"""What the tests of the verifiers share."""

from __future__ import annotations

import pytest

from tests.verifiers.made import Made, make


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("bundles"))
