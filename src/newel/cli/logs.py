"""Logs are JSON lines of known keys: what is not an id, a count or a code never gets out."""

import logging
import re
import sys
import traceback
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

from newel import span

_KEYS = """
event level logger timestamp request_id method route status ms actor_kind actor_id case_id
message_id conversation_id approval_id action_id work_item_id staff_id policy_id outbox_id
subject_id job_id kind code error at attempt attempts n count depth workflow word part state tier
priority channel version case job message conversation actor request target policy_version percent
seconds pid port host role process trace_id span_id
"""
KEYS = frozenset(_KEYS.split())
_WORD = re.compile(r"[\w.:/{}<>@+\- ]{0,120}")
_MAIL = re.compile(r"\S@\S")
_PLACE = re.compile(r"%[-\d.]*[a-zA-Z]|[^\w.:/+\- ]")


def configure_logging(level: str = "info") -> None:
    """Send all logs to standard error as JSON; of other libraries only what is a warning or worse."""
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _name,
            _trace,
            only_known,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=_Out,
        wrapper_class=structlog.make_filtering_bound_logger(number),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [_Foreign()]
    root.setLevel(max(number, logging.WARNING))


class _Out:
    """Writes finished lines to whatever standard error is now."""

    def __init__(self, name: str = "") -> None:
        self.name = name

    def msg(self, line: str) -> None:
        sys.stderr.write(line + "\n")

    debug = info = warning = error = critical = log = msg


class _Foreign(logging.Handler):
    """A library's message may carry values: of it only the template, the error's type and place are kept."""

    def emit(self, record: logging.LogRecord) -> None:
        said = f"message of {record.module}"
        if record.args and isinstance(record.msg, str):
            said = _PLACE.sub("_", record.msg)[:120]
        error = record.exc_info[1] if record.exc_info else None
        about = {"error": type(error).__name__, "at": _at(error)} if error else {}
        structlog.get_logger(record.name).log(record.levelno, said, **about)


def _at(error: BaseException) -> str | None:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].name}:{frames[-1].lineno}" if frames else None


def _name(logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event["logger"] = logger.name
    return event


def _trace(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Of which trace the line is, where traces are collected."""
    if trace := span.trace_id():
        event.update(trace_id=trace, span_id=span.span_id())
    return event


def only_known(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Drop every unknown key, and every value that could be text of a person."""
    return {key: _plain(value) for key, value in event.items() if key in KEYS}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, int | float):
        return value
    text = str(value)
    return text if _WORD.fullmatch(text) and not _MAIL.search(text) else "(withheld)"
