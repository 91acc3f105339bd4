"""All SQL. Rows in, dataclasses out; no rule is invented here."""
