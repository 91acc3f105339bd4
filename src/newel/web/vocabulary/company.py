"""What most companies call skills, acts and records; a company's own words stay as they are written."""

from typing import Final

from newel.web.tongue import N_

SKILLS: Final = (
    N_("Orders"),
    N_("Returns"),
    N_("Billing"),
    N_("Complaints"),
    N_("Privacy"),
    N_("General"),
    N_("Invoices"),
    N_("Vendors"),
    N_("Legal"),
    N_("Safety"),
    N_("Vulnerable"),
    N_("Fraud"),
    N_("Account security"),
    N_("orders"),
    N_("returns"),
    N_("billing"),
    N_("complaints"),
    N_("privacy"),
    N_("general"),
    N_("invoices"),
    N_("vendors"),
)
"""Skills as most companies have them."""
ACTIONS: Final = (
    N_("Refund"),
    N_("Reshipment"),
    N_("Return label"),
    N_("Cancellation"),
    N_("Credit"),
    N_("Appointment"),
    N_("Appointment change"),
    N_("Address change"),
    N_("Password reset"),
    N_("Subscription pause"),
    N_("Subscription cancel"),
    N_("Invoice field"),
    N_("Invoice void"),
    N_("Invoice routing"),
)
"""What most companies have done in their systems."""
SEGMENTS: Final = (
    N_("Regular"),
    N_("Loyal"),
)
"""What customers are to most companies."""
RECORDED: Final = (N_("Email"), N_("Phone"), N_("Address"), N_("Order"))
"""What is on record of a customer, or named by an action, in most companies."""
RECORDS: Final = (
    N_("placed"),
    N_("packed"),
    N_("dispatched"),
    N_("delivered"),
    N_("held"),
    N_("lost"),
    N_("cancelled"),
    N_("returned"),
    N_("active"),
    N_("paused"),
    N_("ended"),
)
"""In which state an order or a subscription is, in most companies."""
