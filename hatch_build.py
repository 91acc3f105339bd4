"""The wheel's dependencies are the lines of requirements.in: one list, no copy."""

from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface


class Dependencies(MetadataHookInterface):
    """Reads ``requirements.in``."""

    def update(self, metadata: dict[str, object]) -> None:
        """Set ``dependencies``."""
        lines = Path(self.root, "requirements.in").read_text(encoding="utf-8").splitlines()
        metadata["dependencies"] = [line for line in map(str.strip, lines) if line and line[0] != "#"]
