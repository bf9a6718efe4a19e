"""Runs a training graph: what nothing else waits for learns side by side."""

import os
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from typing import Any

from joblib import cpu_count
from rasa.engine.graph import ExecutionContext, GraphNode, GraphNodeHook, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.storage import ModelStorage
from rasa.engine.training.hooks import TrainingHook
from threadpoolctl import threadpool_limits


class SideBySide(DaskGraphRunner):
    """Rasa's runner, but for two things.

    The classifiers all learn from the same messages and none from another: each does so in a process of its own, which
    finds the messages in its copy of our memory and leaves its result in the folder of the model. And the hook that
    hashes all messages after each component is left out: it keeps for the next training what has not changed, which
    of our components, that depend on all messages, is none.
    """

    @staticmethod
    def _instantiate_nodes(
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> dict[str, GraphNode]:
        kept = [hook for hook in hooks or () if not isinstance(hook, TrainingHook)]
        return DaskGraphRunner._instantiate_nodes(graph_schema, model_storage, execution_context, kept)

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """Runs the graph to its end; `targets` are all that it has."""
        nodes = self._graph_schema.nodes
        awaited = {parent for node in nodes.values() for parent in node.needs.values()}
        done = super().run(inputs, [name for name in nodes if name in awaited])
        last = [name for name in nodes if name not in awaited]
        _waiting.update({name: (self._instantiated_nodes[name], nodes[name].needs.values(), done) for name in last})
        with ProcessPoolExecutor(cpu_count(), get_context("fork"), initializer=_begin) as pool:
            return done | dict(pool.map(_finish, last))


_waiting: dict[str, Any] = {}
"""Nodes that are run in other processes, which cannot be handed over."""


def _begin() -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    threadpool_limits(1)


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _finish(name: str) -> Any:
    node, parents, done = _waiting[name]
    return node(*((parent, done[parent]) for parent in parents))
