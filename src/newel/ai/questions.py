"""The questions by which articles are recognised: how near a text comes to those of each article.

What playbooks are asked is not for articles: it stands beside them under ``ELSEWHERE``.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from newel.ai.features import LETTERS, MIXED, Columns, Floats, Rows, Weigher
from newel.ai.synonyms import plainly

ELSEWHERE: Final = ""


class Questions:
    """Example questions of articles, in two views, as the matcher of playbooks reads texts."""

    def __init__(self, questions: Mapping[str, Sequence[str]], elsewhere: Sequence[str] = ()) -> None:
        groups = {article: tuple(asked) for article, asked in questions.items() if asked}
        groups |= {ELSEWHERE: tuple(elsewhere)} if elsewhere else {}
        self.texts = [text for article, asked in groups.items() for text in asked if article]
        self._articles = list(groups)
        self._examples = [text for asked in groups.values() for text in asked]
        self._starts = np.cumsum([0, *map(len, groups.values())])[:-1]
        plain = [plainly(text) for text in self._examples]
        weighers = [Weigher(plain, kinds) for kinds in (MIXED, LETTERS)] if plain else []
        self._views = [(weigher, _Index(weigher.rows(plain))) for weigher in weighers]

    def near(self, text: str, without: str | None = None) -> "Near":
        """How near each example is, in the mean of both views; one may be left out."""
        plain = plainly(text)
        views = [index.cosines(*weigher.row(plain)) for weigher, index in self._views]
        values: Floats = np.mean(views, axis=0) if views else np.zeros(0, dtype=np.float32)
        if without in self._examples:
            values[self._examples.index(without)] = 0.0
        return Near(self, values)

    def best(self, values: Floats) -> dict[str, float]:
        """For each article its nearest question, from 0 to 1."""
        if not len(values):
            return {}
        return dict(zip(self._articles, map(float, np.maximum.reduceat(values, self._starts)), strict=True))

    def example(self, article: str, values: Floats) -> str:
        """The nearest question of an article; empty when it has none."""
        if article not in self._articles:
            return ""
        at = self._articles.index(article)
        first, last = [*map(int, self._starts), len(self._examples)][at : at + 2]
        return self._examples[first + int(np.argmax(values[first:last]))]


class _Index:
    """Rows by their columns: the cosine of one row with each of many, from shared columns alone."""

    def __init__(self, rows: Rows) -> None:
        order = np.argsort(rows.columns, kind="stable")
        self._columns = rows.columns[order]
        self._values = rows.values[order]
        self._rows = np.repeat(np.arange(len(rows.offsets) - 1), np.diff(rows.offsets))[order]
        self._size = len(rows.offsets) - 1

    def cosines(self, columns: Columns, values: Floats) -> Floats:
        """How near a row of length one is to each."""
        starts = np.searchsorted(self._columns, columns, "left")
        counts = np.searchsorted(self._columns, columns, "right") - starts
        first = np.repeat(starts - np.cumsum(counts) + counts, counts)
        at = first + np.arange(counts.sum())
        products = self._values[at] * np.repeat(values, counts)
        near: Floats = np.bincount(self._rows[at], weights=products, minlength=self._size).astype(np.float32)
        return near


class Near:
    """How near a text comes to the examples."""

    def __init__(self, questions: Questions, values: Floats) -> None:
        self._questions = questions
        self._values = values
        self.best = questions.best(values)

    def example(self, article: str) -> str:
        """The nearest question of an article."""
        return self._questions.example(article, self._values)
