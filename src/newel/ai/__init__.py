"""Models that run inside: recognising contact reasons and finding knowledge, with numpy alone."""
