"""What a policy lets be done, in words: ceilings, acts, playbooks, articles, and the systems that it asks."""

from collections.abc import Iterator
from typing import Final

from newel.domain.policy.acts import ActionClass, Ceiling
from newel.domain.policy.bundle import Bundle, Field
from newel.domain.policy.offer import in_words
from newel.domain.policy.owned import kept
from newel.domain.policy.playbook import Playbook
from newel.domain.policy.reading_row import Row, every, low, plain, row_of
from newel.domain.sentence import Sentence, Share, Sum, Value, joined, word

_AUTONOMOUS: Final = Sentence("autonomous")
_CERTIFIED: Final = Sentence("certified")
_CEILING: Final = Sentence(
    "At most %(cap)s: %(share)s %% of what the customer has spent, but %(floor)s at least, "
    "counted over %(days)s days."
)
_BY_ITSELF: Final = Sentence("The AI may do it by itself.")
_UP_TO: Final = Sentence("The AI may do it by itself up to %(amount)s.")
_APPROVED: Final = Sentence("A person approves it.")
_WITHIN: Final = Sentence("A person approves it, within the ceiling %(ceiling)s.")
_TOUCHES: Final = Sentence("In %(system)s; touches %(what)s.")
_NO_RECORD: Final = Sentence("nothing of record")
_ONE_WAY: Final = Sentence("%(title)s: one way, %(does)s; %(risk)s risk.")
_WAYS: Final = Sentence("%(title)s: %(count)s ways, %(does)s; %(risk)s risk.")
_PROPOSES: Final = Sentence("may propose %(actions)s")
_ANSWERS: Final = Sentence("answers only")
_ARTICLES: Final = Sentence("Articles")
_QUOTES: Final = Sentence("From %(collections)s, if the match is %(share)s sure or more; %(risk)s risk.")
_NEEDED: Final = Sentence("Needed: %(what)s.")
_MAY_BE: Final = Sentence("May be there: %(what)s.")
_SHAPED: Final = Sentence("shaped like %(pattern)s")
_KNOWN: Final = Sentence("known to %(system)s")
_LOOKS_UP: Final = Sentence("Looks up %(calls)s; waits %(seconds)s s.")
_LOOKS_UP_AND_DOES: Final = Sentence("Looks up %(calls)s; does %(acts)s; waits %(seconds)s s.")
_LOOKS_NOTHING_UP: Final = Sentence("Looks nothing up; waits %(seconds)s s.")
_DOES: Final = Sentence("Looks nothing up; does %(acts)s; waits %(seconds)s s.")
_UNTRACED: Final = Sentence("%(said)s Its calls carry no trace id.")


def ceilings(bundle: Bundle) -> Iterator[Row]:
    """The most that an approval may release."""
    for key, one in bundle.ceilings.items():
        yield row_of(plain(key), one, ceiling(one, bundle.currency))


def ceiling(one: Ceiling, currency: str) -> Sentence:
    """A ceiling as a sentence."""
    cap, floor = Sum(one.cap_minor, currency), Sum(one.floor_minor, currency)
    return _CEILING.of(cap=cap, share=one.lifetime_share * 100, floor=floor, days=one.window_days)


def actions(bundle: Bundle) -> Iterator[Row]:
    """What may be done in other systems, and by whose authority."""
    for key, one in bundle.actions.items():
        mark = _AUTONOMOUS if one.autonomous else None
        yield row_of(plain(key), one, authority(one, bundle.currency), mark=mark)


def authority(one: ActionClass, currency: str) -> Value:
    """By whose authority an act is done, and where."""
    touches = _NO_RECORD if one.effect == "none" else word(one.effect)
    return joined((_who(one, currency), _TOUCHES.of(system=low(one.system), what=touches)), " ")


def _who(one: ActionClass, currency: str) -> Sentence:
    if one.autonomous and one.effect == "money":
        return _UP_TO.of(amount=Sum(one.autonomous_ceiling_minor, currency))
    if one.autonomous:
        return _BY_ITSELF
    return _WITHIN.of(ceiling=low(one.ceiling)) if one.ceiling else _APPROVED


def playbooks(bundle: Bundle) -> Iterator[Row]:
    """The documented path of each contact reason, in short."""
    for key, one in bundle.playbooks.items():
        mark = _CERTIFIED if one.certificate else None
        yield row_of(plain(key), one, _ways(one), mark=mark)


def _ways(one: Playbook) -> Sentence:
    acts = sorted({path.act.action for path in one.paths if path.act})
    does = _PROPOSES.of(actions=every(acts)) if acts else _ANSWERS
    said, risk = _ONE_WAY if len(one.paths) == 1 else _WAYS, word(str(one.risk))
    return said.of(title=one.title, count=len(one.paths), does=does, risk=risk)


def offers(bundle: Bundle) -> Iterator[Row]:
    """What the person on a case may offer besides, in whose words."""
    for key, one in bundle.offers.items():
        words = in_words(one, bundle.languages[0])
        yield row_of(plain(key), one, words, quotes=(one.because, one.text, *one.texts.values()))


def knowledge(bundle: Bundle) -> Iterator[Row]:
    """What the AI may quote."""
    if bundle.knowledge:
        one = bundle.knowledge
        sure, risk = Share(one.minimum_confidence), word(str(one.risk))
        words = _QUOTES.of(collections=every(one.collections), share=sure, risk=risk)
        yield row_of(_ARTICLES, one, words)


def fields(bundle: Bundle) -> Iterator[Row]:
    """What a back-office item holds."""
    for key, one in bundle.fields.items():
        words = (_NEEDED if one.required else _MAY_BE).of(what=_field(one))
        yield kept(bundle, ("fields", key), plain(key), words)


def _field(one: Field) -> Value:
    parts: list[Value] = [word(one.type)]
    if one.pattern:
        parts.append(_SHAPED.of(pattern=one.pattern))
    if one.known_source:
        parts.append(_KNOWN.of(system=low(one.known_source)))
    return joined(parts)


def systems(bundle: Bundle) -> Iterator[Row]:
    """What is asked of other systems, and acted upon there."""
    for key, one in bundle.systems.items():
        said = {
            (True, True): _LOOKS_UP_AND_DOES,
            (True, False): _LOOKS_UP,
            (False, True): _DOES,
            (False, False): _LOOKS_NOTHING_UP,
        }[bool(one.look_ups), bool(one.actions)]
        words = said.of(calls=every(one.look_ups), acts=every(one.actions), seconds=one.timeout_seconds)
        yield row_of(plain(key), one, words if one.traced else _UNTRACED.of(said=words))
