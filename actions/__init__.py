"""What do we do about it? One module per errand; importing the package registers every handler."""

from actions import coaching, contacts, conversation, deals, followups, people, pipeline, registry, rewarding

registry.check_complete()

__all__ = ["coaching", "contacts", "conversation", "deals", "followups", "people", "pipeline", "registry", "rewarding"]
