"""The demo's customers write about their own orders, and nothing of the README's stories."""

from itertools import islice, pairwise

from newel.cli import demo


def test_messages_name_the_writers_own_order() -> None:
    for message in islice(demo.messages(), 400):
        numbers = [
            int(word.strip("?:.,")) for word in message["text"].split() if word.strip("?:.,").isdigit()
        ]
        for order in (n for n in numbers if n in demo.ORDERS):
            assert order not in demo.TOLD
            assert message["customer"]["ref"] == f"C{(order - 10001) % 300 + 1:04d}"


def test_every_line_can_be_written() -> None:
    for line in demo.lines():
        assert line.weight > 0
        assert "{" not in line.text.format(order=10001)


def test_what_follows_is_in_the_same_conversation() -> None:
    said = list(islice(demo.messages(), 3000))
    follows = {line.then for line in demo.lines() if line.then}
    for before, after in pairwise(said):
        if after["text"] in follows:
            assert before["conversation"] == after["conversation"]
