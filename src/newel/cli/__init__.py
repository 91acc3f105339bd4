"""The commands. Each module is one word; what a command needs is imported when it runs."""

import traceback

import typer

from newel.cli import delivery, demo, feedback, knowledge, people, policy, serve, token, tune, up
from newel.cli.doctor import doctor_command
from newel.cli.import_ import import_
from newel.cli.logs import configure_logging
from newel.cli.replay import replay
from newel.cli.scan import scan
from newel.cli.trace import trace
from newel.domain.errors import NewelError
from newel.flow.aside import leave, left

app = typer.Typer(
    name="newel",
    help="Tiered customer operations: AI does the routine, people decide what needs judgment.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.command()(up.up)
app.command()(serve.serve)
app.command()(serve.work)
app.command()(serve.migrate)
app.command()(scan)
app.command("import")(import_)
app.command()(replay)
app.command()(trace)
app.command("doctor")(doctor_command)
app.add_typer(delivery.app, name="delivery")
app.add_typer(demo.app, name="demo")
app.add_typer(feedback.app, name="feedback")
app.add_typer(knowledge.app, name="knowledge")
app.add_typer(people.app, name="people")
app.add_typer(policy.app, name="policy")
app.add_typer(token.app, name="token")
app.add_typer(tune.app, name="tune")


def main() -> None:
    """Run a command; a typed error is one line and exit code 2, never a stack trace."""
    configure_logging("warning")
    try:
        _run()
    except SystemExit as end:
        leave(end.code if isinstance(end.code, int) else int(end.code is not None))
        raise
    except Exception:
        if left():
            traceback.print_exc()
        leave(1)
        raise


def _run() -> None:
    try:
        app()
    except NewelError as error:
        typer.echo(f"newel: {error.message}", err=True)
        raise SystemExit(2) from None
