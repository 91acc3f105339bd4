"""``newel scan`` by its contract: JSON lines in and out, in order, whatever comes in."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

COMMAND = [sys.executable, "-c", "import typer; from newel.cli.scan import scan; typer.run(scan)"]
KEYS = ["id", "clusters", "markers", "tier_floor", "language", "policy_version", "not_evaluated"]


def run(lines: list[bytes | dict[str, Any]], *options: str) -> list[dict[str, Any]]:
    given = b"".join(
        (line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines
    )
    done = subprocess.run([*COMMAND, *options], input=given, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.splitlines()]


def program(code: str, given: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", code], input=given, capture_output=True, check=False, timeout=120
    )


def test_the_shape_and_order_of_the_contract() -> None:
    first, second, third = run(
        [
            {"id": "a", "text": "Where is order 10023?"},
            {"id": 2, "text": "Ünfair 😀! My lawyer says hello.", "channel": "email", "workflow": "x"},
            {
                "text": "hi",
                "customer": {"prefers_human": True, "vip": None},
                "history": None,
                "language": "it",
            },
        ]
    )
    assert list(first) == KEYS
    assert (first["id"], first["tier_floor"], first["clusters"], first["markers"]) == ("a", 1, [], [])
    assert (second["id"], second["clusters"], second["tier_floor"]) == (2, ["legal"], 3)
    assert second["markers"][0] == {
        "id": "legal.dictionary",
        "cluster": "legal",
        "floor": 3,
        "evidence": [{"start": 13, "end": 19, "text": "lawyer"}],
    }
    assert third["id"] is None
    assert third["clusters"][0] == "request"
    assert third["language"] == "it"
    assert first["policy_version"]
    assert first["not_evaluated"] == []
    assert {"emotion_model", "topic_model"} <= set(third["not_evaluated"])


def test_by_rules_alone_the_models_stand_under_not_evaluated() -> None:
    [answered] = run([{"id": 1, "text": "Where is my parcel?"}], "--rules")
    assert {"request_model", "emotion_model", "topic_model"} <= set(answered["not_evaluated"])


BAD: list[tuple[bytes, str]] = [
    (b"nope", "not JSON"),
    (b"", "empty"),
    (b"[1]", "expected a JSON object"),
    (b'{"id": 7}', "text"),
    (b'{"id": 7, "text": null}', "text"),
    (b'{"id": 7, "text": 5}', "text"),
    (b'{"id": 7, "text": "x", "customer": {"lifetime_value": "many"}}', "lifetime_value"),
    (b'{"id": 7, "text": "x", "history": [{"text": "no time"}]}', "at"),
    (b'{"id": 7, "text": "x", "history": 5}', "history"),
    (b'{"id": 7, "text": "x", "at": "yesterday"}', "at"),
    (b'{"id": 7, "text": "\xff"}', "UTF-8"),
    (b'{"id": 7, "text": "' + b"x" * 200_001 + b'"}', "200001"),
    (b'{"a":' * 5000, "nested"),
    (b'{"id": 7, "text": "' + b"x" * (17 * 1024 * 1024) + b'"}', "longer"),
]


def test_a_bad_line_gives_an_error_object_and_the_stream_goes_on() -> None:
    lines: list[bytes | dict[str, Any]] = []
    for line, _ in BAD:
        lines += [line, {"id": "good", "text": "my lawyer"}]
    answers = run(lines)
    assert len(answers) == 2 * len(BAD)
    for number, (_, why) in enumerate(BAD):
        bad, good = answers[2 * number], answers[2 * number + 1]
        assert why in bad["error"], bad
        assert f"line {2 * number + 1}:" in bad["error"]
        assert bad["tier_floor"] == 3
        assert (good["id"], good["clusters"]) == ("good", ["legal"])
        assert "error" not in good


def test_offsets_are_code_points_of_the_raw_text() -> None:
    text = "\u0000 \ud83d 💥 e\u0301 ｌａｗｙｅｒ\u200b!"
    (answer,) = run([{"id": "\ud800", "text": text}])
    (evidence,) = answer["markers"][0]["evidence"]
    raw = json.loads(json.dumps(text))
    assert raw[evidence["start"] : evidence["end"]] == "ｌａｗｙｅｒ"
    assert answer["id"] == "\ufffd"


def test_dates_and_times_of_a_history() -> None:
    line = {
        "id": 1,
        "text": "my lamp flickers again",
        "history": [
            {"at": "2026-11-19", "text": "lamp flickers"},
            {"at": "2026-11-20T10:00:00Z", "text": "hi"},
        ],
    }
    (answer,) = run([line])
    assert answer["clusters"] == ["repeat"]


def test_it_serves_as_a_co_process() -> None:
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        for number in range(3):
            process.stdin.write(json.dumps({"id": number, "text": "human please"}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
        process.stdin.close()
        assert process.wait(30) == 0


SLOW = """
import sys, re2, newel.cli
from newel.domain.scan.scanner import Scanner

