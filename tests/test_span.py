"""What a span may tell, and to whom: a closed list, each of a shape of its own; OPS-6, INV-15."""

import asyncio
import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newel import span
from newel.domain.errors import Conflict, Unavailable
from newel.span import SHAPES, WITHHELD, Kind
from spans import PARENT, Kept, kept

__all__ = ["kept"]

TEXT = st.text(max_size=40) | st.text(alphabet="aé '@/{}.:-1", max_size=20)
NAMES = st.sampled_from(sorted(SHAPES)) | TEXT


@given(
    name=TEXT,
    told=st.dictionaries(NAMES, TEXT | st.integers() | st.floats() | st.none(), max_size=6),
    why=TEXT,
)
def test_INV_15_nothing_leaves_that_has_not_the_shape_of_an_id_a_count_or_a_code(
    name: str, told: dict[str, Any], why: str
) -> None:
    kept = Kept()
    span.use(kept)
    try:
        with suppress(RuntimeError), span.root(name, Kind.SERVER) as here:
            here.tell(told)
            here.name(name)
            raise RuntimeError(why)
    finally:
        span.use(None)
    (made,) = kept.made
    assert made.called == WITHHELD or re.fullmatch(r"[A-Za-z]+( [\w./{}:~-]+)?", made.called, re.ASCII)
    assert made.told.pop("error.type") == "RuntimeError"
    for key, value in made.told.items():
        assert value == WITHHELD or SHAPES[key].fullmatch(str(value))
        assert not re.search(r"[\s@'\"]|[^\x00-\x7f]", str(value).replace(WITHHELD, ""))


def test_without_a_collector_nothing_is_made_and_nothing_handed_on() -> None:
    with span.root("GET", Kind.SERVER, parent=PARENT) as here, span.part("scan") as inner:
        assert here is inner is span.NOTHING
        assert (span.traceparent(), span.headers(), span.trace_id(), span.span_id()) == (None, {}, "", "")
    assert span.tally() == {"sent": 0, "failed": 0, "dropped": 0}


def test_a_part_begins_only_within_something(kept: Kept) -> None:
    with span.part("scan") as nothing:
        assert nothing is span.NOTHING
    with span.root("GET", Kind.SERVER), span.part("scan"), span.timed("transaction"), span.part("model"):
        pass
    whole, scan, transaction, model = kept.made
    assert (scan.parent, transaction.parent, model.parent) == (
        whole.traceparent,
        scan.traceparent,
        scan.traceparent,  # nothing is a part of what is only timed
    )
    assert all(one.ended for one in kept.made)
    assert span.traceparent() is None


def test_what_is_not_sampled_is_handed_on_as_such_and_has_no_parts(kept: Kept) -> None:
    kept.sampled = False
    with span.root("GET", Kind.SERVER) as here, span.part("scan") as part:
        here.tell({"newel.attempt": 1})
        assert part is span.NOTHING
        assert (span.traceparent() or "").endswith("-00")
        assert span.headers() == {"traceparent": span.traceparent()}
        assert span.trace_id() == span.span_id() == ""
    (made,) = kept.made
    assert made.told == {}


async def test_steps_side_by_side_do_not_take_each_other_for_their_own(kept: Kept) -> None:
    both = asyncio.Barrier(2)

    async def step(name: str) -> tuple[str | None, str | None]:
        with span.root(name, Kind.CONSUMER):
            mine = span.traceparent()
            await both.wait()
            with span.part("scan"):
                await both.wait()
            return mine, span.traceparent()

    first, second = await asyncio.gather(step("process answer"), step("process delivery"))
    assert first[0] == first[1] != second[0] == second[1]


def test_what_others_say_of_their_span_is_read_before_it_is_believed(kept: Kept) -> None:
    with span.root("process answer", Kind.CONSUMER, parent="no span at all", link=PARENT):
        pass
    assert [(one.parent, one.link) for one in kept.made] == [("", PARENT)]


def test_an_error_is_told_by_its_kind_and_a_refusal_is_no_failure(kept: Kept) -> None:
    raised = (Conflict(what="a", state="b", why="c"), Unavailable(what="the shop"), KeyError("Tom Ashdown"))
    for error in raised:
        with pytest.raises(type(error)), span.root("GET", Kind.SERVER):
            raise error
    assert [(one.told["error.type"], one.failed) for one in kept.made] == [
        ("conflict", False),
        ("unavailable", True),
        ("KeyError", True),
    ]


def test_a_call_tells_its_host_and_the_path_as_it_was_written(kept: Kept) -> None:
    with span.root("process", Kind.CONSUMER):
        with span.calling(
            "GET", "http://u:p@shop.example:8443/base/C0012", "/orders/{order}", "shop.order"
        ) as here:
            here.answered(404, fails=False)
        with span.calling("POST", "https://shop.example/hooks/C0012?key=x") as here:
            here.answered(502)
        with span.calling("GET", "http://shop.example:99999/", "/orders?of={customer}"):
            pass
    _, look_up, hook, nowhere = kept.made
    assert (nowhere.called, nowhere.told["url.template"]) == ("GET /orders", "/orders")
    assert "server.address" not in nowhere.told
    assert look_up.called == "GET /orders/{order}"
    assert look_up.told == {
        "http.request.method": "GET",
        "server.address": "shop.example",
        "server.port": 8443,
        "url.template": "/orders/{order}",
        "newel.call": "shop.order",
        "http.response.status_code": 404,
    }
    assert (look_up.failed, hook.failed, hook.told["error.type"]) == (False, True, "502")
    assert "C0012" not in str(hook.told)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (PARENT, PARENT),
        (PARENT[:-2] + "00", PARENT[:-2] + "00"),
        (PARENT[:-2] + "ff", PARENT),
        ("01" + PARENT[2:] + "-more", PARENT),
        (PARENT + "-more", ""),
        ("ff" + PARENT[2:], ""),
        (PARENT.upper(), ""),
        ("00-" + "0" * 32 + PARENT[35:], ""),
        (PARENT[:36] + "0" * 16 + "-01", ""),
        (PARENT + "\n", ""),
        ("priya@example.com", ""),
        ("", ""),
    ],
)
def test_a_callers_traceparent_is_read_strictly(given: str, read: str) -> None:
    assert span.read(given) == read
