"""Policies and articles as files; one that cannot be read is told by its name."""

from pathlib import Path
from typing import TYPE_CHECKING

from newel.domain.errors import Invalid

if TYPE_CHECKING:
    from newel.domain.knowledge import Article
    from newel.domain.policy.parse import Source


def policy_source(file: Path) -> "Source":
    """A file with the siblings that it includes; one that is not there is a mistake of the policy."""
    from newel.domain.policy.parse import Source, included

    text = text_of(file)
    siblings = (file.parent / name for name in included(text, file.name) if name == Path(name).name)
    return Source(file.name, text, {path.name: text_of(path) for path in siblings if path.is_file()})


def articles(folder: Path) -> list["Article"]:
    """The articles of a folder, one in each Markdown file, each with an id of its own."""
    from newel.domain.knowledge import read_article

    if not folder.is_dir():
        raise Invalid(what=f"the folder {folder}", why="it is not there")
    found: dict[str, tuple[str, Article]] = {}
    for path in sorted(folder.glob("*.md")):
        article = read_article(text_of(path), path.name)
        other, _ = found.setdefault(article.id, (path.name, article))
        if other != path.name:
            raise Invalid(what=f"the id of {path.name}", why=f"{other} is called {article.id} already")
    return [article for _, article in found.values()]


def text_of(file: Path) -> str:
    """What a file says."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise Invalid(what=f"the file {file}", why=why) from None
