"""``newel policy``: files need no database; versions go the whole way from draft to force."""

import asyncio
import json
from pathlib import Path

import pytest
from tests.domain.policy.documents import ACTS, STANDARD, changed, line_of
from typer.testing import CliRunner

from conftest import House
from newel.cli.policy import app
from newel.domain.access import Account, Role, system
from newel.domain.policy.schema import schema_text
from newel.flow import access

RUN = CliRunner()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "right.yaml").write_text(STANDARD, encoding="utf-8")
    (tmp_path / "looser.yaml").write_text(changed(("{value: 0.70,", "{value: 0.65,")), encoding="utf-8")
    return tmp_path


def test_check_of_a_right_file_says_what_it_holds(folder: Path) -> None:
    done = RUN.invoke(app, ["check", str(folder / "right.yaml")])
    assert (done.exit_code, done.output.strip()) == (
        0,
        f"{folder}/right.yaml: 28 triggers, 18 thresholds, 0 actions, 0 playbooks; nothing to mend",
    )


def test_check_of_a_wrong_file_names_file_line_and_what_would_be_right(folder: Path) -> None:
    text = changed(("preset: safety,", "preset: safty,"), ("{value: 0.70,", "{value: 70,"))
    (folder / "wrong.yaml").write_text(text, encoding="utf-8")
    done = RUN.invoke(app, ["check", str(folder / "wrong.yaml")])
    first, second, last = done.output.splitlines()
    assert done.exit_code == 1
    assert first.startswith(f"{folder}/wrong.yaml:{line_of(text, 'preset: safty')}:")
    assert first.endswith('unknown preset "safty"; did you mean "safety"?')
    assert second.startswith(f"{folder}/wrong.yaml:{line_of(text, '{value: 70,')}:")
    assert last == f"{folder}/wrong.yaml: 2 to mend"


def test_check_reads_what_lies_beside_the_file(folder: Path) -> None:
    (folder / "acts.yaml").write_text(ACTS, encoding="utf-8")
    main = STANDARD.replace("workflow:", "include: [acts.yaml]\nworkflow:", 1)
    (folder / "main.yaml").write_text(main, encoding="utf-8")
    assert "2 actions, 2 playbooks" in RUN.invoke(app, ["check", str(folder / "main.yaml")]).output
    (folder / "acts.yaml").write_text(ACTS.replace("effect: money", "effect: monney"), encoding="utf-8")
    done = RUN.invoke(app, ["check", str(folder / "main.yaml")])
    assert done.exit_code == 1
    assert f"{folder}/acts.yaml:{line_of(ACTS, '  refund: {system')}:" in done.output
    (folder / "acts.yaml").unlink()
    assert 'no file "acts.yaml"' in RUN.invoke(app, ["check", str(folder / "main.yaml")]).output


def test_an_include_never_leaves_its_folder(folder: Path) -> None:
    (folder / "acts.yaml").write_text(ACTS, encoding="utf-8")
    (folder / "deeper").mkdir()
    main = STANDARD.replace("workflow:", "include: [../acts.yaml]\nworkflow:", 1)
    (folder / "deeper" / "main.yaml").write_text(main, encoding="utf-8")
    done = RUN.invoke(app, ["check", str(folder / "deeper" / "main.yaml")])
    assert (done.exit_code, 'no file "../acts.yaml"' in done.output) == (1, True)


def test_what_cannot_be_read_is_exit_code_2(folder: Path) -> None:
    assert RUN.invoke(app, ["check", str(folder / "gone.yaml")]).exit_code == 2
    (folder / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    assert RUN.invoke(app, ["check", str(folder / "bytes.yaml")]).exit_code == 2
    assert RUN.invoke(app, ["diff", "no such thing", str(folder / "right.yaml")]).exit_code == 2


def test_diff_of_two_files_needs_no_database(folder: Path) -> None:
    right, looser = str(folder / "right.yaml"), str(folder / "looser.yaml")
    same = RUN.invoke(app, ["diff", right, right])
    assert (same.exit_code, same.output) == (0, "nothing differs\n")
    done = RUN.invoke(app, ["diff", right, looser])
    assert done.exit_code == 1
    assert done.output.splitlines() == [
        "looser   threshold  Threshold confidence_minimum: value goes from 0.7 to 0.65.",
        "1 changes, to sign by model_risk, policy_owner, none of them the author",
    ]
    told = json.loads(RUN.invoke(app, ["diff", "--json", right, looser]).output)
    assert told["signatures"] == ["model_risk", "policy_owner"]
    assert [one["path"] for one in told["changes"]] == ["thresholds.confidence_minimum.value"]


def test_schema_is_printed_or_written(folder: Path) -> None:
    assert RUN.invoke(app, ["schema"]).output == schema_text()
    RUN.invoke(app, ["schema", "--out", str(folder / "schema.json")])
    assert (folder / "schema.json").read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize("command", ["check", "diff", "submit", "sign", "activate", "show", "schema"])
def test_each_command_explains_itself_with_an_example(command: str) -> None:
    assert f"Example: newel policy {command}" in RUN.invoke(app, [command, "--help"]).output


@pytest.fixture
async def people(house: House) -> None:
    roles = {
        "ivan": {Role.SUPERVISOR, Role.IMPROVER},
        "june": {Role.POLICY_OWNER, Role.MODEL_RISK},
        "esme": {Role.LEGAL_COMPLIANCE},
    }
    for login, held in roles.items():
        account = Account(login=login, name=login.title(), roles=frozenset(held))
        await access.put_staff(house, system("test"), account)


@pytest.mark.usefixtures("people")
async def test_from_draft_to_force(house: House, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWEL_DATABASE_URL", house.url)
    monkeypatch.setenv("NEWEL_HOME", str(folder))

    def run(*words: str) -> tuple[int, str]:
        done = RUN.invoke(app, list(words))
        return done.exit_code, done.output

    story = [
        (("submit", str(folder / "right.yaml"), "--as", "ivan"), 0, "customer-support/1 is a draft"),
        (("activate", "customer-support/1", "--as", "june"), 1, "still to sign are legal_compliance"),
        (
            ("sign", "customer-support/1", "--as", "ivan", "--role", "policy_owner"),
            1,
            "the author never signs",
        ),
        (("sign", "customer-support/1", "--as", "june", "--role", "model_risk"), 0, "is signed by june"),
        (("sign", "customer-support/1", "--as", "june", "--role", "model_risk"), 1, "has signed it already"),
        (("sign", "customer-support/1", "--as", "june", "--role", "policy_owner"), 0, "is signed by june"),
        (
            ("sign", "customer-support/1", "--as", "esme", "--role", "legal_compliance"),
            0,
            "is signed by esme",
        ),
        (("sign", "customer-support/1", "--as", "nina", "--role", "model_risk"), 2, "no active account nina"),
        (("activate", "customer-support/1", "--as", "june"), 0, "customer-support/1 is in force"),
        (("diff", "customer-support", str(folder / "looser.yaml")), 1, "goes from 0.7 to 0.65"),
        (("submit", str(folder / "looser.yaml"), "--as", "ivan"), 0, "customer-support/2 is a draft"),
        (("show",), 0, "customer-support/2  draft"),
        (("show", "customer-support/2"), 0, "model_risk: still to sign"),
        (("show", "customer-support", "--text"), 0, "# How people stand in the loop"),
        (("show", "customer-support/9"), 2, "There is no policy customer-support/9"),
    ]
    for words, code, said in story:
        # The command runs its own event loop, so it runs in its own thread.
        told = await asyncio.to_thread(run, *words)
        assert (told[0], said in told[1]) == (code, True), (words, told)
