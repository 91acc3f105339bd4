"""Masking: what is personal is hidden, what is not stays, and a field comes back alone."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newel.domain.mask import Known, is_card, known_of, mask, masked_text, reveal, secrets

PRIYA = known_of("Priya Nair", "14 Larch Row, Leeds, LS1 4AP, GB")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Write to priya.nair+shop@example.co.uk please", "Write to [email] please"),
        ("Call +44 20 7946 0958 or 020 7946 0958.", "Call [phone] or [phone]."),
        ("ring 07700 900123 or 07700900124.", "ring [phone] or [phone]."),
        ("invoice 0012345 of 01-02-2026 and 10023", "invoice 0012345 of 01-02-2026 and 10023"),
        ("card 4111 1111 1111 1111 exp 12/27", "card [card] exp 12/27"),
        ("order 10031 4111-1111-1111-1111", "order 10031 [card]"),
        ("card 4111 1111 1111 1112", "card 4111 1111 1111 1112"),
        ("pay to GB82 WEST 1234 5698 7654 32 today", "pay to [iban] today"),
        ("I am priya, Priya NAIR of Larch Row", "I am [name], [name] of Larch Row"),
        ("send it to 14 larch row, leeds", "send it to [address], [address]"),
        ("Where is order 10023? PW10023GB", "Where is order 10023? PW10023GB"),
        ("four: ４１１１ １１１１ １１１１ １１１１", "four: [card]"),
        ("pri\u200bya wrote", "[name] wrote"),
        ("", ""),
    ],
)
def test_CTX_3_personal_data_is_hidden_and_the_rest_stays(text: str, shown: str) -> None:
    assert masked_text(text, PRIYA) == shown


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        ("محمد الخليفي", "مرحبا، أين طلبي؟ اسمي محمد الخلیفي", "مرحبا، أين طلبي؟ اسمي [name]"),
        ("محمد الخليفي", "أنا مُحمّد من دبي", "أنا [name] من دبي"),
        ("李小龙", "我是 李小龙 订单 没有到", "我是 [name] 订单 没有到"),
        ("Дмитрий Жуков", "это Жуков, а где мой заказ", "это [name], а где мой заказ"),
        (
            "Жанна Белова",
            "это Жaннa, ЖАHНА и Белoвa, а где заказ",
            "это [name], [name] и [name], а где заказ",
        ),
        ("Жанна Белова", "мне жалко, что Жужжа из Борова", "мне жалко, что Жужжа из Борова"),
        ("Þóra Ýr", "THORA here, and Þóra", "[name] here, and [name]"),
    ],
)
def test_CTX_3_a_name_of_another_script_hides_itself_and_no_other_word_as_long(
    name: str, text: str, shown: str
) -> None:
    assert masked_text(text, known_of(name, "")) == shown


def test_luhn_alone_is_not_a_card() -> None:
    assert is_card("378282246310005")
    assert not is_card("1234567812345670")


def test_CTX_3_the_same_value_has_one_name_and_comes_back_alone() -> None:
    part = {"messages": [{"text": "a@b.com and c@d.com"}, {"text": "again A@b.com"}], "n": 3}
    masked = mask(part, PRIYA)
    assert masked.value["messages"][0]["text"] == "[email-1] and [email-2]"
    assert masked.value["messages"][1]["text"] == "again [email-1]"
    assert [field.id for field in masked.fields] == ["email-1", "email-2"]
    assert reveal(part, PRIYA, "email-2") == "c@d.com"
    assert reveal(part, PRIYA, "email-9") is None


@given(st.text(max_size=80), st.sampled_from(["priya nair", "x@example.com", "4111111111111111"]))
def test_INV_15_a_value_between_spaces_is_never_left_standing(noise: str, value: str) -> None:
    text = f"{noise} | {value} | {noise}"
    assert value not in masked_text(text, PRIYA)


@given(st.text(max_size=200))
def test_secrets_are_in_order_and_disjoint(text: str) -> None:
    found = secrets(text, Known())
    assert all(one.end <= two.start for one, two in pairwise(found))


@pytest.mark.parametrize(
    "written", ["+44 7700 900020", "07700 900020", "07700900020", "(07700) 900-020", "900020 07700 900020"]
)
def test_CTX_3_a_known_number_is_hidden_even_where_no_plan_has_it(written: str) -> None:
    known = known_of("Marta Kowalczyk", "", phone="+44 7700 900020")
    assert masked_text(f"call {written} now", known).endswith("[phone] now")
    assert "900020 now" not in masked_text(f"call {written} now", known)
    assert masked_text("order 10031 of 2026-11-20, 1900020 pieces", known).startswith("order 10031")
