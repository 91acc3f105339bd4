"""``newel tune emotion``: a proposal that the check accepts, or a plain word why there is none."""

from importlib.resources import files
from pathlib import Path

import pytest
from typer.testing import CliRunner

from newel.cli import app
from newel.domain.errors import Invalid

ANGRY = ("I am furious, you liars!", "This is a disgrace, shame on you!", "I am in tears and so desperate.")
CALM = ("Where is my parcel?", "Do you have it in blue?", "Thanks, that helps.", "When are you open?")


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "support.yaml"
    path.write_text(files("newel.domain.policy").joinpath("default.yaml").read_text("utf-8"), "utf-8")
    return path


def labels(folder: Path, *more: str) -> Path:
    rows = ["text,label", *(f'"{text}",yes' for text in ANGRY * 8), *(f'"{text}",no' for text in CALM * 25)]
    path = folder / "labels.csv"
    path.write_text("\n".join([*rows, *more, ""]), "utf-8")
    return path


def test_SCN_3_the_trade_off_is_shown_and_a_policy_proposed_that_the_check_accepts(
    tmp_path: Path, policy: Path
) -> None:
    out = tmp_path / "proposal.yaml"
    given = ["tune", "emotion", str(labels(tmp_path)), "--policy", str(policy), "--out", str(out)]
    done = CliRunner().invoke(app, given)
    assert done.exit_code == 0, done.output
    assert "24/24" in done.output
    assert "<- proposed" in done.output
    assert "+    {value: 0." in done.output
    assert policy.read_text("utf-8") != out.read_text("utf-8")
    before = CliRunner().invoke(app, ["policy", "check", str(policy)]).output
    after = CliRunner().invoke(app, ["policy", "check", str(out)]).output
    assert before.replace(str(policy), "").splitlines()[-1] == after.replace(str(out), "").splitlines()[-1]


def test_bad_rows_are_told_by_line_and_nothing_is_written(tmp_path: Path, policy: Path) -> None:
    out = tmp_path / "proposal.yaml"
    given = labels(tmp_path, "Hm,maybe", ",yes")
    asked = ["tune", "emotion", str(given), "--policy", str(policy), "--out", str(out)]
    done = CliRunner().invoke(app, asked)
    assert isinstance(done.exception, Invalid)
    assert "line 126" in done.output
    assert "line 127" in done.output
    assert not out.exists()
