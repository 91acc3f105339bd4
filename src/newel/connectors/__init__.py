"""Plug-ins to systems of record: look-ups and actions behind the Protocols of ``domain.ports``."""
