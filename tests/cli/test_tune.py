"""``newel tune emotion``: a proposal that the check accepts, or a plain word why there is none."""

import json
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


# Words of a trade that no shipped model knows.
GRUMBLES = ("The porter came out flocculent, no. {}.", "My saison {} is skunked and hazy.")
PRAISE = ("The porter came out crisp, no. {}.", "My saison {} is bright and clear.")


def trade_labels(folder: Path, name: str, first: int) -> Path:
    rows = [
        f'"{line.format(number)}",{label}'
        for label, lines, count in (("yes", GRUMBLES, 30), ("no", PRAISE, 90))
        for line in lines
        for number in range(first, first + count)
    ]
    path = folder / name
    path.write_text("\n".join(["text,label", *rows, ""]), "utf-8")
    return path


def scanned(policy: Path, text: str, signals: Path) -> dict[str, object]:
    done = CliRunner().invoke(
        app,
        ["scan", "--policy", str(policy)],
        input=json.dumps({"text": text}),
        env={"NEWEL_SIGNALS": str(signals)},
    )
    found: dict[str, object] = json.loads(done.output)
    return found


def test_SCN_3_the_fitted_model_is_heard_where_it_was_put_and_missed_where_it_was_not(
    tmp_path: Path, policy: Path
) -> None:
    out = tmp_path / "proposal.yaml"
    given = ["tune", "emotion", str(trade_labels(tmp_path, "labels.csv", 0)), "--policy", str(policy)]
    more = trade_labels(tmp_path, "more.csv", 500)
    done = CliRunner().invoke(app, [*given, "--out", str(out), "--check", str(more)])
    assert done.exit_code == 0, done.output
    lines = {line.split("  ")[0]: line for line in done.output.splitlines()}
    assert "no floor keeps to it" in lines["phrases"] or " 0.0% " in lines["phrases"]
    assert "60/60" in lines["on further labels"]
    [model] = tmp_path.glob("emotion-*.npz")
    version = model.stem.removeprefix("emotion-")
    assert f"model: {version}" in out.read_text("utf-8")
    grumble = "My saison is skunked and hazy again."
    missing = scanned(out, grumble, tmp_path / "nowhere")
    assert (missing["clusters"], "emotion_fitted" in missing["not_evaluated"]) == ([], True)  # type: ignore[operator]
    installed = scanned(out, grumble, tmp_path)
    assert (installed["clusters"], installed["not_evaluated"]) == (["emotion"], [])
    assert f"emotion fitted {version}" in json.dumps(installed["markers"])
    before = scanned(policy, grumble, tmp_path)
    assert (before["clusters"], before["not_evaluated"]) == ([], [])


def test_where_no_floor_keeps_the_promise_nothing_is_proposed(tmp_path: Path, policy: Path) -> None:
    out = tmp_path / "proposal.yaml"
    given = ["tune", "emotion", str(labels(tmp_path)), "--policy", str(policy), "--out", str(out)]
    done = CliRunner().invoke(app, [*given, "--false-alarms", "0.01"])
    assert isinstance(done.exception, Invalid)
    assert "give more labels" in str(done.exception)
    assert not out.exists()
