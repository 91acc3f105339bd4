"""The scan: every trigger over one message and its facts, before any AI is asked."""
