"""One request as handlers see it: its actor, its house, its body and query as checked values."""

from collections.abc import AsyncGenerator
from functools import cache, cached_property
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from litestar import Request
from litestar.datastructures import FormMultiDict
from litestar.exceptions import InternalServerException

from newel.domain.access import Actor, Staff
from newel.domain.errors import Forbidden
from newel.flow.house import House
from newel.web.errors import Left, Malformed, Unsupported, rejection
from newel.web.tongue import COOKIE, Tongue, accepted, of_console

T = TypeVar("T")
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
_FIELDS_AT_MOST = 500


class Ask(Request[Any, Any, Any]):
    """A request; ``data`` of a handler is decoded here, once and strictly."""

    @property
    def house(self) -> House:
        """The house that was wired at the start."""
        house: House = self.app.state.house
        return house

    @property
    def actor(self) -> Actor:
        """Who asks, as the guard found."""
        actor: Actor = self.scope["newel.actor"]  # type: ignore[typeddict-item]  # put there by the guard
        return actor

    @property
    def staff(self) -> Staff | None:
        """The signed-in person, None for a service."""
        found: Staff | None = self.scope.get("newel.staff")  # type: ignore[assignment]
        return found

    @property
    def person(self) -> Actor:
        """Who asks, if it is a person: some acts are never a service's."""
        if self.actor.kind != "staff":
            raise Forbidden(actor=self.actor.id, act="act as a person", why="it needs somebody's session")
        return self.actor

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """The body as it comes; ``Left`` when the caller went away before its end."""
        try:
            async for part in super().stream():
                yield part
        except InternalServerException:
            if not self.is_connected:  # read twice: our own mistake
                raise
            raise Left() from None

    async def json(self) -> Any:
        """The body as the handler's ``data`` declares it."""
        if self.content_type[0].lower() != JSON:
            raise Unsupported()
        try:
            return _decoder(_expected(self)).decode(await self.body())
        except msgspec.ValidationError as error:
            raise rejection(error) from None
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise Malformed(why="its syntax is broken") from None
        except RecursionError:
            raise Malformed(why="it is nested too deeply") from None

    @property
    def me(self) -> Staff:
        """The signed-in person; ``Forbidden`` for a service, which has no pages."""
        if self.staff is None:
            raise Forbidden(actor=self.actor.id, act="see a page", why="it needs somebody's session")
        return self.staff

    @property
    def mark(self) -> str:
        """The moment before anything was read for it: its page's stream tells what changed since."""
        return str(self.scope["newel.mark"])  # type: ignore[typeddict-item]  # put there by the application

    @property
    def partial(self) -> bool:
        """Whether a script asks for a part of the page that it already shows."""
        return self.headers.get("hx-request") == "true"

    @cached_property
    def tongue(self) -> Tongue:
        """The console's language: the one chosen in this browser, else the first that it accepts."""
        return of_console(self.cookies.get(COOKIE, ""), self.headers.get("accept-language", ""))

    def gettext(self, message: str, **values: object) -> str:
        """A text in the console's language."""
        return self.tongue.gettext(message, **values)

    def ngettext(self, one: str, other: str, num: int, **values: object) -> str:
        """A text that counts, in the console's language."""
        return self.tongue.ngettext(one, other, num, **values)

    @property
    def accepts(self) -> list[str]:
        """The languages that the browser asks for, the dearest first."""
        return accepted(self.headers.get("accept-language", ""))

    async def form(self) -> FormMultiDict:
        """What a page's form holds; nothing for a body of another kind.

        The framework's own reading keeps the last thousand bodies in memory, and what people wrote with them.
        """
        if self.content_type[0].lower() != FORM:
            return FormMultiDict([])
        body = (await self.body()).decode("utf-8", "replace")
        try:
            return FormMultiDict(parse_qsl(body, keep_blank_values=True, max_num_fields=_FIELDS_AT_MOST))
        except ValueError:
            raise Malformed(why="it has too many fields") from None

    async def filled(self, kind: type[T], *, many: tuple[str, ...] = ()) -> T:
        """A page's form as a struct: blank fields are absent, ``many`` may come several times."""
        given = await self.form()
        fields: dict[str, Any] = {name: given.getall(name)[-1] for name in given}
        fields = {name: value for name, value in fields.items() if value != ""}
        fields |= {name: [v for v in given.getall(name, []) if v != ""] for name in many}
        try:
            return msgspec.convert(fields, kind, strict=False)
        except msgspec.ValidationError as error:
            raise rejection(error) from None

    def asked(self, kind: type[T]) -> T:
        """The query as a struct; numbers may be written as text, unknown names are refused."""
        given = {name: values[-1] for name, values in self.query_params.dict().items()}
        try:
            return msgspec.convert(given, kind, strict=False)
        except msgspec.ValidationError as error:
            raise rejection(error) from None


def _expected(request: Ask) -> Any:
    field = request.route_handler.parsed_data_field
    return field.annotation if field else None


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)
