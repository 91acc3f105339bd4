"""Every effect of every system, as one table."""

from newel.demo.effects import (
    accounts,
    appointments,
    invoices,
    orders,
    payments,
    subscriptions,
    warehouse,
)

EFFECTS = (
    *payments.EFFECTS,
    *orders.EFFECTS,
    *warehouse.EFFECTS,
    *accounts.EFFECTS,
    *subscriptions.EFFECTS,
    *appointments.EFFECTS,
    *invoices.EFFECTS,
)
