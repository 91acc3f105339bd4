"""Policy: the bundle, its reading, its checks, and the classes of its changes."""
