"""Settings come from the environment; what is wrong with it is said by the variable's name."""

from pathlib import Path

import pytest

from newel.config import Settings, read
from newel.domain.errors import Invalid


def test_what_is_not_set_has_its_default_and_an_empty_one_is_not_set() -> None:
    assert read({"PATH": "/bin", "NEWEL_PORT": ""}) == Settings()
    assert read({"NEWEL_PORT": "9000", "NEWEL_LOG_LEVEL": "warning"}).port == 9000
    assert read({"NEWEL_TEST_EXTERNAL_URL": "postgresql://x", "NEWEL_DATA": "x"}) == Settings()


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("NEWEL_PORT", "abc", "NEWEL_PORT is not usable"),
        ("NEWEL_PORT", "70000", "65535"),
        ("NEWEL_POOL_SIZE", "0", "NEWEL_POOL_SIZE"),
        ("NEWEL_LOG_LEVEL", "loud", "NEWEL_LOG_LEVEL"),
        ("NEWEL_PROT", "8090", "did you mean NEWEL_PORT?"),
        ("NEWEL_DATABSE_URL", "x", "did you mean NEWEL_DATABASE_URL?"),
    ],
)
def test_a_wrong_variable_is_named(variable: str, value: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        read({variable: value})
    assert said in refused.value.message


def test_a_secret_is_made_once_for_its_owner_only_and_a_broken_master_key_is_refused(tmp_path: Path) -> None:
    settings = Settings(home=str(tmp_path))
    assert settings.master_key() == settings.master_key()
    assert (tmp_path / "master-key").stat().st_mode & 0o077 == 0
    (tmp_path / "master-key").write_text("abc")
    with pytest.raises(Invalid, match="64 hexadecimal digits"):
        settings.master_key()
