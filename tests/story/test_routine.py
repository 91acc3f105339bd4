"""What the house does by itself: a question of fact, answered with its source, once."""

from uuid import uuid4

from tests.story.day import Day, until


def test_TIR_1_where_is_my_order(day: Day) -> None:
    taken = day.say("Where is order 10023?", "C0012")
    (reply,) = day.replied(taken, "ai")
    told = day.messages(taken)
    assert [message["author"] for message in told] == ["system", "ai"]
    assert "automated assistant" in told[0]["text"]
    assert "PW10023GB" in reply["text"]
    assert reply["sources"] == ["order book, order 10023"]
    assert told[0]["sources"] == []
    for message in told:
        (hook,) = until("the receiver has it", lambda m=message: day.hooks(m))  # type: ignore[misc]
        assert hook["count"] == 1
        assert {name: hook["body"][name] for name in ("text", "author", "sources", "seq")} == {
            name: message[name] for name in ("text", "author", "sources", "seq")
        }
    assert day.case(taken)["tier"] == 1


def test_INT_1_the_same_post_again_is_the_same_message(day: Day) -> None:
    external = uuid4().hex
    first = day.say("Is order 10118 packed yet?", "C0118", external_id=external)
    again = day.say("Is order 10118 packed yet?", "C0118", external_id=external)
    assert again == first | {"duplicate": True}
    day.replied(first, "ai")
    later = day.say("Is order 10118 packed yet?", "C0118", external_id=external)
    assert later == again
    received = [step for step in day.trace(first) if step["event"] == "message.received"]
    assert len(received) == 1
