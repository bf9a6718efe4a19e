"""The stages of the pipeline: their names, their chances, and what should be known in each."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, field_validator

from actions.playbook.texts import Entry, Text
from actions.rules.stages import KNOWABLE


def _alternatives(need: object) -> object:
    """`amount` alone stands for a choice of one."""
    return (need,) if isinstance(need, str) else need


class Stage(Entry):
    """A stage of the pipeline; `chance` (0 to 1) is what the forecast weighs its amounts with."""

    name: Text
    chance: float
    needs: tuple[Annotated[tuple[str, ...], BeforeValidator(_alternatives)], ...] = ()
    """What should be known of a deal that stands here, besides what the stages before it require; of a list in the
    list, one will do."""

    @field_validator("needs")
    @classmethod
    def _knowable(cls, needs: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
        for each in needs:
            if not each or (unknown := set(each) - set(KNOWABLE)):
                raise ValueError(
                    f"{', '.join(sorted(unknown)) if each else 'nothing'} is none of {', '.join(KNOWABLE)}"
                )
        return needs
