"""What do we do about it? One module per errand; importing the package registers every handler."""

from actions import (
    cards,
    coaching,
    contacts,
    conversation,
    crediting,
    cycle,
    deals,
    filing,
    followups,
    matching,
    objecting,
    people,
    pipeline,
    pitching,
    prospecting,
    pyramid,
    qualifying,
    referring,
    registry,
    rewarding,
)

registry.check_complete()

__all__ = [
    "cards",
    "coaching",
    "contacts",
    "conversation",
    "crediting",
    "cycle",
    "deals",
    "filing",
    "followups",
    "matching",
    "objecting",
    "people",
    "pipeline",
    "pitching",
    "prospecting",
    "pyramid",
    "qualifying",
    "referring",
    "registry",
    "rewarding",
]
