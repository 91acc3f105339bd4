"""How work finds its person by a policy."""

from newel.domain.policy.entry import Entry


class Routing(Entry, frozen=True, kw_only=True):
    """How work finds its person."""

    generalist_after_seconds: int = 60
    generalist_skill: str = "general"
    default_skills: tuple[str, ...] = ()
    depth_alert_percent: int = 150
    on_call: str = ""
