"""Parts of a training that wait for nothing but the messages run side by side, and what fails in one ends it all."""

import os
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.exceptions import GraphComponentException
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from runner import SideBySide


class Source(GraphComponent):
    """Gives a number, and says in which process."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "Source":
        """Another one."""
        return cls()

    def give(self) -> tuple[int, int]:
        """A number, and the process."""
        return 20, os.getpid()

    def double(self, given: tuple[int, int]) -> tuple[int, int]:
        """Twice the number, and the process."""
        return 2 * given[0], os.getpid()

    def fail(self, given: tuple[int, int]) -> None:
        """Finds a fault."""
        raise ValueError("nothing to learn from")


def node(does: str, needs: dict[str, str]) -> SchemaNode:
    """A step of the graph."""
    return SchemaNode(needs=needs, uses=Source, fn=does, config={}, constructor_name="create", is_target=True)


def graph(folder: Path, **nodes: SchemaNode) -> SideBySide:
    """A runner for these steps."""
    schema = GraphSchema(nodes)
    return SideBySide.create(schema, LocalModelStorage(folder), ExecutionContext(schema))


def test_what_nothing_waits_for_runs_elsewhere(tmp_path: Path) -> None:
    last = node("double", {"given": "first"})
    done = graph(tmp_path, first=node("give", {}), one=last, other=last).run()
    assert done["first"] == (20, os.getpid())
    assert done["one"][0] == done["other"][0] == 40
    assert os.getpid() not in (done["one"][1], done["other"][1])


def test_a_fault_there_is_told_here(tmp_path: Path) -> None:
    runner = graph(tmp_path, first=node("give", {}), one=node("fail", {"given": "first"}))
    with pytest.raises(GraphComponentException) as told:
        runner.run()
    assert "nothing to learn from" in str(told.value.__cause__)
