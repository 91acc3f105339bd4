"""Logs let ids, counts and codes out, and nothing that a person wrote (SEC-4)."""

import asyncio
import json
import logging
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import structlog

from newel.cli.logs import configure_logging

SECRET = "priya@example.com"


@pytest.fixture(autouse=True)
def configured(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    configure_logging("info")
    yield
    logging.getLogger().handlers[:] = handlers
    logging.getLogger().setLevel(level)
    structlog.reset_defaults()


def line(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    text = capsys.readouterr().err
    assert SECRET not in text
    assert "Traceback" not in text
    found: dict[str, Any] = json.loads(text)
    return found


def test_known_keys_stay_and_others_go(capsys: pytest.CaptureFixture[str]) -> None:
    case = uuid4()
    structlog.get_logger("newel").info("case.moved", case_id=case, ms=1.5, text=f"mail {SECRET}")
    said = line(capsys)
    assert (said["event"], said["case_id"], said["ms"]) == ("case.moved", str(case), 1.5)
    assert "text" not in said


@pytest.mark.parametrize("value", [SECRET, "where is my mug?", "a" * 121, "two\nlines", {"a": SECRET}])
def test_a_value_that_could_be_text_is_withheld(capsys: pytest.CaptureFixture[str], value: object) -> None:
    structlog.get_logger("newel").info("x", code=value)
    assert line(capsys)["code"] == "(withheld)"


def test_an_event_made_of_data_is_withheld(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger("newel").info(f"no such customer {SECRET}")
    assert line(capsys)["event"] == "(withheld)"


def test_a_librarys_message_keeps_its_template_and_loses_its_values(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logging.getLogger("lib").warning("no key %s", SECRET)
    said = line(capsys)
    assert (said["event"], said["logger"], said["level"]) == ("no key _", "lib", "warning")


def test_a_librarys_finished_text_and_stack_trace_stay_inside(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger("lib").exception(f"failed for {SECRET}")
    said = line(capsys)
    assert said["error"] == "ValueError"
    assert SECRET not in said["event"]
    assert said["at"].startswith("test_a_librarys_finished_text")


async def test_an_exception_that_nobody_took_tells_its_type_only(capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.get_running_loop().call_exception_handler(
        {"message": f"lost {SECRET}", "exception": RuntimeError(SECRET)}
    )
    assert line(capsys)["error"] == "RuntimeError"


def test_level_filters(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("warning")
    structlog.get_logger("newel").info("quiet")
    logging.getLogger("lib").info("quiet")
    assert capsys.readouterr().err == ""
