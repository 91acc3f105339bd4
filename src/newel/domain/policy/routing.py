"""How work finds its person by a policy."""

from typing import Literal

from newel.domain.policy.entry import Entry


class Routing(Entry, frozen=True, kw_only=True):
    """How work finds its person.

    A case asks for its customer's region, or for ``region`` where they have none; ``region_as``
    says whether somebody of it comes first among equals, or nobody else may have it.
    """

    generalist_after_seconds: int = 60
    generalist_skill: str = "general"
    default_skills: tuple[str, ...] = ()
    depth_alert_percent: int = 150
    on_call: str = ""
    region: str = ""
    region_as: Literal["preference", "need"] = "preference"

    def region_for(self, theirs: str) -> tuple[str, bool]:
        """The region that a customer's case asks for, and whether nobody of another may have it."""
        region = theirs or self.region
        return region, bool(region) and self.region_as == "need"
