"""The API's page is the API; its webhook example holds; each error code has its row."""

import re
import time
from collections.abc import Iterator

from tests.docs.api import PAGE, filled, routes
from tests.docs.house import ROOT

from newel import cli
from newel.bootstrap import Outside
from newel.channels.api.webhook import Webhook
from newel.domain.errors import NewelError
from newel.web import errors

_ONLY_AT_THE_COMMAND_LINE = ("newel.domain.policy",)
_NEVER_ANSWERED = {"wrong_key", "text_altered", "unproven"}
"""Told at the start; why a message is a dead letter; at the command line."""
_VARIABLE = re.compile(r"\$\w+")


def test_the_tables_are_true() -> None:
    text = PAGE.read_text("utf-8")
    assert filled(text) == text, "run: python -m tests.docs.api"


def test_every_error_code_is_documented_with_its_status() -> None:
    told = {
        (code, int(status))
        for codes, status in re.findall(r"^\| (`.*?`) \| (\d{3}) \|", PAGE.read_text("utf-8"), re.M)
        for code in re.findall(r"`(\w+)`", codes)
    }
    typed = {(kind.code, kind.status) for kind in kinds(NewelError) if kind.code not in _NEVER_ANSWERED}
    plain = {(code, status) for status, (code, _) in errors._PLAIN.items()}
    assert told == typed | plain


def kinds(of: type[NewelError]) -> Iterator[type[NewelError]]:
    """Every typed error that the API can answer with."""
    assert cli.app
    for kind in of.__subclasses__():
        if kind.__module__.startswith("newel.") and not kind.__module__.startswith(_ONLY_AT_THE_COMMAND_LINE):
            yield kind
        yield from kinds(kind)


def test_the_example_takes_our_webhooks_and_no_others() -> None:
    example = re.search(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.S)
    assert example
    names: dict[str, object] = {}
    exec(compile(example.group(1), "docs/api.md", "exec"), names)
    genuine = names["genuine"]
    assert callable(genuine)
    secret, body = b"secret", b'{"type":"message"}'
    header = Webhook("http://127.0.0.1/", secret, Outside()).signature(body)
    assert genuine(secret, header, body)
    assert not genuine(b"other", header, body)
    assert not genuine(secret, header, body + b" ")
    old = Webhook("http://x/", secret, Outside(), lambda: time.time() - 400).signature(body)
    assert not genuine(secret, old, body)
    assert not genuine(secret, "", body)


def test_each_address_of_the_readme_is_a_route() -> None:
    known = [re.compile(re.sub(r"{\w+}", "[^/]+", path)) for _, path, _, _ in routes()]
    text = (ROOT / "README.md").read_text("utf-8")
    written = [_VARIABLE.sub("X", path) for path in re.findall(r"/api/v1/[\w/$-]+", text)]
    assert written
    assert [path for path in written if not any(one.fullmatch(path) for one in known)] == []
