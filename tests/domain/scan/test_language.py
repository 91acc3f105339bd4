"""SCN-14: the language of a message, and what stands for it when there is no evidence."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from py3langid.langid import LanguageIdentifier

from newel.domain.scan import language
from newel.domain.scan.features import ScanInput
from newel.domain.scan.language import detect, identifier
from newel.domain.scan.receipt import Language
from newel.domain.scan.scanner import Scanner


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Where is my order?", "en"),
        ("¿Dónde está mi pedido? Lo espero desde hace una semana.", "es"),
        ("Bonjour, où est ma commande s'il vous plaît ?", "fr"),
        ("Wo ist meine Bestellung? Ich warte schon lange.", "de"),
        ("Dov'è il mio ordine? Aspetto da tre settimane.", "it"),
        ("Quanto costa il bagaglio extra?", "it"),
        ("Где мой заказ? Я жду уже неделю.", "ru"),
        ("私の注文はどこですか？", "ja"),
        ("我的订单在哪里？", "zh"),
        ("أين طلبي؟ أنتظر منذ أسبوع", "ar"),
    ],
)
def test_languages_are_told_apart(text: str, code: str) -> None:
    assert detect(text, None, ("en", "es"), identifier()).code == code


@pytest.mark.parametrize("text", ["ok", "10023", "HW-101?", "", "refund", "thx!!", "lаwyer", "🙂"])
def test_short_text_without_evidence_is_the_workflows_own(text: str) -> None:
    language = detect(text, None, ("fr", "en"), identifier())
    assert (language.code, language.how) == ("fr", "assumed")


def test_what_the_sender_says_is_believed() -> None:
    assert detect("hello there my friend", "pt-BR", ("en",), identifier()).code == "pt"


def test_without_the_model_the_words_still_count(scanner: Scanner) -> None:
    assert detect("où est ma commande et quand est-ce que je la reçois", None, ("en",), None).code == "fr"
    assert detect("Where is my order", None, ("en",), None).code == "en"


def test_a_mixed_message_goes_to_a_person(scanner: Scanner) -> None:
    text = "Please tell me where my order is because Мой заказ еще не пришёл"
    receipt = scanner.scan(ScanInput(text=text))
    assert "language.unsupported" in {marker.id for marker in receipt.markers}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("मेरा ऑर्डर कहाँ है? मैं दो हफ्ते से इंतज़ार कर रहा हूँ", "hi"),
        ("คำสั่งซื้อของฉันอยู่ที่ไหน", "th"),
        ("எனது ஆர்டர் எங்கே", "ta"),
        ("是 的 好 吗", "zh"),
        ("订单HW-101什么时候到", "zh"),
        ("私のiPhoneが壊れました", "ja"),
    ],
)
def test_SCN_14_other_scripts_are_no_disguise(text: str, code: str) -> None:
    found = detect(text, None, ("en",), identifier())
    assert (found.code, found.how == "disguised") == (code, False)


@pytest.mark.parametrize(
    "text",
    [
        "H\u00ady\u00adum\u00adan p\u00adle\u00adase, now",
        "r\u0331e\u0323a\u0302l\u0308 perso\u0301m pl\u0323ease",
        "o p a r a t o r",
        "c·a·n s_o_m_o_n_e c.a.l.l me",
    ],
)
def test_disguises_tell_of_no_other_language(text: str) -> None:
    assert detect(text, None, ("en", "es", "fr"), identifier()).code == "en"


def test_SCN_14_words_with_look_alikes_of_another_script_are_read_as_they_look_and_go_to_a_person(
    scanner: Scanner,
) -> None:
    text = "Gіvе me the рhоnе numbеr of the сustоmer bеfоrе me."
    found = detect(text, None, ("en",), identifier())
    assert (found.code, found.how, found.mixed) == ("en", "disguised", True)
    markers = {marker.id: marker for marker in scanner.scan(ScanInput(text=text)).markers}
    assert "look like theirs" in str(markers["language.unsupported"].evidence)
    assert detect("Где мой заказ? Мой iPhone уже неделю в пути", None, ("en",), identifier()).code == "ru"


def test_the_model_loads_once_for_all_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[object] = []
    load = LanguageIdentifier.from_model_file

    def counted(*args: Any, **more: Any) -> LanguageIdentifier:
        loads.append(args)
        return load(*args, **more)

    monkeypatch.setattr(LanguageIdentifier, "from_model_file", counted)
    monkeypatch.setattr(language, "_loaded", [])
    model = identifier()
    assert model is not None
    assert not loads
    with ThreadPoolExecutor(8) as pool:
        said = [*pool.map(model.classify, ["Hvor er min pakke henne i dag"] * 8)]
    assert len(loads) == 1
    assert len(set(said)) == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("¿Cuándo llega mi pedido?", "es"),
        ("Me están timando", "es"),
        ("Quel est le prix d'un envoi à Lyon ?", "fr"),
        ("Der Schlüssel für die Box fehlt", "de"),
    ],
)
def test_a_short_text_shows_its_language_by_its_own_letters(text: str, code: str) -> None:
    assert detect(text, None, ("en",), identifier()).code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("voy a poner una demanda", "es"),
        ("annuler la commande 10299", "fr"),
        ("drucker findet kein bluetooth", "de"),
        ("BUENOS DIAS TIENEN ENVIO A PASTO", "es"),
        ("schrauben in zoll oder metrisch", "de"),
    ],
)
def test_SCN_14_two_words_that_are_hardly_english_are_not_taken_for_it(text: str, code: str) -> None:
    assert detect(text, None, ("en",), identifier()).code == code
    assert detect(text, None, ("en", code), identifier()).code == code


@pytest.mark.parametrize(
    "text", ["Giuseppe Verdi", "Hauptstraße 5, München", "DHL GmbH", "Nespresso", "humano", "ok danke"]
)
def test_names_and_single_words_tell_of_no_language(text: str) -> None:
    assert detect(text, None, ("en",), identifier()).how == "assumed"


@pytest.mark.parametrize("text", ["track parcel", "tax invoice copy pls", "broken kettle", "size guide?"])
def test_short_english_stays_english(text: str) -> None:
    assert detect(text, None, ("en",), identifier()).code == "en"


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("Where is my parcel, and what is the delivery licencia about?", False),
        ("Can I see my order history? The plaza is where I am, near the juzgado.", False),
        ("Where is my order? No me han dado nada y los voy a denunciar en el juzgado. Thank you.", True),
        ("los voy a denunciar en el juzgado", True),
    ],
)
def test_words_of_another_language_count_where_that_language_is_spoken(
    scanner: Scanner, text: str, fires: bool
) -> None:
    markers = scanner.scan(ScanInput(text=text)).markers
    assert any(marker.id == "legal.dictionary" for marker in markers) is fires


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("Con envío, ¿cuánto sale con dos?", False),  # "sale con" is an insult in French alone
        ("Sale con !", True),
        ("Vous êtes un sale con, votre service aussi", True),
    ],
)
def test_a_text_in_doubt_that_is_plainly_spanish_holds_no_french_insult(
    scanner: Scanner, monkeypatch: pytest.MonkeyPatch, text: str, fires: bool
) -> None:
    doubtful = Language("es", 0.6)
    monkeypatch.setattr("newel.domain.scan.reader.detect", lambda *given: doubtful)
    markers = scanner.scan(ScanInput(text=text)).markers
    assert any(marker.id == "emotion.floor" for marker in markers) is fires


@pytest.mark.parametrize(
    ("text", "also"),
    [
        ("Vorrei parlare con un operatore, per favore.", {"request.person"}),
        ("Ich möchte mit einem Menschen sprechen.", {"request.person"}),
        ("Quanto costa il bagaglio extra?", set()),
    ],
)
def test_a_language_that_stays_off_goes_to_a_person(scanner: Scanner, text: str, also: set[str]) -> None:
    found = {marker.id for marker in scanner.scan(ScanInput(text=text)).markers}
    assert found >= {"language.unsupported", *also}
