"""Whether a message names one order or one article alone, in words that hint at no other.

Only then a score of several says nothing. Whatever is in doubt lets the score count: a hint too many
costs an alarm, one too few a customer whom nobody leads. All is read folded, as accents are often left out.
"""

from collections.abc import Iterable

import re2

from newel.domain.scan.normalise import views
from newel.domain.scan.references import orders, products

# The languages whose hints are known here.
LANGUAGES = frozenset({"en", "es", "fr"})
_MORE = (
    r"\b(?:both|two|three|four|five|six|seven|eight|nine|ten|dozen|couple|several|multiple|various|many|numerous"
    r"|another|others?|else|first|second|third|1st|2nd|3rd|each|every|either|neither|nor|none|separate(?:ly)?|different"
    r"|twice|thrice|doubled?|duplicated?|merged?|combined?|consolidated?|together|swapped|switched|mixed|previous|earlier"
    r"|rest|remaining|also|too|as\swell|besides|likewise|ones?|more\sthan|same\sfor|so\s(?:is|was|did|does)|last|ago|since"
    r"|(?:from|in|of)\s(?:january|february|march|april|may|june|july|august|september|october|november|december)"
    r"|orders|bookings|reservations|invoices|bills|accounts|policies|claims|subscriptions|parcels|packages|boxes"
    r"|shipments|deliveries|tickets|appointments|purchases|returns|payments|items|products|articles|pieces|things"
    r"|amb[oa]s|dos|tres|cuatro|cinco|seis|vari[oa]s|much[oa]s|otr[oa]s?|primer[oa]?|segund[oa]|tercer[oa]?|cada|ni"
    r"|ningun[oa]?|demas|distint[oa]s|diferentes|anterior(?:es)?|tambien|ademas|tampoco|dobles?|veces|juntos|juntas"
    r"|(?:el|la|los|las|lo)\s(?:de|del|que)|aquel(?:la|los|las)?|igual|mismo|pasad[oa]|resto"
    r"|pedidos|compras|reservas|facturas|cuentas|paquetes|envios|entregas|articulos|productos|cosas|billetes"
    r"|deux|trois|quatre|cinq|plusieurs|autres?|premi(?:er|ere)s?|secondes?|deuxieme|chaque|aucune?|precedente?s?"
    r"|egalement|aussi|non\splus|doubles?|fois|ensemble|differente?s?|idem|pareil|meme|reste|derni(?:er|ere)s?"
    r"|celle|celui|celles|ceux|commandes|achats|reservations|factures|comptes|livraisons|envois|articles|produits"
    r"|choses|abonnements"
    r"|andere[nrs]?|auch|beide[ns]?|zwei|weitere[nrs]?|altr[aeio]|anche|entramb[ei]|outr[ao]s?|tambem|duas"
    r"|bestellung|paket|ordine|pacco|encomenda)\b"
    r"|\b[2-9]\s?x|\bx\s?[2-9]\b"
)
_JOINED = (
    r"|\b(?:and|or|plus|but|while|whereas|with|without|instead|than|except|y|o|u|e|et|ou|pero|mientras|con|sin"
    r"|mais|tandis|avec|sans|und|oder)\b|[,;/&+()]|\s-+\s|--"
)
_MORE_ORDERS, _MORE_PRODUCTS = re2.compile(_MORE), re2.compile(_MORE + _JOINED)
# What an order goes by, in the singular, and how one speaks of having made it.
_ORDER = re2.compile(
    r"\b(?:order|purchase|parcel|package|booking|reservation|shipment|invoice|ordered|bought|purchased|placed"
    r"|(?:the|that|my)\sdelivery|pedido|compra|encargo|reserva|paquete|envio|factura|pedi|compre|encargue"
    r"|achat|colis|facture|commandee?s?|achetee?s?)\b"
)
_ITS_NUMBER = re2.compile(
    r"\s{0,3}(?:number|no|nr|ref|reference|id|n[o.]|numero)?[\s:.#]{0,4}[a-z]{0,4}-?(\d{4,12})\b"
)
_DIGITS = re2.compile(r"\d{4,}")
_ARTICLE = re2.compile(r"\b[a-z]{2,4}-?\d{2,5}\b")
_STOP = re2.compile(r"[.!?;:\n]\s*\S")


def single_order(own: str, beside: Iterable[str] = ()) -> bool:
    """Whether the text speaks of one order, told by number, and what stands beside it of no further one."""
    named = [*orders(own)]
    if len(named) != 1:
        return False
    number = named[0].rpartition("-")[2].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    said = _readings(own)
    around = [reading for text in beside for reading in _readings(text)]
    return (
        len(_ORDER.findall(said[0])) == 1
        and all(len(_ORDER.findall(text)) < 2 for text in said)
        and all(_told(text, number) for text in around)
        and all(_of_one_order(text, number) for text in (*said, *around))
    )


def single_product(own: str, beside: Iterable[str] = ()) -> bool:
    """Whether the text is one sentence about one article, told by number, and nothing else is beside it."""
    named = [*products(own)]
    if len(named) != 1:
        return False
    sku = named[0].lower()
    further = any(_readings(text)[0].strip() not in {"", sku} for text in beside)
    return not further and all(_of_one_article(text, sku) for text in _readings(own))


def _readings(text: str) -> list[str]:
    """The text folded, as it stands and with evasions undone."""
    return [view.data.decode("latin-1") for view in views(text)]


def _of_one_order(text: str, number: str) -> bool:
    return not _MORE_ORDERS.search(text) and all(each[0] == number for each in _DIGITS.finditer(text))


def _told(text: str, number: str) -> bool:
    """Whether an order is spoken of by this number only."""
    after = (_ITS_NUMBER.match(text, cue.end()) for cue in _ORDER.finditer(text))
    return all(found and found[1] == number for found in after)


def _of_one_article(text: str, sku: str) -> bool:
    joined = sku.replace("-", "")
    others = any(each[0].replace("-", "") != joined for each in _ARTICLE.finditer(text))
    return not others and not _MORE_PRODUCTS.search(text) and not _STOP.search(text.strip())
