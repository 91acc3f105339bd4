"""The effects of the shop's systems, one file for each system."""
