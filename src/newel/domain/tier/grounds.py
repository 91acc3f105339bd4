"""The grounds of T1: why the AI may release an answer by itself."""

from newel.domain.answer import Basis, Proposal
from newel.domain.policy.bundle import Bundle
from newel.domain.tier.effect import autonomous
from newel.domain.tier.given import Standing


def grounds_of(answer: Proposal, policy: Bundle, standing: Standing) -> tuple[str, ...]:
    """Why the AI may release it: the grounds of T1, with or without a certificate."""
    grounds = []
    if answer.action is not None:
        return ("autonomous_action",) if autonomous(answer.action, policy) else ()
    if answer.basis is Basis.PLAYBOOK and answer.sources:
        grounds.append("facts_of_record")
    if answer.basis is Basis.PLAYBOOK and _signed_text(answer, policy):
        grounds.append("text_of_the_policy")
    if answer.basis is Basis.KNOWLEDGE and answer.sources:
        grounds.append("sourced_knowledge")
    if answer.basis is Basis.QUESTION:
        grounds.append("question_of_the_policy")
    if answer.contact_reason in standing.certificates:
        grounds.append("certificate")
    return tuple(grounds)


def _signed_text(answer: Proposal, policy: Bundle) -> bool:
    """Whether the reply is, word for word, what its playbook says on no condition."""
    playbook = policy.playbooks.get(answer.contact_reason or "")
    paths = playbook.paths if playbook else ()
    return any(path.reply == answer.reply and not path.when for path in paths)
