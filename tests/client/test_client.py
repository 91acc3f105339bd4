"""OPS-1: the Python client against a server that is played: retries under one id, typed problems."""

from uuid import UUID, uuid4

import httpx2
import msgspec
import pytest

from newel import client
from newel.client import Client, Customer

MESSAGE, CASE = uuid4(), uuid4()
TAKEN = {"message_id": str(MESSAGE), "case_id": str(CASE), "conversation_id": None, "duplicate": False}
PRIYA = Customer(ref="C0012")


class Server:
    """Answers what it was told to, one after the other; an exception is a lost answer."""

    def __init__(self, *answers: httpx2.Response | Exception) -> None:
        self.answers = list(answers)
        self.got: list[httpx2.Request] = []
        self.waited: list[float] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.got.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def client(self, **more: int) -> Client:
        transport = httpx2.MockTransport(self)
        return Client("http://newel.test", "newel_x", transport=transport, pause=self.waited.append, **more)


def told(status: int, code: str, headers: dict[str, str] | None = None, **more: object) -> httpx2.Response:
    body = {"type": "about:blank", "title": "t", "status": status, "code": code, "detail": "why", **more}
    return httpx2.Response(status, json=body, headers=headers)


def lost() -> Exception:
    return httpx2.ReadTimeout("the answer was lost")


def test_OPS_1_a_message_whose_answer_is_lost_is_sent_again_under_the_same_id() -> None:
    server = Server(lost(), told(503, "unavailable"), httpx2.Response(200, json=TAKEN | {"duplicate": True}))
    with server.client() as newel:
        taken = newel.send_message("web-1", PRIYA, "Where is order 10023?", conversation="chat-1")
    assert (taken.message_id, taken.case_id, taken.duplicate) == (MESSAGE, CASE, True)
    bodies = {request.content for request in server.got}
    assert len(server.got) == 3
    assert [msgspec.json.decode(body) for body in bodies] == [
        {
            "external_id": "web-1",
            "customer": {"ref": "C0012"},
            "text": "Where is order 10023?",
            "conversation": "chat-1",
        }
    ]
    assert server.got[0].headers["authorization"] == "Bearer newel_x"


def test_OPS_1_it_waits_as_long_as_the_server_asks_and_never_longer_than_half_a_minute() -> None:
    limited = told(429, "too_many_requests", {"retry-after": "7"})
    server = Server(
        limited, told(503, "no_database", {"retry-after": "600"}), httpx2.Response(201, json=TAKEN)
    )
    server.client().send_item("inv-1", "invoice-exceptions", Customer(ref="V001"), {"amount_minor": 1})
    assert server.waited == [7.0, 30.0]


def test_OPS_1_what_never_comes_back_is_unavailable_after_so_many_tries() -> None:
    server = Server(*(lost() for _ in range(3)))
    with pytest.raises(client.Unavailable) as caught:
        server.client(attempts=3).case(CASE)
    assert (caught.value.code, len(server.got), len(server.waited)) == ("no_answer", 3, 2)


def test_OPS_1_a_decision_is_never_sent_twice() -> None:
    for answer in (lost(), told(503, "unavailable")):
        server = Server(answer)
        with pytest.raises(client.Unavailable):
            server.client().decide(uuid4(), "approve")
        assert len(server.got) == 1


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "malformed", client.Refused),
        (401, "unauthenticated", client.Unauthenticated),
        (403, "forbidden", client.Forbidden),
        (404, "not_found", client.NotFound),
        (409, "conflict", client.Conflict),
        (409, "stale_token", client.StaleToken),
        (422, "invalid_field", client.Refused),
    ],
)
def test_OPS_1_a_problem_is_an_exception_of_its_kind_and_is_not_tried_again(
    status: int, code: str, kind: type[client.NewelProblem]
) -> None:
    errors = [{"field": "text", "message": "it is empty"}]
    server = Server(told(status, code, request_id="r-1", errors=errors, data={"reason": "x"}))
    with pytest.raises(kind) as caught:
        server.client().trace(CASE)
    assert type(caught.value) is kind
    assert (caught.value.code, caught.value.request_id, caught.value.data) == (code, "r-1", {"reason": "x"})
    assert caught.value.errors == (client.FieldProblem("text", "it is empty"),)
    assert len(server.got) == 1


def test_OPS_1_an_answer_of_a_proxy_that_is_no_problem_document_is_told_as_well() -> None:
    server = Server(httpx2.Response(502, text="<html>bad gateway</html>"))
    with pytest.raises(client.Unavailable) as caught:
        server.client(attempts=1).case(CASE)
    assert caught.value.status == 502


def test_OPS_1_fields_of_a_newer_server_are_passed_over() -> None:
    line = {"seq": 1, "id": str(UUID(int=1)), "author": "ai", "text": "Hi", "at": "2026-11-20T12:00:00Z"}
    said = {"messages": [line | {"mood": "new"}], "next": 1, "more": False}
    found = Server(httpx2.Response(200, json=said)).client().messages(uuid4())
    assert ([one.text for one in found.messages], found.next) == (["Hi"], 1)
