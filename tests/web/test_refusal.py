"""What a refused person reads in their own language: a whole sentence, or the English one."""

import pytest

from newel.domain.access import IN_WORDS, Act, Actor, Role
from newel.domain.errors import Conflict, Forbidden, NewelError, NotFound, StaleToken, Unavailable
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
    other = Conflict(what="the case", state="resolved", why="it ended")
    assert refusal.told(other, speaks) == other.message


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
