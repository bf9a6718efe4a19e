"""The terminal door as a process: lines in, answers out, and nothing lost when it is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from nlu.server import NluServer
from nlu.training import model_path

pytestmark = pytest.mark.slow
MANNY = Path(sys.executable).parent / "manny"


class Chat:
    """`manny chat --json` on a database of its own."""

    def __init__(self, server: NluServer, folder: Path) -> None:
        self.folder = folder
        self.environment = {**os.environ, "MANNY_NLU_URL": server.url, "MANNY_NLU_TOKEN": server.token}

    def command(self, *options: str, now: str = "2026-03-02T09:00") -> list[str]:
        database = f"sqlite:///{self.folder}/chat.db"
        place = ["--now", now, "--timezone", "Asia/Shanghai", "--database", database]
        return [str(MANNY), "chat", *place, *options]

    def run(self, said: str, *options: str, now: str = "2026-03-02T09:00") -> list[dict[str, Any]]:
        """What it answers to these lines, one object each."""
        done = subprocess.run(
            self.command("--json", *options, now=now),
            input=said.encode(),
            capture_output=True,
            env=self.environment,
            timeout=120,
            check=True,
        )
        assert b"Traceback" not in done.stderr
        return [json.loads(line) for line in done.stdout.decode().splitlines()]


@pytest.fixture
def chat(nlu_server: NluServer, tmp_path: Path) -> Chat:
    return Chat(nlu_server, tmp_path)


def test_it_answers_each_line_with_one_object(chat: Chat) -> None:
    said = "met a buyer at expo, has budget, no authority\n[1]\n\n看看\n"
    answers = chat.run(said)
    assert [answer["said"] for answer in answers] == said.splitlines()
    first = answers[0]
    assert set(first) == {"said", "understood", "replies", "ms"}
    assert set(first["replies"][0]) == {"template", "facts", "text", "buttons", "files"}
    record = first["replies"][0]["facts"]["record"]
    names = {"person", "company", "money", "authority", "need", "class", "stage", "amount", "next_follow_up"}
    assert set(record) == names
    assert answers[1]["replies"][0]["facts"]["record"]["class"] == "M+a+N"
    assert answers[2]["replies"][0]["template"] == "conversation/empty"


def test_it_writes_plain_replies_with_numbered_buttons_into_a_pipe(chat: Chat) -> None:
    done = subprocess.run(
        chat.command(),
        input=b"met a buyer at expo, has budget, no authority\n",
        capture_output=True,
        env=chat.environment,
        timeout=120,
        check=True,
    )
    text = done.stdout.decode()
    assert "M+a+?" in text
    assert "[1] yes  [2] no  [3] not sure" in text
    assert "<b>" not in text


def test_it_survives_bytes_that_are_no_text(chat: Chat) -> None:
    done = subprocess.run(
        chat.command("--json"),
        input=b"\xff\xfe broken\nhelp\n",
        capture_output=True,
        env=chat.environment,
        timeout=120,
        check=True,
    )
    assert len(done.stdout.splitlines()) == 2


def test_a_reminder_comes_once_after_manny_was_stopped_and_started(chat: Chat) -> None:
    chat.run("remind me to call Li Wei tomorrow at 10\n")
    assert [each["said"] for each in chat.run("hello\n", now="2026-03-03T09:30")] == ["hello"]
    answers = chat.run("hello\n", now="2026-03-03T10:30")
    assert [each["said"] for each in answers] == [None, "hello"]
    due = answers[0]["replies"][0]
    assert due["template"] == "followups/due"
    assert due["buttons"] == ["done", "snooze"]
    assert [each["said"] for each in chat.run("hello\n", now="2026-03-03T11:30")] == ["hello"]


def test_a_reminder_appears_while_the_conversation_is_open(chat: Chat) -> None:
    process = subprocess.Popen(
        chat.command("--json", now="2026-03-02T09:59:57"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=chat.environment,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"remind me to call Li Wei today at 10:00\n")
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["replies"][0]["template"] == "followups/set"
    come = json.loads(process.stdout.readline())
    assert come["said"] is None
    assert come["replies"][0]["template"] == "followups/due"
    process.stdin.write(b"[1]\n")
    process.stdin.close()
    assert json.loads(process.stdout.readline())["replies"][0]["template"] == "followups/finished"
    assert process.wait(timeout=60) == 0


def test_nothing_is_lost_when_it_is_killed_between_two_messages(chat: Chat) -> None:
    process = subprocess.Popen(
        chat.command("--json"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=chat.environment
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"met Greta from Marmara Cables, has budget\n")
    process.stdin.flush()
    process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    *again, answer = chat.run("show Marmara Cables\n")
    # Whether it was seen nobody can know: it may come once more.
    assert [each["said"] for each in again] in ([], [None])
    shown = answer["replies"][0]
    assert shown["template"] == "contacts/card"
    assert shown["facts"]["record"]["money"] == "yes"


def test_it_takes_its_own_language_model_along_when_it_is_killed(tmp_path: Path, nlu_server: NluServer) -> None:
    assert model_path() is not None
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MANNY_")}
    process = subprocess.Popen(
        [str(MANNY), "chat", "--json", "--database", f"sqlite:///{tmp_path}/chat.db"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"hello\n")
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["replies"][0]["template"] == "conversation/greeting"
    children = psutil.Process(process.pid).children(recursive=True)
    assert children
    process.send_signal(signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + 20
    while any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children):
        assert time.monotonic() < deadline, "the language model's server outlived Manny"
        time.sleep(0.2)
