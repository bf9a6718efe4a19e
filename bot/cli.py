"""The `manny` command. Each subcommand explains itself with an example."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from types import FrameType
from typing import BinaryIO, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from rich.console import Console as Terminal
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from actions import catalogue, importing
from actions.playbook import PlaybookError
from actions.playbook import load as load_playbook
from actions.sheets import SIZE_AT_MOST
from actions.turn import Reply
from bot import settings as settings_module
from bot import wiring
from bot.assistant import Clock
from bot.replies import render
from bot.settings import Settings, SettingsError
from nlu.client import NluClient, NluUnavailable
from nlu.learning import add_example
from nlu.server import NluServer, NluServerError
from nlu.training import TrainingError, train
from storage.database import upgrade
from storage.unit_of_work import UnitOfWork

HELD_OUT = settings_module.ROOT / "tests" / "sentences"
LOG_FILE = settings_module.ROOT / "var" / "manny.log"


class _Zone(click.ParamType[str]):
    name = "zone"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """An IANA time zone, or a clear refusal."""
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            self.fail(f"{value!r} is no IANA time zone, such as Europe/Berlin or Asia/Shanghai", param, ctx)
        return value


class _Moment(click.ParamType[datetime]):
    name = "time"

    def convert(self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """A local date and time, or a clear refusal."""
        try:
            return value if isinstance(value, datetime) else datetime.fromisoformat(value).replace(tzinfo=None)
        except ValueError:
            self.fail(f"{value!r} is no date and time, such as 2026-03-02T09:00", param, ctx)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Manny: the sales assistant that people chat with.

    Example: manny chat
    """
    signal.signal(signal.SIGTERM, _terminated)


def _terminated(number: int, frame: FrameType | None) -> NoReturn:
    """A kill ends Manny as Ctrl-C does, so that the language model's server goes with it."""
    raise SystemExit(128 + number)


_now = click.option("--now", type=_Moment(), help="Local time that the clock starts from, such as 2026-03-02T09:00.")
_zone = click.option("--timezone", type=_Zone(), help="IANA time zone, such as Asia/Shanghai.")
_database = click.option("--database", help="SQLAlchemy address, such as sqlite:///var/manny.db.")


