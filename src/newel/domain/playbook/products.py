"""The words of a text that may name a product: what is left when talk and numbers are taken out."""

import re
from typing import Final

_WORD: Final = re.compile(r"[a-zA-Zéèñöü][a-zA-Zéèñöü'’-]*|\d+(?:\.\d+)?(?= ?cm\b)")
_LONGEST: Final = 6
_TALK_TEXT: Final = """
    a about account across actually add after again all already also although am an and another
    any anything anyone are around arrival arrive arrived arrives arriving as ask at available
    availability back back-order backorder be because been before being best big bit both bought
    box boxes breakage broke broken but buy by came can cannot can't check checking chipped come
    comes coming confirm could couldn't cracked currently customer damage damaged day days dear
    delivered delivery dented did didn't do does doesn't don't down each email eight either else
    end enough even ever every exchange expect expected few find first five for found four from
    get gets getting give go going gone good got greetings had half happens has have haven't having
    he hearthwick hello help here hey hi hiya hold home hope hoping how i i'd i'll i'm i've if in
    inside instead into is isn't it item items its it's just kind kindly know left less let like
    likely long look looking lot love many may me mean mention might mine missing money more
    morning most much must my need needed never new next no none nor not nothing now number of
    off ok on once one ones online only onto open or order ordered ordering orders other ought our
    out over own package packaging parcel perhaps piece pieces please pls plz possible post product
    products purchase purchased put quantity quick quite re ready really receipt receive received
    refund regards replace replacement restock restocked return right run said same say says see
    seem seems sell selling send sent several shall she ship shop should show since site smashed so
    sold some something soon sorry still stock stocked store such supposed sure surely take tell
    than thank thanks that that's the their them then there there's these they thing things this
    those though three till time to today together told tomorrow too torn track two u unavailable
    under until up update upon us use very via want wanted warehouse was wasn't way we website week
    weeks well went were what what's when where which while who why will wish with within without
    won't wondering would yes yet you your yours six seven ten dozen couple pair it'll greyed
    coming-back currently-available shelves shelf online in-store instore hoping-to
    talk talking speak speaking spoken chat connect transfer person people human humans someone
    somebody anybody agent adviser advisor representative rep colleague manager supervisor
"""
_TALK: Final = frozenset(_TALK_TEXT.split())


def product_words(text: str) -> list[str]:
    """At most six words that may name a product, as one value; none when all is talk."""
    words = [m.group(0) for m in _WORD.finditer(text)]
    left = [word for word in words if word.casefold().replace("’", "'") not in _TALK]
    kept = list(dict.fromkeys(word.casefold() for word in left))[:_LONGEST]
    return [" ".join(kept)] if kept else []
