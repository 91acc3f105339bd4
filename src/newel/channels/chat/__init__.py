"""The channel ``chat``: the customer reads in the chat that a site carries."""
