"""Thanks are told apart from whatever asks for something (RES-4)."""

import pytest

from newel.domain.courtesy import answers_thanks, only_thanks

THANKS = [
    "Thanks!",
    "Thank you, that helps.",
    "thank you so much for your quick reply 🙏",
    "Great, thanks a lot :)",
    "Perfect, cheers",
    "¡Muchas gracias!",
    "Merci beaucoup pour votre aide",
    "Vielen Dank",
    "شكرا جزيلا",
    "That’s lovely, thank you",
    "ok",
    "Perfect!",
    "Thanks a bunch",
    "Thanks again for your help!",
    "Thank you for all the help :)",
    "I really appreciate it, thanks. Have a lovely day!",
]
MORE = [
    "",
    "Great",
    "ok but where is it",
    "Thanks, but where is it?",
    "No thanks",
    "thanks for nothing",
    "Thanks, it has not come",
    "Thank you. Order 10023 as well please",
    "thanks? really?",
    "not helpful, thanks",
    "thank you " * 40,
    "👍",
    "OK help!",
    "Vale, ayuda",
    "ok hilfe",
    "d'accord, aide",
    "Thanks, I have it again",
    "Ok. 10367",
    "Thanks 07700 900123",
    "ok :(",
    "thanks 👎",
    "thanks 🙄",
    "شكرا؟",
    "thanks @bank",
]


@pytest.mark.parametrize("text", THANKS)
def test_RES_4_thanks_and_nothing_else(text: str) -> None:
    assert only_thanks(text)


@pytest.mark.parametrize("text", MORE)
def test_RES_4_what_says_more_than_thanks(text: str) -> None:
    assert not only_thanks(text)


def test_a_playbook_for_thanks_is_known_by_its_phrases() -> None:
    assert answers_thanks(["thanks", "Cheers", "got it"])
    assert not answers_thanks(["thanks", "where is my order", "track my parcel"])
    assert not answers_thanks([])
