"""The demo company's policy and articles, as the benchmarks load them: from the files, no database."""

from importlib.resources import files

from newel.domain.knowledge import Article, read_article
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.parse import included, load_bundle

NAME = "customer-support.yaml"
CALIBRATION = "calibration.json"


def customer_support(without: str = "") -> Bundle:
    """The bundle of ``customer-support``; one included file may be left out."""
    folder = files("newel.demo").joinpath("policy")
    text = folder.joinpath(NAME).read_text("utf-8")
    if without:
        text = text.replace(f", {without}]", "]")
    siblings = {name: folder.joinpath(name).read_text("utf-8") for name in included(text, NAME)}
    return load_bundle(text, NAME, siblings)


def articles() -> list[Article]:
    """All articles of the demo."""
    folder = files("newel.demo").joinpath("articles")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".md"))
    return [read_article(folder.joinpath(name).read_text("utf-8"), name) for name in names]
