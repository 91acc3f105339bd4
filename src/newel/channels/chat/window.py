"""The customer's chat window: what has been claimed is in the conversation, and the window asks for it."""

from newel.domain.ports import Delivery, Outbound


class Window:
    """Delivered by being there: the claim has made it visible, and the window hears of it at its commit."""

    name = "chat"

    async def deliver(self, message: Outbound) -> Delivery:
        """Accept; a window that is closed shows it when it is opened again."""
        return Delivery(accepted=True, provider_id=message.message_id)
