"""Our own words that reach pages as data: keys of roles, states and notices, for the catalogues.

The filters ``words`` and ``said`` look them up; a company's own keys and texts stay as they are written.
"""

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
TRIGGERS: Final = (
    N_("Request"),
    N_("Legal"),
    N_("Reputation"),
    N_("Repeat"),
    N_("Emotion"),
    N_("Complexity"),
    N_("Value"),
    N_("Topic"),
    N_("Injection"),
    N_("Data"),
    N_("Risk words"),
)
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
FATES: Final = (
    N_("Pending"),
    N_("Approved"),
    N_("Rejected"),
    N_("Expired"),
    N_("Withdrawn"),
    N_("Invalidated"),
)
REASONS: Final = (
    N_("Asks for a person"),
    N_("Prefers people"),
    N_("Legal words"),
    N_("Threatens to go public"),
    N_("Wrote about it before"),
    N_("Upset"),
    N_("Several orders at once"),
    N_("Several products at once"),
    N_("Customs"),
    N_("Partly used"),
    N_("High value"),
    N_("VIP"),
    N_("Vulnerable"),
    N_("Safety"),
    N_("Fraud"),
    N_("Account security"),
    N_("Regulated topic"),
    N_("Change of bank details"),
    N_("Tries to instruct the AI"),
    N_("A field is missing"),
    N_("Data contradict each other"),
    N_("Data in a wrong format"),
    N_("A duplicate"),
    N_("Speaks of money back"),
    N_("Speaks of the account"),
    N_("A language that the AI does not write"),
    N_("Risk over the threshold"),
    N_("The scan failed"),
    N_("A file that no AI reads"),
    N_("The AI was not sure"),
    N_("The AI's certainty is not proven here"),
    N_("The AI has no answer"),
    N_("Taken over"),
    N_("Merged with another case"),
    N_("The AI's proposal was rejected"),
    N_("The AI's proposal expired"),
    N_("The AI's proposal no longer fits"),
    N_("The AI's proposal was withdrawn"),
    N_("did not come in time"),
    N_("cannot be reached"),
    N_("no system has it"),
    N_("there is no such record"),
    N_("the record is somebody else's"),
    N_("a fact is missing"),
    N_("no path applies"),
    N_("this path is a person's"),
    N_("the amount is on no record"),
)
REFUSALS: Final = (
    N_("The answer is not right"),
    N_("The action or its amount is not right"),
    N_("Not kind, or not clear enough"),
    N_("Something has to be found out first"),
    N_("Somebody should talk to this customer"),
    N_("Something else (say what)"),
)
PROBLEMS: Final = (
    N_("Not Found"),
    N_("Forbidden"),
    N_("Internal Server Error"),
    N_("Service Unavailable"),
    N_("There is nothing at this address."),
    N_("This is not allowed."),
    N_("Something went wrong here; it has been noted under the request id."),
    N_("A part of the house does not answer now; try again later."),
)
NOTICES: Final = (
    N_("A case is yours"),
    N_("Quality has dropped: more of the work is reviewed now"),
    N_("Quality is good again: reviews are back to their usual share"),
    N_("Far more waits than usual: the overflow pool can be opened"),
    N_("Far more waits than usual: the overflow pool has opened"),
    N_("The queue is back to its usual: the overflow pool has closed"),
    N_("A reviewer has a hint for you"),
    N_("A snoozed case is back"),
    N_("You are named in a note"),
    N_("You are asked as an expert"),
    N_("Your question is answered"),
    N_("Half as late again as it may take: it needs somebody now"),
    N_("Late, and no supervisor is on shift"),
    N_("Nobody on shift can take it"),
    N_("Half as long again as the time to answer first"),
    N_("Half as long again as the time to answer"),
    N_("Half as long again as the time to resolve"),
    N_("Half as long again as the time to decide on an approval"),
    N_("The time to answer first is up"),
    N_("The time to answer is up"),
    N_("The time to resolve is up"),
    N_("The time to decide on an approval is up"),
)
