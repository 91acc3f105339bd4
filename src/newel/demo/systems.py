"""The systems of record as one HTTP application: routes around reads, effects, faults and hooks."""

import hmac
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from litestar import Litestar, Request, Response, delete, get, post, route
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException, NotAuthorizedException
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.types import ASGIApp

from newel.demo import hooks
from newel.demo.effect import Desk, Effect, Key
from newel.demo.effects.all import EFFECTS
from newel.demo.faults import Fault, Faults, Plan
from newel.demo.ledger import Ledger
from newel.demo.problems import Problem, answer_http, answer_problem, missing, unusable
from newel.demo.reads import READS, Read
from newel.demo.records import Records
from newel.demo.shopfront import Chat, routes

T = TypeVar("T")
Asked = Request[Any, Any, Any]
Answer = Response[bytes]
BODY_LIMIT = 64 * 1024
KEY_LIMIT = 200


def build(records: Records, token: str, webhook_secret: str, chat: Chat | None = None) -> ASGIApp:
    """The application over an open file of records; its shop front carries the chat."""
    ledger, plan = Ledger(records), Plan()
    app = Litestar(
        route_handlers=[
            *(_reading(path, read, ledger) for path, read in READS.items()),
            *(_effecting(effect, ledger) for effect in EFFECTS),
            *(_by_key(effect, ledger) for effect in EFFECTS if effect.key is not Key.NONE),
            *_fault_routes(plan),
            *_hook_routes(records, webhook_secret.encode()),
            *routes(records, chat or Chat()),
            _health,
        ],
        guards=[_bearer(token)],
        exception_handlers={Problem: answer_problem, HTTPException: answer_http},
        request_max_body_size=BODY_LIMIT,
        openapi_config=None,
        logging_config=None,
    )
    return Faults(app, plan)


@get("/healthz", opt={"open": True})
async def _health() -> Response[bytes]:
    return _json({"status": "ok"})


def _bearer(token: str) -> Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], None]:
    right = f"Bearer {token}".encode()

    def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        given = connection.headers.get("authorization", "").encode()
        if not handler.opt.get("open") and not hmac.compare_digest(given, right):
            raise NotAuthorizedException

    return guard


def _reading(path: str, read: Read, ledger: Ledger) -> HTTPRouteHandler:
    async def answer(request: Asked) -> Answer:
        return _json(read(ledger, _place(request), _query(request)))

    return get(path)(answer)


def _effecting(effect: Effect, ledger: Ledger) -> HTTPRouteHandler:
    async def answer(request: Asked) -> Answer:
        key, place = _key(request, effect), _place(request)
        ask = _decode(await request.body(), effect.ask)
        payload = msgspec.json.encode({"on": place, "ask": ask})
        number = ledger.next_number()
        done, replayed = ledger.once(
            effect.class_, key, payload, lambda: effect.act(Desk(ledger.records, number), place, ask)
        )
        headers = {"Idempotent-Replay": "true"} if replayed else {}
        return _json(msgspec.Raw(done), 201 if effect.method == "POST" else 200, headers)

    return route(effect.path, http_method=effect.method)(answer)


def _by_key(effect: Effect, ledger: Ledger) -> HTTPRouteHandler:
    """What became of the request with that key: the answer it got, or 404."""

    async def answer(request: Asked) -> Answer:
        key = request.path_params["key"]
        row = ledger.by_key(effect.class_, key)
        if row is None:
            raise missing(effect.class_.replace("_", " "), f"with key {key}")
        return _json(row.answer)

    return get(f"{effect.path}/by-key/{{key:str}}")(answer)


def _fault_routes(plan: Plan) -> list[HTTPRouteHandler]:
    async def add(request: Asked) -> Answer:
        plan.add(_decode(await request.body(), Fault))
        return await show()

    async def show() -> Answer:
        return _json({"faults": [{**msgspec.to_builtins(f), "left": n} for f, n in plan.faults]})

    async def clear() -> None:
        plan.clear()

    return [post("/faults")(add), get("/faults")(show), delete("/faults")(clear)]


def _hook_routes(records: Records, secret: bytes) -> list[HTTPRouteHandler]:
    async def receive(request: Asked) -> Answer:
        signature = request.headers.get("newel-signature", "")
        return _json(hooks.receive(records, secret, signature, await request.body()), 200)

    async def show(request: Asked) -> Answer:
        query = _query(request)
        return _json(hooks.messages(records, query.get("id", ""), query.get("after", ""), 1000))

    return [post("/hooks/newel", opt={"open": True})(receive), get("/hooks/messages")(show)]


def _place(request: Asked) -> str:
    """The one thing that the path names, if it names one."""
    return next(iter(request.path_params.values()), "")


def _query(request: Asked) -> dict[str, str]:
    """The query with one value for each name."""
    return dict(request.query_params.multi_items())


def _key(request: Asked, effect: Effect) -> str | None:
    if effect.key is Key.NONE:
        return None
    key: str | None = request.headers.get("idempotency-key")
    if key is None and effect.key is Key.REQUIRED:
        raise Problem(400, "key_missing", "Idempotency-Key is missing")
    if key is not None and not (0 < len(key) <= KEY_LIMIT and key.isprintable()):
        raise unusable(f"Idempotency-Key has 1 to {KEY_LIMIT} printable characters")
    return key


def _decode(content: bytes, type_: type[T]) -> T:
    try:
        return msgspec.json.decode(content or b"{}", type=type_)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise unusable(str(error)) from error


def _json(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    return Response(
        msgspec.json.encode(value), status_code=status, media_type="application/json", headers=headers
    )
