from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from demo.process import Systems, start_systems


@pytest.fixture(scope="session")
def shared_systems(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Systems]:
    """One process for the tests that leave each other's orders alone."""
    systems = start_systems(tmp_path_factory.mktemp("systems"))
    yield systems
    systems.stop()


@pytest.fixture
def systems(shared_systems: Systems) -> Iterator[Systems]:
    yield shared_systems
    with shared_systems.client() as client:
        client.delete("/faults").raise_for_status()


@pytest.fixture
def client(systems: Systems) -> Iterator[httpx2.Client]:
    with systems.client() as opened:
        yield opened


@pytest.fixture
def own_systems(tmp_path: Path) -> Iterator[Systems]:
    """A process of its own, for a test that kills it."""
    systems = start_systems(tmp_path)
    yield systems
    systems.stop()
