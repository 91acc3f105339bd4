"""The questions by which articles are recognised: how near a text comes to those of each article.

What playbooks are asked is not for articles: it stands beside them under ``ELSEWHERE``.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from newel.ai.features import LETTERS, MIXED, Floats, Weigher, similarities
from newel.ai.synonyms import plainly

ELSEWHERE: Final = ""


class Questions:
    """Example questions of articles, in two views, as the matcher of playbooks reads texts."""

    def __init__(self, questions: Mapping[str, Sequence[str]], elsewhere: Sequence[str] = ()) -> None:
        self.texts = [text for asked in questions.values() for text in asked]
        self._articles = [article for article, asked in questions.items() for _ in asked]
        self._articles += [ELSEWHERE] * len(elsewhere)
        self._examples = (*self.texts, *elsewhere)
        plain = [plainly(text) for text in self._examples]
        weighers = [Weigher(plain, kinds) for kinds in (MIXED, LETTERS)] if plain else []
        self._views = [(weigher, weigher.rows(plain)) for weigher in weighers]

    def nearest(self, text: str, without: str | None = None) -> dict[str, tuple[float, str]]:
        """For each article how near its nearest question is (0 to 1), and which; one may be left out."""
        best: dict[str, tuple[float, str]] = {}
        for at, value in enumerate(self._near(text)):
            article, example = self._articles[at], self._examples[at]
            if example != without and value > best.get(article, (-1.0, ""))[0]:
                best[article] = (float(value), example if article else "")
        return best

    def _near(self, text: str) -> Floats:
        """How near each example is, in the mean of both views."""
        plain = plainly(text)
        views = [similarities(rows, *weigher.row(plain)) for weigher, rows in self._views]
        return np.mean(views, axis=0) if views else np.zeros(0, dtype=np.float32)
