"""What is chosen in forms, and what is said where they, or the server, refuse."""

from typing import Final

from newel.web.tongue import N_

ENDINGS: Final = (
    N_("Resolved"),
    N_("Redirected"),
    N_("Information provided"),
    N_("Regulatory referral"),
    N_("No resolution"),
)
CAUSES: Final = (
    N_("Missing data"),
    N_("Unclear request"),
    N_("Policy conflict"),
    N_("Format"),
    N_("Edge case"),
)
QUALITIES: Final = (
    N_("Correct low confidence"),
    N_("Incorrect plausible"),
    N_("Fundamentally wrong"),
    N_("Should not have escalated"),
)
GROUNDS: Final = (
    N_("Beyond skill"),
    N_("Needs authority"),
    N_("Unclear policy"),
    N_("Precedent"),
    N_("High stakes"),
    N_("Customer asks"),
)
REFUSALS: Final = (
    N_("The answer is not right"),
    N_("The action or its amount is not right"),
    N_("Not kind, or not clear enough"),
    N_("Something has to be found out first"),
    N_("Somebody should talk to this customer"),
    N_("Something else (say what)"),
)
CHOICES: Final = (N_("what you ask of the next person"),)
"""What a refusal is about."""
FIELDS: Final = (N_("title"), N_("body"), N_("owner"), N_("collection"), N_("language"))
"""Of an article, as one is told that they are empty."""
PROBLEMS: Final = (
    N_("Internal Server Error"),
    N_("Service Unavailable"),
)
