"""A scanner of the shipped default policy and lexicon, compiled once."""

from importlib import resources

import pytest

from newel.domain.policy.bundle import Bundle
from newel.domain.policy.parse import load_bundle
from newel.domain.scan.lexicon import shipped_lexicon
from newel.domain.scan.scanner import Scanner, compile_scanner


@pytest.fixture(scope="session")
def bundle() -> Bundle:
    text = resources.files("newel.domain.policy").joinpath("default.yaml").read_text("utf-8")
    return load_bundle(text, "default.yaml", {})


@pytest.fixture(scope="session")
def scanner(bundle: Bundle) -> Scanner:
    return compile_scanner(bundle, shipped_lexicon())
