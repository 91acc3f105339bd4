"""``python -m newel.demo``: the systems of record of Hearthwick as a process of their own."""

import argparse
import os
import secrets
from datetime import date
from pathlib import Path

import uvicorn

from newel.demo.generate.source import today_in_the_shop
from newel.demo.records import Records
from newel.demo.shopfront import Chat
from newel.demo.systems import build


def main() -> None:
    """Open the file, serve until told to stop."""
    options = _options()
    token = _secret(options.token_file)
    webhook_secret = _secret(options.webhook_secret_file)
    records = Records(options.data, options.today)
    uvicorn.run(
        build(records, token, webhook_secret, _chat(options)),
        host="127.0.0.1",
        port=options.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=2,
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m newel.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--data", type=Path, required=True, help="folder of the SQLite file")
    parser.add_argument("--token-file", type=Path, required=True, help="made when missing")
    parser.add_argument("--webhook-secret-file", type=Path, required=True, help="made when missing")
    parser.add_argument("--newel-url", default="", help="where Newel is; the shop front carries its chat")
    parser.add_argument("--chat-secret-file", type=Path, help="with which the shop says who is signed in")
    parser.add_argument("--today", type=date.fromisoformat, default=today_in_the_shop())
    return parser.parse_args()


def _chat(options: argparse.Namespace) -> Chat:
    secret = _secret(options.chat_secret_file).encode() if options.chat_secret_file else b""
    return Chat(options.newel_url, secret)


def _secret(path: Path) -> str:
    """What the file says; a file that is not there yet gets a fresh secret, for its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text("utf-8").strip()
    secret = secrets.token_urlsafe(32)
    with os.fdopen(handle, "w") as file:
        file.write(secret)
    return secret


if __name__ == "__main__":
    main()
