"""The summary: chosen sentences, none invented, none cut through what is hidden."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from newel.domain.summary import LONGEST, Heard, Who, summary

GREETING = "Hello there, good morning to you all. "
WANTS = "I want my money back for order 10023."


def said(text: str, who: Who = "customer", seq: int = 1, **more: Any) -> Heard:
    return Heard(who=who, seq=seq, text=text, **more)


def test_TIR_8_what_the_customer_wants_stands_before_the_greeting() -> None:
    made = summary([said(f"{GREETING}{WANTS} The weather is fine here. Can you help?")])
    assert [quote.text for quote in made.wants] == [WANTS]
    assert made.waits


def test_TIR_8_what_a_trigger_saw_is_what_counts() -> None:
    text = "We wait and wait here. My lawyer knows of it. We wait again."
    at = text.index("lawyer")
    assert "My lawyer knows of it." in [q.text for q in summary([said(text, seen=((at, at + 6),))]).wants]


def test_TIR_8_what_was_asked_since_the_answer_is_open_and_what_was_answered_is_not() -> None:
    talk = [
        said("Where is order 10023, please?", seq=1),
        said("It left yesterday with Parcelway.", "ai", 2),
        said("Thank you very much. Does it come on Friday then?", seq=3),
    ]
    made = summary(talk, ["action.confirmed:refund", "action.confirmed:refund"])
    assert [quote.text for quote in made.told] == ["It left yesterday with Parcelway."]
    assert [quote.seq for quote in made.wants] == [1]
    assert [quote.text for quote in made.waiting] == ["Does it come on Friday then?"]
    assert made.tried == ("action.confirmed:refund",)
    assert not summary(talk[:2]).waits


def test_TIR_8_facts_are_those_on_record_with_their_source() -> None:
    money = {"amount_minor": 1200, "currency": "GBP"}
    made = summary([], facts={"order.status": "shipped", "order.total": money, "list": [1]}, sources=["Shop"])
    assert [(f.name, f.value, f.amount_minor) for f in made.facts] == [
        ("order status", "shipped", None),
        ("order total", "", 1200),
    ]
    assert (made.sources, summary([], sources=["Shop"]).sources) == (("Shop",), ())


def test_CTX_3_nothing_that_is_hidden_is_cut_through() -> None:
    text = "Please write to Dr. Nair. I got it so far."
    at = text.index("Dr. Nair")
    made = summary([said(text, whole=((at, at + 8),))])
    assert next(quote.text for quote in made.wants) == "Please write to Dr. Nair."
    long = "word " * 47 + "4111 1111 1111 1111 and more and more"
    card = long.index("4111")
    (quote,) = summary([said(long, whole=((card, card + 19),))]).wants
    assert "4111" not in quote.text


@given(st.lists(st.text(max_size=600), max_size=4))
def test_TIR_8_no_word_is_invented(texts: list[str]) -> None:
    talk = [said(text, seq=n) for n, text in enumerate(texts)]
    made = summary(talk)
    for quote in (*made.wants, *made.told, *made.waiting):
        source = " ".join(texts[quote.seq].split())
        assert " ".join(quote.text.removesuffix(" …").split()) in source
        assert len(quote.text) <= LONGEST + 2
