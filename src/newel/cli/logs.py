"""Logs are JSON lines of known keys: what is not an id, a count or a code never gets out."""

import logging
import re
import sys
import traceback
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_KEYS = """
event level logger timestamp request_id method route status ms actor_kind actor_id case_id
message_id conversation_id approval_id action_id work_item_id staff_id policy_id outbox_id
subject_id job_id kind code error at attempt attempts n count depth workflow word part state tier
priority channel version case job message conversation actor request target policy_version percent
seconds pid port host role process
"""
KEYS = frozenset(_KEYS.split())
_WORD = re.compile(r"[\w.:/{}<>@+\- ]{0,120}")
_MAIL = re.compile(r"\S@\S")


def configure_logging(level: str = "info") -> None:
    """Send all logs, other libraries' too, to standard error as JSON."""
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        _stamp,
        only_known,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(number),
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[_foreign, *shared],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(number)


def only_known(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Drop every unknown key, and every value that could be text of a person."""
    return {
        key: _plain(value)
        for key, value in event.items()
        if key in KEYS or key in {"_record", "_from_structlog"}
    }


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, int | float | bool | logging.LogRecord):
        return value
    text = str(value)
    return text if _WORD.fullmatch(text) and not _MAIL.search(text) else "(withheld)"


_stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)


def _foreign(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """A library's message may carry values: keep its template, its error's type and place."""
    record: logging.LogRecord = event["_record"]
    event["event"] = (
        record.msg if record.args and isinstance(record.msg, str) else f"message of {record.module}"
    )
    if record.exc_info and record.exc_info[1] is not None:
        event["error"] = type(record.exc_info[1]).__name__
        frames = traceback.extract_tb(record.exc_info[2])
        event["at"] = f"{frames[-1].name}:{frames[-1].lineno}" if frames else None
        record.exc_info, record.exc_text = None, None
    event.pop("exc_info", None)
    return event
