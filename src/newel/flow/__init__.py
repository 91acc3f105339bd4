"""The steps: load, decide by a pure rule, save with event, audit and next job in one transaction."""
