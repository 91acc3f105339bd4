"""The HTTP floor: thin handlers. It writes through ``flow`` and reads through ``store.views``."""
