"""How templates are made into code: what each answer of a language says the same is said once."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
from jinja2 import Environment, nodes
from jinja2.runtime import Context, Macro
from jinja2.visitor import NodeTransformer

KEPT: Final = 2_000
"""How many rows of pages a language keeps."""
Said = Callable[[str], str]
TEXT: Final = "_"


class _Quick(Context):
    """Calls a macro without asking first what it wants to be handed: it wants nothing."""

    def call(__self, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # as its parent
        if type(__obj) is Macro:
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
            return __obj(*args, **kwargs)
        return super().call(__obj, *args, **kwargs)


class Templates(Environment):
    """An environment of one language: ``said`` are the functions that always say the same of a text."""

    context_class = _Quick

    def __init__(self, said: Mapping[str, Said], **options: Any) -> None:
        super().__init__(**options)
        self._once = _Once(said)
        self._kept: dict[tuple[str, bytes], str] = {}
        self.globals["kept"] = self.kept

    def kept(self, macro: Macro, *of: Any) -> str:
        """What a macro makes of a row: made once, as most rows are the same when a page asks again.

        The macro's name is its own among all, and it looks at nothing but what it is handed.
        """
        key = (macro.name, msgspec.json.encode(of))
        if key not in self._kept:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            self._kept[key] = macro(*of)
        return self._kept[key]

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        return super()._generate(self._once.visit(source), *args, **kwargs)


class _Once(NodeTransformer):
    """``_("Take over")`` becomes the translated text, ``asset("css/base.css")`` the address.

    Of a text with places, ``_("Take over: %(case)s", case=…)``, the filling is left to each answer.
    """

    def __init__(self, said: Mapping[str, Said]) -> None:
        self._said = said

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # named by the visitor
        """A call of one of them, if it is of a text as it is written."""
        self.generic_visit(node)
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        said = self._said.get(name)
        text = node.args[0].value if len(node.args) == 1 and isinstance(node.args[0], nodes.Const) else None
        if said is None or not isinstance(text, str) or node.dyn_args or node.dyn_kwargs:
            return node
        if name != TEXT:
            return nodes.Const(said(text), lineno=node.lineno)
        if not node.kwargs:
            return nodes.TemplateData(said(text) % {}, lineno=node.lineno)
        places = [nodes.Pair(nodes.Const(one.key), one.value) for one in node.kwargs]
        filled = nodes.Dict(places, lineno=node.lineno)
        return nodes.Mod(nodes.TemplateData(said(text)), filled, lineno=node.lineno)
