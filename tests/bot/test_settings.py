"""It takes its settings from config.yml, the environment and the command line, and refuses what it cannot use."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr

from bot import settings
from bot.settings import ROOT, Settings, SettingsError

SECRET = "s3cret-t0ken"

Write = Callable[..., Path]


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith(settings.PREFIX)]:
        monkeypatch.delenv(name)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes a config file and lets MANNY_CONFIG name it."""

    def write(text: str = "", **sections: Any) -> Path:
        file = tmp_path / "config.yml"
        file.write_text(text + (yaml.safe_dump(sections, allow_unicode=True) if sections else ""), encoding="utf-8")
        monkeypatch.setenv("MANNY_CONFIG", str(file))
        return file

    return write


def faults() -> list[str]:
    """What is wrong, line by line."""
    with pytest.raises(SettingsError) as refused:
        settings.load()
    return str(refused.value).splitlines()


def value_of(loaded: Settings, key: str) -> Any:
    value: Any = loaded
    for part in key.split("."):
        value = getattr(value, part)
    return value.get_secret_value() if isinstance(value, SecretStr) else value


# --- the file


def test_it_loads_the_file_that_ships() -> None:
    loaded = settings.load()
    assert (loaded.language, loaded.timezone, loaded.currency, loaded.region) == ("en", "UTC", "USD", None)
    assert loaded.zone.key == "UTC"


def test_it_ships_a_file_with_every_key_but_the_secrets_and_their_defaults(config: Write) -> None:
    shipped = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    keys = {
        f"{key}.{sub}" if sub else key
        for key, section in shipped.items()
        for sub in (section if isinstance(section, dict) else [None])
    }
    assert keys == set(settings.variables().values()) - {"nlu.token"}
    shipped_settings = settings.load()
    config()
    assert settings.load() == shipped_settings


def test_it_takes_values_from_the_file(config: Write) -> None:
    config(language="zh", timezone="Asia/Shanghai", day={"morning": 8}, nlu={"threshold": 0.5})
    loaded = settings.load()
    assert (loaded.language, loaded.zone.key, loaded.day.morning, loaded.nlu.threshold) == (
        "zh",
        "Asia/Shanghai",
        8,
        0.5,
    )
    assert (loaded.currency, loaded.day.evening) == ("USD", 19)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("langage: zh", "langage: "),
        ("nlu:\n  treshold: 0.3", "nlu.treshold: "),
        ("telegram:\n  token: 1", "telegram.token: "),
        ("nlu:", "nlu: "),
        ("nlu: 5", "nlu: "),
        ("language: [en", "line 1"),
        ("- en\n- zh", "key: value"),
        ("just words", "key: value"),
    ],
)
def test_it_refuses_a_file_that_it_cannot_use(config: Write, text: str, fault: str) -> None:
    config(text)
    assert fault in "\n".join(faults())


def test_it_refuses_a_file_that_is_no_text(config: Write) -> None:
    file = config()
    file.write_bytes(b"\xff\xfe\x00language")
    assert str(file) in faults()[0]


def test_it_refuses_a_file_that_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MANNY_CONFIG", str(tmp_path / "confg.yml"))
    assert faults() == [f"MANNY_CONFIG: there is no file {tmp_path / 'confg.yml'}"]


def test_it_needs_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(settings, "ROOT", tmp_path)
    assert settings.load().language == "en"


# --- the environment

SAMPLES: dict[str, tuple[str, Any]] = {
    "language": ("zh", "zh"),
    "timezone": ("Europe/Berlin", "Europe/Berlin"),
    "currency": ("CNY", "CNY"),
    "region": ("DE", "DE"),
    "database.url": ("postgresql://u@h/manny", "postgresql://u@h/manny"),
    "nlu.url": ("http://localhost:5005", "http://localhost:5005"),
    "nlu.token": (SECRET, SECRET),
    "nlu.threshold": ("0.75", 0.75),
    "telegram.api": ("http://localhost:8081", "http://localhost:8081"),
}


def sample(key: str) -> tuple[str, Any]:
    return SAMPLES.get(key, ("5", 5))


