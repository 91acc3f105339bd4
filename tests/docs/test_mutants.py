"""The mutants: each finds the guard that it takes out, before a long run of them says that it does not."""

import pytest
from tests.mutants.__main__ import ALL, INVARIANTS
from tests.mutants.mutant import ROOT, Mutant


def test_each_invariant_has_mutants() -> None:
    assert {mutant.inv for mutant in ALL if isinstance(mutant.inv, int)} == set(INVARIANTS)


@pytest.mark.parametrize("mutant", ALL, ids=lambda mutant: mutant.name)
def test_a_mutant_finds_its_guard_and_its_tests(mutant: Mutant) -> None:
    assert mutant.change.text()
    assert mutant.tests
    assert all((ROOT / test.split("::")[0].partition(" ")[0]).exists() for test in mutant.tests)
