"""``newel policy``: files need no database; versions go the whole way from draft to force."""

import asyncio
import contextlib
import json
import os
import pty
import sys
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
    assert (done.exit_code, done.stdout.strip()) == (
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


def test_QUA_7_check_tries_the_suite_and_names_the_line_of_what_fails(folder: Path) -> None:
    say = "request_curt: {say: "
    text = STANDARD.replace(f'{say}"human please"', f'{say}"Where is my order?"')
    (folder / "fails.yaml").write_text(text)
    done = RUN.invoke(app, ["check", str(folder / "fails.yaml")])
    line = text[: text.index(say)].count("\n") + 1
    assert (done.exit_code, f"fails.yaml:{line}:" in done.output) == (1, True)
    assert "suite.request_curt: became ai, not request.person" in done.output
    assert RUN.invoke(app, ["check", "--quick", str(folder / "fails.yaml")]).exit_code == 0


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
        await access.put_staff(house, system("test"), account, password=f"the word of {login}")


@pytest.mark.usefixtures("people")
async def test_from_draft_to_force(house: House, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWEL_DATABASE_URL", house.url)
    monkeypatch.setenv("NEWEL_HOME", str(folder))

    def run(*words: str) -> tuple[int, str]:
        by = words[words.index("--as") + 1] if "--as" in words else ""
        proof = ["--password-file", str(secret(folder, by))] if by else []
        done = RUN.invoke(app, [*words, *proof])
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
        (
            ("sign", "customer-support/1", "--as", "nina", "--role", "model_risk"),
            1,
            "the name or the password",
        ),
        (("activate", "customer-support/1", "--as", "june"), 0, "customer-support/1 is in force"),
        (("diff", "customer-support", str(folder / "looser.yaml")), 1, "goes from 0.7 to 0.65"),
        (("submit", str(folder / "looser.yaml"), "--as", "ivan"), 0, "customer-support/2 is a draft"),
        (("show",), 0, "customer-support/2  draft"),
        (("show", "customer-support/2"), 0, "model_risk: still to sign"),
        (("show", "customer-support/1"), 0, "UTC, proven by their password"),
        (("show", "customer-support", "--text"), 0, "# How people stand in the loop"),
        (("show", "customer-support/9"), 2, "There is no policy customer-support/9"),
    ]
    for words, code, said in story:
        # The command runs its own event loop, so it runs in its own thread.
        told = await asyncio.to_thread(run, *words)
        assert (told[0], said in told[1]) == (code, True), (words, told)
    signatures = await house.as_owner("SELECT proof, session_hash FROM newel.policy_signature")
    assert [(row["proof"], len(row["session_hash"])) for row in signatures] == [("password", 32)] * 3
    assert await house.as_owner("SELECT FROM newel.staff_session WHERE ended_at IS NULL") == []


def secret(folder: Path, login: str) -> Path:
    """The file with somebody's password."""
    file = folder / f"{login}.password"
    file.write_text(f"the word of {login}\n", encoding="utf-8")
    return file


@pytest.fixture
async def drafted(house: House, people: None, folder: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """A draft of Ivan's that waits for June."""
    monkeypatch.setenv("NEWEL_DATABASE_URL", house.url)
    monkeypatch.setenv("NEWEL_HOME", str(folder))
    words = [
        "submit",
        str(folder / "right.yaml"),
        "--as",
        "ivan",
        "--password-file",
        str(secret(folder, "ivan")),
    ]
    assert (await asyncio.to_thread(RUN.invoke, app, words)).exit_code == 0
    return house


SIGN = ("sign", "customer-support/1", "--as", "june", "--role", "model_risk")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (SIGN, "Nobody has shown that it is june who does this: nobody can be asked here"),
        (
            (*SIGN, "--password-file", "ivan.password"),
            "june who does this: the name or the password is wrong",
        ),
        ((*SIGN, "--password-file", "gone.password"), "gone.password is not usable"),
        (
            ("activate", "customer-support/1", "--as", "june", "--password-file", "ivan.password"),
            "june who does this: the name or the password is wrong",
        ),
        (
            ("submit", "looser.yaml", "--as", "june", "--password-file", "ivan.password"),
            "june who does this: the name or the password is wrong",
        ),
    ],
)
async def test_POL_2_who_does_not_prove_who_they_are_does_nothing(
    drafted: House, folder: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(folder)
    before = await _written(drafted)
    done = await asyncio.to_thread(RUN.invoke, app, list(words))
    assert (done.exit_code != 0, said in done.output, await _written(drafted)) == (True, True, before), (
        done.output
    )


async def _written(house: House) -> tuple[int, ...]:
    """How many versions, signatures and events of policies there are."""
    [row] = await house.as_owner(
        "SELECT (SELECT count(*) FROM newel.policy_version), (SELECT count(*) FROM newel.policy_signature),"
        " (SELECT count(*) FROM newel.audit_event WHERE entity = 'policy')"
    )
    return tuple(row)


async def test_POL_2_guessing_a_password_is_limited_as_at_the_door(
    drafted: House, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWEL_PASSWORD_FILE", str(secret(folder, "ivan")))
    for _ in range(10):
        assert (await asyncio.to_thread(RUN.invoke, app, list(SIGN))).exit_code == 1
    monkeypatch.setenv("NEWEL_PASSWORD_FILE", str(secret(folder, "june")))
    done = await asyncio.to_thread(RUN.invoke, app, list(SIGN))
    assert (done.exit_code, "Too many failed sign-ins" in done.output) == (1, True)
    assert await drafted.as_owner("SELECT FROM newel.policy_signature") == []


async def test_POL_2_a_password_is_asked_for_at_a_terminal_and_not_shown(
    drafted: House, folder: Path
) -> None:
    told = await asyncio.to_thread(_typed, "the word of june", *SIGN)
    assert "Password of june: " in told
    assert "customer-support/1 is signed by june as model_risk" in told
    assert "the word of june" not in told


async def test_POL_2_who_types_nothing_signs_nothing(drafted: House) -> None:
    told = await asyncio.to_thread(_typed, "\x04", *SIGN)
    assert "Nobody has shown that it is june who does this: nothing was typed" in told
    assert await drafted.as_owner("SELECT FROM newel.policy_signature") == []


def _typed(answer: str, *words: str) -> str:
    """What a terminal shows of a command when somebody types an answer into it."""
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-m", "newel", "policy", *words])
    shown = b""
    with contextlib.suppress(OSError):  # its end
        while part := os.read(terminal, 4096):
            shown += part
            if answer and shown.endswith(b"june: "):
                os.write(terminal, answer.encode() if answer == "\x04" else f"{answer}\n".encode())
                answer = ""
    os.waitpid(child, 0)
    return shown.decode()