@main.command()
@click.option("--as", "name", help="Who you are; made in the default team when new.")
@click.option("--role", type=click.Choice(["rep", "manager"]), help="What you may see.")
@click.option("--language", type=click.Choice(["en", "zh"]), help="Language of what Manny says first.")
@_now
@_zone
@_database
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each line of input.")
def chat(
    name: str | None,
    role: str | None,
    language: str | None,
    now: datetime | None,
    timezone: str | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Talk to Manny in the terminal, or line by line in a pipe.

    Example: manny chat --as Ann --role manager --timezone Asia/Shanghai
    """
    from bot.console import pipe, sign_in, talk
    from bot.replies import words

    interactive = sys.stdin.isatty() and not as_json
    with _manny(database, _clock(now, timezone), timezone) as manny:
        account = sign_in(manny, name, role, language, timezone)
        if interactive:
            talk(manny, account, words("console", language or manny.settings.language)["hello"])
        else:
            sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
            sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
            pipe(manny, account, sys.stdin, sys.stdout, as_json)


@main.command()
@_now
@_zone
def understand(now: datetime | None, timezone: str | None) -> None:
    """Read one message a line, write what each means as one JSON object a line.

    Example: echo "met a buyer at expo, has budget" | manny understand --now 2026-03-02T09:00
    """
    clock = _clock(now, timezone)
    # The clock stands still, so that every line of a file counts from the same moment.
    at = clock()
    with _model(_settings(timezone=timezone)) as (settings, url, token):
        client = wiring.nlu_client(settings, url, token)
        zone = ZoneInfo(settings.timezone)
        for raw in sys.stdin.buffer:
            print(json.dumps(_understood(client, raw, at.astimezone(zone)), ensure_ascii=False), flush=True)
        client.close()


def _understood(client: NluClient, raw: bytes, now: datetime) -> dict[str, object]:
    try:
        text = raw.rstrip(b"\r\n").decode("utf-8")
    except UnicodeDecodeError as error:
        return {"text": None, "intent": "out_of_scope", "error": f"not UTF-8: {error.reason} at byte {error.start}"}
    try:
        return client.parse(text, now).to_json()
    except NluUnavailable as error:
        return {"text": text, "intent": "out_of_scope", "error": f"the language model gave no answer: {error}"}


@main.command()
@_database
def serve(database: str | None) -> None:
    """Serve Telegram by long polling. The bot's token comes from TELEGRAM_BOT_TOKEN.

    Example: TELEGRAM_BOT_TOKEN=123:abc manny serve
    """
    from bot.telegram import ServeError, run

    token = os.environ.get("TELEGRAM_BOT_TOKEN", "")
    if not token:
        raise click.ClickException("TELEGRAM_BOT_TOKEN is not set; get a token from @BotFather and set it.")
    with _manny(database, wiring.real_clock, None, log_to=None) as manny:
        wiring.quiet_logs(logging.INFO)
        Terminal(stderr=True).print("Manny serves Telegram. Ctrl-C ends it.")
        try:
            run(manny, token)
        except ServeError as error:
            raise click.ClickException(str(error)) from None


@main.group()
def nlu() -> None:
    """The language model: train it, run it, check its data.

    Example: manny nlu train
    """


@nlu.command("train")
@click.option("--force", is_flag=True, help="Learn all anew, also when little or nothing changed.")
def nlu_train(force: bool) -> None:
    """Train the model if its data changed.

    Example: manny nlu train --force
    """
    with _faults(), _progress() as show:
        trained = train(lambda share, step: show(f"training: {step}", share), force=force)
    click.echo(f"{trained.path.name}: {'trained' if trained.trained else 'up to date'} in {trained.seconds:.0f} s")


@nlu.command("serve")
@click.option("--port", default=5005, show_default=True, help="Port to listen on.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
def nlu_serve(port: int, host: str) -> None:
    """Run the model's server for other processes. Its token is MANNY_NLU_TOKEN, or a random one that is printed.

    Example: MANNY_NLU_TOKEN=secret manny nlu serve --port 5005
    """
    settings = _settings()
    given = settings.nlu.token.get_secret_value() if settings.nlu.token else None
    with _faults():
        with _progress() as show:
            trained = train(lambda share, step: show(f"training: {step}", share))
            server = NluServer(trained.path, host=host, port=port, token=given)
            server.start(on_wait=lambda seconds: show("starting the language model", min(seconds / 30, 0.99)))
        try:
            click.echo(f"Ready: {server.url}" + ("" if given else f"  MANNY_NLU_TOKEN={server.token}"), err=True)
            server.wait()
        except KeyboardInterrupt:
            pass
        finally:
            server.stop()


@nlu.command("check")
def nlu_check() -> None:
    """Check the training data: every fault at once.

    Example: manny nlu check
    """
    from nlu.check import check

    faults = check(settings_module.ROOT)
    for fault in faults:
        click.echo(fault)
    if faults:
        raise click.ClickException(f"{len(faults)} faults in the training data")
    click.echo("The training data is sound.")


@nlu.command("report")
@click.option(
    "--set",
    "labelled",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=HELD_OUT,
    help="Folder of <language>/<intent>.yml files with labelled messages; default: tests/sentences.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=settings_module.ROOT / "var" / "nlu-report",
    help="Folder for the report; default: var/nlu-report.",
)
@click.option("--docs", is_flag=True, help="Also put the summary into docs/understanding.md.")
def nlu_report(labelled: Path, out: Path, docs: bool) -> None:
    """Measure how well labelled messages are understood: tables, wrong frames and pictures.

    Example: manny nlu report --set tests/sentences --docs
    """
    from bot.charts import draw_confusion
    from nlu.report import ReportError, ask, by_language, read_set, score, summary, update_docs, write_report

    if docs and labelled.resolve() != HELD_OUT:
        raise click.UsageError("--docs is for the messages in tests/sentences, which the page speaks of.")
    try:
        messages = read_set(labelled)
        with _model(_settings()) as (settings, url, token), _progress() as show:
            client = wiring.nlu_client(settings, url, token)
            answers = ask(messages, client.parse, lambda share: show("asking the model", share))
            client.close()
        write_report(answers, labelled.name, out)
        for language, own in by_language(answers).items():
            draw_confusion(score(own).confusion, language, out / f"confusion.{language}.png")
        if docs:
            update_docs(settings_module.ROOT / "docs" / "understanding.md", answers)
    except (ReportError, NluUnavailable) as error:
        raise click.ClickException(str(error)) from None
    click.echo(summary(answers))
    click.echo(f"\nThe report is in {out}.")


@nlu.command("learn")
@click.option("--approve", multiple=True, type=int, metavar="NUMBER", help="Add this one to the training data.")
@click.option("--drop", multiple=True, type=int, metavar="NUMBER", help="Forget this one.")
@_database
def nlu_learn(approve: tuple[int, ...], drop: tuple[int, ...], database: str | None) -> None:
    """Show what people corrected, and add what you approve to the training data.

    Example: manny nlu learn --approve 3 --approve 5
    """
    with _faults(), _database_of(_settings(database=database)) as work:
        for correction in work.messages.corrections():
            if correction.id in approve:
                path = add_example(correction.language, correction.intent, correction.text)
                click.echo(f"{correction.id}\tadded to {path.relative_to(settings_module.ROOT)}\t{correction.text}")
            elif correction.id in drop:
                click.echo(f"{correction.id}\tdropped\t{correction.text}")
            else:
                click.echo(f"{correction.id}\t{correction.intent}\t{correction.text}")
                continue
            correction.learnt_at = datetime.now(UTC)
        work.commit()


@main.group()
def db() -> None:
    """The database.

    Example: manny db upgrade
    """


@db.command("upgrade")
@_database
def db_upgrade(database: str | None) -> None:
    """Create the database or bring it to the newest schema.

    Example: manny db upgrade --database postgresql://user@host/manny
    """
    with _faults():
        upgrade(wiring.database_url(_settings(database=database)))
    click.echo("The database is up to date.")


@main.group()
def user() -> None:
    """The members of the team.

    Example: manny user list
    """


@user.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(["rep", "manager"]), default="rep", show_default=True)
@click.option("--language", type=click.Choice(["en", "zh"]))
@_zone
@_database
def user_add(name: str, role: str, language: str | None, timezone: str | None, database: str | None) -> None:
    """Add a member, and print the one-time key with which they join on Telegram (valid for seven days).

    For a member that exists already a new key is printed.

    Example: manny user add "Ann" --role rep
    """
    settings = _settings(database=database)
    with _faults(), _database_of(settings) as work:
        now = datetime.now(UTC)
        member = work.team.by_name(name)
        if member is None:
            member = work.team.add(name, role, language or settings.language, timezone or settings.timezone, now)
        key = work.team.issue_key(member, now)
        work.commit()
    click.echo(f"{member.name} ({member.role}) joins by sending the bot:  /start {key}")


@user.command("list")
@_database
def user_list(database: str | None) -> None:
    """List the members.

    Example: manny user list
    """
    with _faults(), _database_of(_settings(database=database)) as work:
        for member in work.team.members():
            click.echo(f"{member.name}\t{member.role}\t{member.language}\t{member.timezone}")


@main.group()
def transactions() -> None:
    """What customers bought, from the company's books.

    Example: manny transactions import purchases.csv --as Ann
    """


@transactions.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--as", "name", required=True, help="The member whose new customers they are.")
@_database
def transactions_import(file: BinaryIO, name: str, database: str | None) -> None:
    """Import a CSV of purchases, the whole file or, where anything is wrong with it, nothing.

    Needed are the columns customer (or person), date and amount; currency, profit, spent, product, kind and reference
    are read where they are there. A row whose reference is on record already is not imported again.

    Example: manny transactions import purchases.csv --as Ann
    """
    from actions.importing_transactions import plan, put_on_record, read_transactions
    from actions.sheets import SIZE_AT_MOST
    from actions.turn import Reply
    from bot.replies import render

    settings = _settings(database=database)
    with _faults(), _database_of(settings) as work:
        member = work.team.by_name(name)
        if member is None:
            raise click.ClickException(f"There is no member {name!r}; manny user list shows who is there.")
        now = datetime.now(ZoneInfo(member.timezone))
        books = read_transactions(file.read(SIZE_AT_MOST + 1), load_playbook(), now.date(), settings.currency)
        planned = plan(work, member, books)
        if planned.mistakes:
            mistakes = [mistake.to_json() for mistake in planned.mistakes]
            facts = {"name": Path(file.name).name, "count": len(mistakes), "mistakes": mistakes}
            raise click.ClickException(render(Reply("files/mistakes", facts), member.language, now.date()).text)
        imported = Reply("pyramid/imported", put_on_record(work, member, planned, now))
        told = render(imported, member.language, now.date()).text
        work.commit()
    click.echo(told)


@main.group()
def products() -> None:
    """The catalogue of what the company sells.

    Example: manny products list
    """


@products.command("list")
@_database
def products_list(database: str | None) -> None:
    """List the products with their other names and how many benefits each has.

    Example: manny products list
    """
    with _faults(), _database_of(_settings(database=database)) as work:
        own = catalogue.own_products(work, work.team.default_team().id)
        for product in own or load_playbook().products:
            click.echo(f"{product.name}\t{', '.join(product.aliases)}\t{len(product.benefits)}")
    if not own:
        click.echo("This is the example catalogue: import your own.", err=True)


@products.command("export")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, allow_dash=True), default="-")
@_database
def products_export(file: str, database: str | None) -> None:
    """Write the catalogue as a CSV to edit, with a row for each benefit; without a FILE to standard output.

    Example: manny products export products.csv
    """
    with _faults(), _database_of(_settings(database=database)) as work:
        own = catalogue.own_products(work, work.team.default_team().id)
        written = importing.write_products(own or load_playbook().products)
    with click.open_file(file, "wb") as out:
        # Spreadsheets take a file without this mark for one in their own old encoding.
        out.write(written.encode("utf-8-sig"))


@products.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Only say what would change.")
@_database
def products_import(file: Path, check: bool, database: str | None) -> None:
    """Replace the catalogue by a CSV (as `manny products export` writes it) or a YAML in the form of products.yml.

    With a mistake in the file nothing is changed, and all mistakes are listed.

    Example: manny products import products.csv
    """
    with _faults(), _database_of(_settings(database=database)) as work:
        with file.open("rb") as opened:
            imported = importing.read_products(opened.read(SIZE_AT_MOST + 1), load_playbook())
        if imported.mistakes:
            facts = {
                "name": file.name,
                "count": len(imported.mistakes),
                "mistakes": [mistake.to_json() for mistake in imported.mistakes],
            }
            raise click.ClickException(render(Reply("files/mistakes", facts), "en", date.today()).text)
        team = work.team.default_team().id
        changes = catalogue.difference(catalogue.own_products(work, team), imported.products)
        if not check:
            catalogue.replace_products(work, team, imported.products)
            work.commit()
    click.echo(f"{len(imported.products)} products, {imported.benefits} benefits")
    for what, names in changes.items():
        if names:
            click.echo(f"{what}: {', '.join(names)}")


# --- shared by the commands


def _settings(database: str | None = None, timezone: str | None = None) -> Settings:
    overrides: dict[str, object] = {}
    if database:
        overrides["database"] = {"url": database}
    if timezone:
        overrides["timezone"] = timezone
    try:
        return settings_module.load(**overrides)
    except SettingsError as error:
        raise click.ClickException(f"The configuration cannot be used:\n{error}") from None


def _clock(now: datetime | None, timezone: str | None) -> Clock:
    if now is None:
        return wiring.real_clock
    return wiring.clock_from(now.replace(tzinfo=ZoneInfo(timezone or _settings().timezone)))


@contextmanager
def _database_of(settings: Settings) -> Iterator[UnitOfWork]:
    from storage.database import make_engine, session_factory

    url = wiring.database_url(settings)
    upgrade(url)
    engine = make_engine(url)
    try:
        with UnitOfWork(session_factory(engine)) as work:
            yield work
    finally:
        engine.dispose()


@contextmanager
def _manny(
    database: str | None, clock: Clock, timezone: str | None, log_to: Path | None = LOG_FILE
) -> Iterator[wiring.Manny]:
    settings = _settings(database=database, timezone=timezone)
    if log_to is not None:
        _log_to_file(log_to)
    with _faults():
        # Before the model, whose start takes half a minute.
        load_playbook()
    with _model(settings) as (_, url, token):
        with _faults():
            manny = wiring.build(settings, wiring.nlu_client(settings, url, token), clock)
            wiring.settle()
        try:
            yield manny
        finally:
            manny.close()


@contextmanager
def _model(settings: Settings) -> Iterator[tuple[Settings, str, str | None]]:
    """The address and token of a model's server: the one configured, or one of our own."""
    if settings.nlu.url:
        yield settings, settings.nlu.url, settings.nlu.token.get_secret_value() if settings.nlu.token else None
        return
    with _faults():
        with _progress() as show:
            trained = train(lambda share, step: show(f"training: {step}", share))
            server = NluServer(trained.path)
            server.start(on_wait=lambda seconds: show("starting the language model", min(seconds / 30, 0.99)))
        try:
            yield settings, server.url, server.token
        finally:
            server.stop()


@contextmanager
def _progress() -> Iterator[Callable[[str, float], None]]:
    """A progress bar on standard error, gone when done; plain lines where that is no terminal."""
    terminal = Terminal(stderr=True)
    if not terminal.is_terminal:
        told: set[str] = set()

        def tell(step: str, share: float) -> None:
            if step not in told:
                told.add(step)
                terminal.print(step, highlight=False)

        yield tell
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=terminal, transient=True) as progress:
        task = progress.add_task("getting ready", total=1.0)
        yield lambda step, share: progress.update(task, description=step, completed=share)


@contextmanager
def _faults() -> Iterator[None]:
    """Faults that an operator can mend come as one clear message; the rest keeps its traceback."""
    from sqlalchemy.exc import ArgumentError, OperationalError

    try:
        yield
    except (NluServerError, TrainingError) as error:
        raise click.ClickException(str(error)) from None
    except PlaybookError as error:
        raise click.ClickException(f"The playbook cannot be used:\n{error}") from None
    except (OperationalError, ArgumentError) as error:
        raise click.ClickException(f"The database cannot be used: {getattr(error, 'orig', None) or error}") from None


def _log_to_file(path: Path) -> None:
    """In a conversation the log goes to a file: people never see a traceback, operators always can."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(path, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.WARNING)
