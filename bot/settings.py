"""config.yml and the environment become frozen settings. Unknown keys and bad values are refused at the start."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    YamlConfigSettingsSource,
)
from pydantic_settings.exceptions import SettingsError as UnreadableSource

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "MANNY_"


class SettingsError(Exception):
    """The configuration cannot be used; the message names each key and what is wrong with it."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Database(_Section):
    """Where the records are."""

    # It may hold a password: it is not shown where settings are printed.
    url: str = Field("sqlite:///var/manny.db", repr=False, description="SQLAlchemy address: SQLite file or PostgreSQL")


class Nlu(_Section):
    """The server of the language model."""

    url: str | None = Field(None, description="address of a running server; empty: Manny starts its own")
    token: SecretStr | None = Field(None, description="that server's token; only from the environment")
    threshold: float = Field(0.35, ge=0, le=1, description="below this confidence (0 to 1) Manny asks what was meant")


class Telegram(_Section):
    """The Telegram door. The bot's token is read from TELEGRAM_BOT_TOKEN only."""

    api: str = Field("https://api.telegram.org", description="address of the Bot API")


class Day(_Section):
    """Hours (0 to 23, local time) that words for parts of the day stand for."""

    start: int = Field(9, ge=0, le=23, description="a day with no hour named")
    morning: int = Field(9, ge=0, le=23, description="morning, 上午")
    noon: int = Field(12, ge=0, le=23, description="noon, 中午")
    afternoon: int = Field(14, ge=0, le=23, description="afternoon, 下午")
    evening: int = Field(19, ge=0, le=23, description="evening, 晚上")
    end: int = Field(18, ge=0, le=23, description="end of the day, 下班前")

    def hour_of(self, part: str | None) -> int:
        """The hour of a part of the day; of a plain day for None."""
        return int(getattr(self, {None: "start", "day_end": "end"}.get(part, part or "start")))


class Settings(BaseSettings):
    """All settings. A key `a.b` of config.yml is the variable `MANNY_A_B`; the environment wins."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="_", env_nested_max_split=1, extra="forbid", frozen=True
    )

    language: Literal["en", "zh"] = Field("en", description="language of new members: en or zh")
    timezone: str = Field("UTC", description="IANA time zone of new members")
    currency: str = Field("USD", pattern="^[A-Z]{3}$", description="ISO 4217 code of amounts with no currency named")
    region: str | None = Field(None, pattern="^[A-Z]{2}$", description="ISO country of phone numbers without a prefix")
    database: Database = Database()
    nlu: Nlu = Nlu()
    telegram: Telegram = Telegram()
    day: Day = Day()

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"{value!r} is no IANA time zone, such as Europe/Berlin or Asia/Shanghai")
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The default time zone."""
        return ZoneInfo(self.timezone)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Options of the command line win over the environment, the environment over the file."""
        return (init_settings, env_settings, YamlConfigSettingsSource(settings_cls, yaml_file=config_file()))


def config_file() -> Path:
    """config.yml of the project, or the file that MANNY_CONFIG names."""
    return Path(os.environ.get("MANNY_CONFIG") or ROOT / "config.yml")


def variables() -> dict[str, str]:
    """Environment variable → key, for every setting."""
    names: dict[str, str] = {}
    for key, field in Settings.model_fields.items():
        section = field.annotation
        if isinstance(section, type) and issubclass(section, _Section):
            names.update({f"{PREFIX}{key}_{sub}".upper(): f"{key}.{sub}" for sub in section.model_fields})
        else:
            names[f"{PREFIX}{key}".upper()] = key
    return names


def load(**overrides: object) -> Settings:
    """The settings, or SettingsError with every fault. `overrides` come from the command line."""
    faults = _unknown_variables()
    try:
        faults += _misplaced_secrets(_file_content())
        settings = Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        faults += [f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in error.errors()]
    except SettingsError as error:
        faults.append(str(error))
    except UnreadableSource as error:  # a whole section as one variable, which is among the unknown ones
        faults = faults or [str(error)]
    if faults:
        raise SettingsError("\n".join(faults))
    return settings


def _unknown_variables() -> list[str]:
    known = {*variables(), "MANNY_CONFIG"}
    unknown = (name for name in os.environ if name.upper().startswith(PREFIX) and name.upper() not in known)
    return [f"{name}: no such setting" for name in sorted(unknown)]


def _misplaced_secrets(content: dict[str, object]) -> list[str]:
    section = content.get("nlu")
    if isinstance(section, dict) and "token" in section:
        return ["nlu.token: a secret does not belong in config.yml; set MANNY_NLU_TOKEN"]
    return []


def _file_content() -> dict[str, object]:
    """What the file says; {} when there is none. Raises SettingsError for one that cannot be read."""
    file = config_file()
    if not file.is_file():
        if os.environ.get("MANNY_CONFIG"):
            raise SettingsError(f"MANNY_CONFIG: there is no file {file}")
        return {}
    try:
        with file.open(encoding="utf-8") as stream:  # of a stream, the parser's message quotes no line
            content = yaml.safe_load(stream)
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        raise SettingsError(f"{file}: {error}") from None
    if not isinstance(content, dict | None):
        raise SettingsError(f"{file}: it must consist of `key: value` lines")
    return content or {}
