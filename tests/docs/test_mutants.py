"""The mutants: each finds the guard that it takes out, before a long run of them says that it does not."""

import pytest
from tests.mutants.__main__ import ALL, INVARIANTS, ended, hunt
from tests.mutants.mutant import ROOT, Mutant


def test_each_invariant_has_mutants() -> None:
    assert {mutant.inv for mutant in ALL if isinstance(mutant.inv, int)} == set(INVARIANTS)


@pytest.mark.parametrize("mutant", ALL, ids=lambda mutant: mutant.name)
def test_a_mutant_finds_its_guard_and_its_tests(mutant: Mutant) -> None:
    assert mutant.change.text()
    assert mutant.tests
    assert all((ROOT / test.split("::")[0].partition(" ")[0]).exists() for test in mutant.tests)


def test_a_run_that_reaches_none_is_no_success_and_says_how_many_it_left() -> None:
    assert hunt(ALL[:3], "nowhere", until=0.0) == (0, 3)
    assert ended(3, 0, 0, 3) == (
        "none of 3 mutants was reached: give it more time (--within); 0 passed, 0 failed, 3 not reached",
        1,
    )
    assert ended(0, 0, 0, 0)[1] == 1, "nor is a rule that has no mutant"


@pytest.mark.parametrize(
    ("failed", "bare", "left", "said", "code"),
    [
        (0, 0, 0, "3 passed, 0 failed, 0 not reached", 0),
        (0, 0, 2, "1 passed, 0 failed, 2 not reached", 0),
        (1, 0, 2, "0 passed, 1 failed, 2 not reached", 1),
        (0, 1, 0, "3 passed, 1 failed, 0 not reached", 1),
        (3, 0, 0, "0 passed, 3 failed, 0 not reached", 1),
    ],
)
def test_what_was_seen_failed_and_left_is_counted(
    failed: int, bare: int, left: int, said: str, code: int
) -> None:
    assert ended(3, failed, bare, left) == (said, code)
