"""Who works here: roles, clearances, and what they speak."""

from typing import Final

from newel.web.tongue import N_

ROLES: Final = (
    N_("Reviewer"),
    N_("Approver"),
    N_("Resolver"),
    N_("Improver"),
    N_("Supervisor"),
    N_("Policy owner"),
    N_("Model risk"),
    N_("Legal compliance"),
    N_("Auditor"),
    N_("Admin"),
)
CLEARANCES: Final = (N_("Junior"), N_("Senior"), N_("Specialist"), N_("None"))
NAMED: Final = (
    N_("reviewer"),
    N_("approver"),
    N_("resolver"),
    N_("improver"),
    N_("supervisor"),
    N_("policy owner"),
    N_("policy_owner"),
    N_("model risk"),
    N_("model_risk"),
    N_("legal compliance"),
    N_("legal_compliance"),
    N_("auditor"),
    N_("admin"),
    N_("junior"),
    N_("senior"),
    N_("specialist"),
)
"""Roles and clearances within a sentence."""
SPOKEN: Final = (
    N_("Arabic"),
    N_("German"),
    N_("English"),
    N_("Spanish"),
    N_("French"),
    N_("Italian"),
    N_("Dutch"),
    N_("Polish"),
    N_("Portuguese"),
)
"""``LANGUAGES`` of ``domain/sentence.py``."""