@pytest.mark.parametrize(("variable", "key"), settings.variables().items())
def test_it_takes_every_key_from_the_environment(variable: str, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said, meant = sample(key)
    assert value_of(settings.load(), key) != meant
    monkeypatch.setenv(variable, said)
    assert value_of(settings.load(), key) == meant


def test_it_takes_all_keys_from_the_environment_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, key in settings.variables().items():
        monkeypatch.setenv(variable, sample(key)[0])
    loaded = settings.load()
    assert {key: value_of(loaded, key) for key in settings.variables().values()} == {
        key: sample(key)[1] for key in settings.variables().values()
    }


def test_it_believes_the_environment_before_the_file(config: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    config(language="zh", nlu={"threshold": 0.5, "url": "http://file"})
    monkeypatch.setenv("MANNY_NLU_URL", "http://environment")
    loaded = settings.load()
    assert (loaded.language, loaded.nlu.url, loaded.nlu.threshold) == ("zh", "http://environment", 0.5)


@pytest.mark.parametrize(
    "name",
    ["MANNY_LANGAGE", "MANNY_NLU_TRESHOLD", "MANNY_NLU", "MANNY_DAY", "MANNY_TELEGRAM_TOKEN", "manny_tone", "MANNY_"],
)
def test_it_refuses_an_unknown_variable_by_its_name(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, SECRET)
    assert f"{name}: no such setting" in faults()
    assert SECRET not in "\n".join(faults())


def test_it_does_not_mind_the_variables_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANNYQUIN_SIZE", "5")
    monkeypatch.setenv("LANGUAGE", "fr")
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", SECRET)
    assert settings.load().language == "en"


# --- bad values

BAD = (
    ("language", "fr"),
    ("language", ""),
    ("timezone", "Mars/Olympus"),
    ("timezone", ""),
    ("timezone", "../../etc/passwd"),
    ("currency", "usd"),
    ("currency", "EURO"),
    ("region", "Germany"),
    ("region", ""),
    ("nlu.threshold", "1.01"),
    ("nlu.threshold", "-0.1"),
    ("nlu.threshold", "nan"),
    ("nlu.threshold", "high"),
    ("day.start", "24"),
    ("day.morning", "-1"),
    ("day.noon", "12:30"),
    ("day.evening", ""),
)


@pytest.mark.parametrize(("key", "value"), BAD)
def test_it_refuses_a_bad_value_by_its_key(key: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"MANNY_{key.replace('.', '_').upper()}", value)
    (fault,) = faults()
    assert fault.startswith(f"{key}: ")


@pytest.mark.parametrize(("key", "value"), [("day.start", "nine"), ("nlu.threshold", [1]), ("language", 5)])
def test_it_refuses_a_bad_value_of_the_file_by_its_key(config: Write, key: str, value: object) -> None:
    section, _, name = key.partition(".")
    config(**{section: {name: value} if name else value})
    (fault,) = faults()
    assert fault.startswith(f"{key}: ")


def test_it_names_all_faults_at_once(config: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    config(timezone="Mars", tone="kind", nlu={"token": SECRET, "threshold": 7}, day={"start": 30})
    monkeypatch.setenv("MANNY_LANGUAGE", "fr")
    monkeypatch.setenv("MANNY_TONE", "kind")
    assert {fault.partition(":")[0] for fault in faults()} == {
        "MANNY_TONE",
        "nlu.token",
        "language",
        "timezone",
        "nlu.threshold",
        "day.start",
        "tone",
    }


@pytest.mark.parametrize("key", ["language", "timezone", "database", "nlu"])
def test_it_cannot_be_changed_once_loaded(key: str) -> None:
    loaded = settings.load()
    with pytest.raises(ValueError, match="frozen"):
        setattr(loaded, key, getattr(loaded, key))


# --- secrets


def test_it_refuses_a_secret_in_the_file_and_does_not_show_it(config: Write) -> None:
    config(nlu={"token": SECRET})
    (fault,) = faults()
    assert "MANNY_NLU_TOKEN" in fault
    assert SECRET not in fault


def test_it_shows_no_secret_of_a_file_that_it_cannot_read(config: Write) -> None:
    config(f"nlu: {{token: {SECRET}, [")
    assert SECRET not in "\n".join(faults())


def test_it_shows_no_secret_where_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANNY_NLU_TOKEN", SECRET)
    monkeypatch.setenv("MANNY_DATABASE_URL", f"postgresql://manny:{SECRET}@host/manny")
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", SECRET)
    loaded = settings.load()
    shown = [
        show(part)
        for part in (loaded, loaded.nlu, loaded.database, loaded.nlu.token)
        for show in (repr, str, "{}".format)
    ]
    assert SECRET not in "\n".join(shown)
    assert loaded.nlu.token is not None
    assert loaded.nlu.token.get_secret_value() == SECRET


# --- the command line


def test_it_believes_the_command_line_before_all_others(config: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    config(timezone="Asia/Shanghai", database={"url": "sqlite:///file.db"}, nlu={"threshold": 0.5})
    monkeypatch.setenv("MANNY_TIMEZONE", "Europe/Berlin")
    monkeypatch.setenv("MANNY_DATABASE_URL", "sqlite:///environment.db")
    monkeypatch.setenv("MANNY_NLU_URL", "http://environment")
    loaded = settings.load(timezone="Asia/Tokyo", database={"url": "sqlite:///line.db"}, nlu={"url": "http://line"})
    assert (loaded.timezone, loaded.database.url, loaded.nlu.url) == ("Asia/Tokyo", "sqlite:///line.db", "http://line")
    assert loaded.nlu.threshold == 0.5


def test_it_refuses_a_bad_value_of_the_command_line() -> None:
    with pytest.raises(SettingsError, match=r"^timezone: "):
        settings.load(timezone="Mars")
