"""What a refused person reads in their own language: a whole sentence, or the English one."""

import pytest

from newel.domain.access import IN_WORDS, Act, Actor, Role
from newel.domain.approval import AboveCeiling
from newel.domain.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NewelError,
    NotFound,
    StaleToken,
    TooLarge,
    Unavailable,
)
from newel.web import refusal
from newel.web.tongue import tongue
from web.conftest import Site

ME = Actor(kind="staff", id="1f0c4a52-63f5-4a33-9d0e-7c1f6c0d9a11")


def lacking(act: Act) -> NewelError:
    with pytest.raises(Forbidden) as caught:
        ME.must(act)
    return caught.value


def test_each_act_has_its_words_for_the_catalogues() -> None:
    assert list(IN_WORDS.values()) == list(refusal.ACTS)


def test_which_right_is_missing_is_said_in_whole_sentences() -> None:
    error = lacking(Act.ACTIVATE_POLICY)
    assert refusal.told(error, tongue("en")) == error.message
    assert refusal.told(error, tongue("es")) == (
        "No puedes poner en vigor una política: hace falta el rol Administrador o Responsable de política;"
        " pídeselo a un administrador."
    )
    assert refusal.told(error, tongue("fr")) == (
        "Vous ne pouvez pas mettre une politique en vigueur : il faut le rôle Administrateur ou Responsable"
        " de politique ; demandez-le à un administrateur."
    )


@pytest.mark.parametrize("code", ["es", "fr"])
def test_no_sentence_is_half_translated(code: str) -> None:
    speaks = tongue(code)
    for act in Act:
        said = refusal.told(lacking(act), speaks)
        assert ("it needs" in said) == (act is Act.INTAKE), said
        assert act is Act.INTAKE or IN_WORDS[act] not in said, said
    for error in (NotFound(what="case", id="7"), StaleToken(what="case 7"), Unavailable(what="the database")):
        assert "case" not in refusal.told(error, speaks)
        assert "database" not in refusal.told(error, speaks)


CASE = "3b0c4a52-63f5-4a33-9d0e-7c1f6c0d9a11"


@pytest.mark.parametrize(
    ("error", "spanish", "french"),
    [
        (
            Conflict(what=f"case {CASE}", state="queued", why="it is not on your desk now"),
            "El caso (en cola): ahora no está en tu mesa",
            "Le dossier (en file) : il n’est pas sur votre bureau maintenant",
        ),
        (
            Invalid(what="the reply", why="it is empty"),
            "La respuesta no sirve: no hay nada",
            "La réponse n’est pas utilisable : c’est vide",
        ),
        (
            TooLarge(what="the note", size=12345, limit=10000),
            "La nota: 12.345; el máximo es 10.000.",
            "La note : 12\u202f345 ; le maximum est 10\u202f000.",
        ),
        (
            Forbidden(actor=ME.id, act="take this", why="only people do"),
            "No puedes tomar esto: solo lo hacen las personas",
            "Vous ne pouvez pas prendre ceci : seules les personnes le font",
        ),
        (
            AboveCeiling(amount_minor=98765432100, ceiling_minor=5000),
            "987.654.321,00 supera el tope: ahora se puede enviar como máximo 50,00.",
            "987\u202f654\u202f321,00 dépasse le plafond : on peut envoyer au plus 50,00 maintenant.",
        ),
    ],
)
def test_an_error_is_said_with_its_parts_in_the_language(
    error: NewelError, spanish: str, french: str
) -> None:
    assert refusal.told(error, tongue("es")) == spanish
    assert refusal.told(error, tongue("fr")) == french
    assert refusal.told(error, tongue("en")) == error.message[:1].upper() + error.message[1:]


def test_what_an_error_does_not_know_is_a_question_mark_and_no_failure() -> None:
    assert refusal.told(Conflict(what="the case"), tongue("es")) == "El caso (?): ?"
    odd = Invalid(what="100% of it", why="%(no)s place")
    assert refusal.told(odd, tongue("fr")) == "100% of it n’est pas utilisable : %(no)s place"


async def test_pages_speak_the_readers_language_and_the_api_does_not(site: Site) -> None:
    await site.person("ben", Role.RESOLVER, clearance="junior")
    ben = await site.signed_in("ben")
    spanish = {"accept": "text/html", "accept-language": "es"}
    shown = await ben.get("/wallboard", headers=spanish)
    assert shown.status_code == 403
    assert "No puedes repartir trabajo entre personas: hace falta el rol Supervisor" in shown.text
    told = await ben.get("/wallboard", headers={"hx-request": "true", "accept-language": "fr"})
    assert told.json()["detail"].startswith("Vous ne pouvez pas confier du travail")
    asked = await ben.get("/api/v1/quality", headers=spanish)
    assert asked.json()["detail"].startswith("You may not see the results of reviews: it needs the role")


async def test_a_page_that_is_refused_says_so_in_a_whole_sentence(shop: Site) -> None:
    ben = await shop.signed_in("ben")
    shown = (await ben.get("/review/results", headers={"accept": "text/html"})).text
    assert "ask an admin for it.</p>" in shown
    assert "This is not yours to do" in shown
    strange = await ben.get("/desk?priority=9", headers={"accept": "text/html", "accept-language": "es"})
    assert "Esto no se puede usar tal cual" in strange.text
    assert "..</p>" not in (await ben.get("/nowhere", headers={"accept": "text/html"})).text
