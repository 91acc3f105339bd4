"""The channel ``api``: the operator's own front end fetches messages, or gets a signed webhook."""