def scan(self, message):
    while "slow" in message.text:
        re2.search("a+b", "a" * 10_000)
    return scanned(self, message)

scanned, Scanner.scan = Scanner.scan, scan
sys.modules["newel.cli.scan"].SCANNING = 3
sys.argv = ["newel", "scan", "--rules"]
newel.cli.main()
"""


def test_INV_2_a_line_that_takes_too_long_is_a_persons_and_the_end_is_a_good_one() -> None:
    given = b'{"id": 1, "text": "hello"}\n{"id": 2, "text": "slow"}\n'
    done = program(SLOW, given)
    first, second = map(json.loads, done.stdout.splitlines())
    assert (first["tier_floor"], "error" in first) == (1, False)
    assert (second["id"], second["tier_floor"], second["not_evaluated"]) == (2, 3, ["all"])
    assert second["error"] == "line 2: the scanner failed (TimeoutError)"
    assert (done.returncode, done.stderr) == (0, b"")


BROKEN = """
import sys, newel.ai.fitted, newel.cli

def signals(self, message):
    raise ValueError("a customer's words")

newel.ai.fitted.Ears.signals = signals
sys.argv = ["newel", "scan"]
newel.cli.main()
"""


def test_models_that_fail_are_told_beside_the_answers_and_the_rules_decide() -> None:
    given = b'{"id": 1, "text": "human please"}\n'
    done = program(BROKEN, given)
    (found,) = map(json.loads, done.stdout.splitlines())
    assert (found["tier_floor"], "request_model" in found["not_evaluated"]) == (3, True)
    (said,) = map(json.loads, done.stderr.splitlines())
    assert (said["event"], said["error"]) == ("scan.models_failed", "ValueError")
    assert b"customer's words" not in done.stderr


def test_a_line_too_long_for_the_scan_is_not_read_by_the_models() -> None:
    done = program(BROKEN, json.dumps({"id": 1, "text": "l4wyer " * 100_000}).encode() + b"\n")
    assert done.stderr == b""
    (found,) = map(json.loads, done.stdout.splitlines())
    assert (found["tier_floor"], found["not_evaluated"]) == (3, ["all"])
    assert "200000" in found["error"].replace(",", "")


def test_another_policy_may_be_given(tmp_path: Path) -> None:
    from importlib import resources

    text = resources.files("newel.domain.policy").joinpath("default.yaml").read_text("utf-8")
    policy = tmp_path / "mine.yaml"
    policy.write_text(text.replace('version: "1.0"', 'version: "9.9"'), "utf-8")
    (answer,) = run([{"text": "hi"}], "--policy", str(policy))
    assert answer["policy_version"] == "9.9"


@pytest.mark.parametrize("text", ["triggers: 5", "\xff", None])
def test_a_broken_policy_is_said_and_nothing_runs(tmp_path: Path, text: str | None) -> None:
    policy = tmp_path / "broken.yaml"
    if text is not None:
        policy.write_bytes(text.encode("latin-1"))
    done = subprocess.run(
        [*COMMAND, "--policy", str(policy)], input=b"{}\n", capture_output=True, check=False, timeout=120
    )
    assert done.returncode == 2
    assert b"broken.yaml" in done.stderr
    assert done.stdout == b""
