"""The demo company Hearthwick and its systems of record; it meets Newel over HTTP only."""
