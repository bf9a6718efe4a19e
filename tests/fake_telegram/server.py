"""The server: a Telegram with users who write, press and block, and a bot that is held to the rules of the Bot API.

What no correct bot would send (unknown methods and parameters, texts that are too long, broken HTML …) is answered
as Telegram answers it and noted in `faults`, which a test asserts to be empty.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.fake_telegram.markup import CannotParse, read_html, units
from tests.fake_telegram.methods import METHODS

BOT_ID = 4242
TEXT_AT_MOST, CAPTION_AT_MOST, DATA_AT_MOST = 4096, 1024, 64
FILE_AT_MOST = 20 * 1024 * 1024
"""Bytes of the largest file that a bot may fetch."""
BEGINNINGS = {"photo": b"\xff\xd8\xff", "voice": b"OggS", "video": b"\0\0\0 ftypisom", "animation": b"\0\0\0 ftypmp42"}
"""How the content of a kind of file begins."""
JSON_PARAMETERS = ("reply_markup", "allowed_updates", "commands", "link_preview_options", "entities", "scope")


class Refusal(Exception):
    """An answer of the Bot API that is not OK."""

    def __init__(
        self, status: int, description: str, fault: bool = False, parameters: dict[str, int] | None = None
    ) -> None:
        super().__init__(description)
        self.status, self.description, self.fault, self.parameters = status, description, fault, parameters or {}


@dataclass(frozen=True)
class Request:
    """A call of a method; files are given by their name and size."""

    method: str
    parameters: dict[str, Any]


@dataclass
class Sent:
    """A message of the bot as the person sees it now; `html` is what was sent."""

    message_id: int
    chat_id: int
    text: str
    html: str
    entities: list[dict[str, Any]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    file: str | None = None
    kind: str = "text"
    content: bytes = field(default=b"", repr=False)


@dataclass
class _Script:
    """A failure that was ordered: for the next `times` calls of a method (all methods: `*`)."""

    method: str
    refusal: Refusal
    times: int
    chat_id: int | None


class FakeTelegram:
    """Start it with `with`; the server runs in a thread of its own, so every method here is for the test's thread."""

    def __init__(
        self,
        token: str | None = f"{BOT_ID}:test-token-of-manny",
        port: int = 0,
        on_sent: Callable[[Sent], None] | None = None,
    ) -> None:
        """`token` None lets every token in; `on_sent` is told each message and each change of one."""
        self.token = token or f"{BOT_ID}:any"
        self.faults: list[str] = []
        self.requests: list[Request] = []
        self.sent: list[Sent] = []
        self._any_token = token is None
        self._port = port
        self._on_sent = on_sent
        self._changed = threading.Condition(threading.RLock())
        self._updates: list[dict[str, Any]] = []
        self._delivered: dict[int, dict[str, Any]] = {}
        self._next_update, self._next_message, self._next_query = 100_000, 1, 1
        self._queries: set[str] = set()
        self._chats: set[int] = set()
        self._blocked: set[int] = set()
        self._scripts: list[_Script] = []
        self._files: dict[str, bytes] = {}
        self._sizes: dict[str, int] = {}
        self._given_out: set[str] = set()
        self._poll: asyncio.Future[None] | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True, name="fake-telegram")
        self._ready = threading.Event()

    # --- start and stop

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10), "the fake Telegram did not start"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    @property
    def url(self) -> str:
        """The address of the Bot API."""
        return f"http://127.0.0.1:{self._port}"

    def _run(self) -> None:
        self._new_update = asyncio.Event()
        runner = self._loop.run_until_complete(self._listen())
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())
        self._loop.close()

    async def _listen(self) -> web.AppRunner:
        app = web.Application(client_max_size=60 * 1024 * 1024)
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        # A long poll whose client has died must not count as a second poller.
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self._port)
        await site.start()
        assert site._server is not None
        self._port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
        return runner

    # --- what people do

    def says(self, user: int, text: str) -> int:
        """A person writes; returns the update's id."""
        return self._push({"message": self._message(user, text=text, **_commands_in(text))})

    def edits(self, user: int, text: str, **content: Any) -> int:
        """A person changes what they wrote; beside a file it is a `caption`."""
        message = self._message(user, **({"caption": text, **content} if content else {"text": text}))
        return self._push({"edited_message": {**message, "edit_date": message["date"]}})

    def sends(
        self,
        user: int,
        kind: str = "photo",
        content: bytes | None = None,
        name: str | None = None,
        size: int | None = None,
        caption: str | None = None,
        **more: Any,
    ) -> int:
        """A person sends something that is no text: photo, document, voice, video, animation, sticker, location.

        `name` is what they call a document; `size` is told instead of the content's own.
        """
        with self._changed:
            number = len(self._files) + 1
        content = BEGINNINGS.get(kind, b"data") + b"..." if content is None else content
        size = len(content) if size is None else size
        file: dict[str, Any] = {"file_id": f"{kind}-{number}", "file_unique_id": f"{kind}{number}", "file_size": size}
        if kind != "location":
            self._files[file["file_id"]] = content
            self._sizes[file["file_id"]] = size
        named = {**file, **({"file_name": name} if name else {})}
        small = {**file, "file_id": f"{file['file_id']}-small", "file_size": 1}
        kinds: dict[str, Any] = {
            "photo": [{**small, "width": 9, "height": 9}, {**file, "width": 90, "height": 90}],
            "document": named,
            "voice": {**file, "duration": 2},
            "video": {**named, "width": 90, "height": 90, "duration": 2},
            "animation": {**named, "width": 90, "height": 90, "duration": 2},
            "sticker": {**file, "type": "regular", "width": 5, "height": 5, "is_animated": False, "is_video": False},
            "location": {"latitude": 31.2, "longitude": 121.5},
        }
        # Telegram sends an animation as a document as well, for old bots.
        twice = {"document": named} if kind == "animation" else {}
        more |= twice | ({"caption": caption} if caption else {})
        return self._push({"message": self._message(user, **{kind: kinds[kind]}, **more)})

    def pins(self, user: int) -> int:
        """A person pins a message: a note of Telegram's own, without content."""
        return self._push({"message": self._message(user, pinned_message=self._message(user, text="old"))})

    def presses(self, user: int, label: str | int, message: Sent | None = None) -> int:
        """A person presses a button, by its label or its number from 1, of `message` (else the last with buttons)."""
        message = message or [sent for sent in self.to(user) if sent.buttons][-1]
        data = (
            message.buttons[label - 1][1]
            if isinstance(label, int)
            else next(data for text, data in message.buttons if text == label)
        )
        return self.presses_data(user, data, message)

    def presses_data(self, user: int, data: str, message: Sent) -> int:
        """A press as Telegram reports it, also of a button that is gone."""
        with self._changed:
            query = str(self._next_query)
            self._next_query += 1
            self._queries.add(query)
        press = {"id": query, "from": _person(user), "chat_instance": "1", "data": data}
        return self._push({"callback_query": {**press, "message": self._shown(message)}})

    def says_in_group(self, group: int, user: int, text: str) -> int:
        """Somebody writes in a group in which the bot is."""
        with self._changed:
            self._chats.add(group)
        chat = {"id": group, "type": "group", "title": "Team"}
        return self._push({"message": {**self._message(user, text=text), "chat": chat}})

    def blocks(self, user: int, told: bool = True) -> None:
        """A person blocks the bot; the bot is `told` by an update, or finds out when it sends."""
        with self._changed:
            self._blocked.add(user)
        if told:
            self._membership(user, "member", "kicked")

    def unblocks(self, user: int, told: bool = True) -> None:
        """A person lets the bot write again."""
        with self._changed:
            self._blocked.discard(user)
        if told:
            self._membership(user, "kicked", "member")

    def _membership(self, user: int, before: str, after: str) -> None:
        bot = self._me()
        until = {"until_date": 0}
        members = [
            {"user": bot, "status": status, **(until if status == "kicked" else {})} for status in (before, after)
        ]
        change = {"chat": _chat(user), "from": _person(user), "date": int(time.time())}
        self._push({"my_chat_member": {**change, "old_chat_member": members[0], "new_chat_member": members[1]}})

    def knows(self, user: int) -> None:
        """This person has written to the bot before."""
        with self._changed:
            self._chats.add(user)

    def redelivers(self, update_id: int) -> None:
        """Sends an update again, as Telegram does when it has missed the acknowledgement."""
        with self._changed:
            self._updates.append(self._delivered[update_id])
        self._wake()

    # --- what is ordered and seen

    def fail(
        self,
        method: str,
        status: int,
        description: str = "",
        times: int = 1,
        chat_id: int | None = None,
        **parameters: int,
    ) -> None:
        """Lets the next calls of a method fail: `fail("sendMessage", 429, retry_after=1)`."""
        usual = {429: "Too Many Requests: retry later", 403: "Forbidden: bot was blocked by the user"}
        description = description or usual.get(status, "Internal Server Error")
        with self._changed:
            self._scripts.append(_Script(method, Refusal(status, description, parameters=parameters), times, chat_id))

    def to(self, user: int) -> list[Sent]:
        """What the bot has sent to a person."""
        with self._changed:
            return [sent for sent in self.sent if sent.chat_id == user]

    def texts(self, user: int) -> list[str]:
        """The texts that the bot has sent to a person."""
        return [sent.text for sent in self.to(user)]

    def calls(self, method: str) -> list[Request]:
        """The calls of a method so far."""
        with self._changed:
            return [request for request in self.requests if request.method == method]

    def wait(self, condition: Callable[[], bool], what: str = "", timeout: float = 8.0) -> None:
        """Waits until a condition holds; it is looked at after each request."""
        with self._changed:
            assert self._changed.wait_for(condition, timeout), f"waited {timeout} s in vain {what}: {self.sent}"

    def wait_for(self, user: int, count: int, timeout: float = 8.0) -> list[Sent]:
        """Waits until `count` messages have come to a person, and gives them."""
        self.wait(lambda: len(self.to(user)) >= count, f"for {count} messages to {user}", timeout)
        return self.to(user)

    def wait_until_taken(self, update_id: int, timeout: float = 8.0) -> None:
        """Waits until an update has been acknowledged."""
        self.wait(lambda: all(one["update_id"] != update_id for one in self._updates), "for a poll", timeout)

    # --- updates

    def _message(self, user: int, **content: Any) -> dict[str, Any]:
        with self._changed:
            self._chats.add(user)
            number = self._next_message
            self._next_message += 1
        return {
            "message_id": number,
            "from": _person(user),
            "chat": _chat(user),
            "date": int(time.time()),
            **content,
        }

    def _push(self, update: dict[str, Any]) -> int:
        with self._changed:
            number = self._next_update
            self._next_update += 1
            self._updates.append({"update_id": number, **update})
            self._delivered[number] = self._updates[-1]
        self._wake()
        return number

    def _wake(self) -> None:
        self._loop.call_soon_threadsafe(self._new_update.set)

    def _shown(self, sent: Sent) -> dict[str, Any]:
        """A message of the bot as Telegram gives it back."""
        chat = _chat(sent.chat_id)
        message: dict[str, Any] = {
            "message_id": sent.message_id,
            "from": self._me(),
            "chat": chat,
            "date": 1_700_000_000,
        }
        file = {"file_id": f"sent-{sent.message_id}", "file_unique_id": f"s{sent.message_id}"}
        if sent.kind == "photo":
            message["photo"] = [{**file, "width": 90, "height": 90}]
        elif sent.kind == "document":
            message["document"] = {**file, "file_name": sent.file}
        named = "text" if sent.kind == "text" else "caption"
        if sent.text:
            message[named] = sent.text
        if sent.entities:
            message["entities" if sent.kind == "text" else "caption_entities"] = sent.entities
        if sent.buttons:
            rows = [[{"text": label, "callback_data": data}] for label, data in sent.buttons]
            message["reply_markup"] = {"inline_keyboard": rows}
        return message

    def _me(self) -> dict[str, Any]:
        return {"id": BOT_ID, "is_bot": True, "first_name": "Manny", "username": "manny_test_bot"}

    # --- answering the bot

    async def _answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        parameters = await _parameters(request)
        if not self._any_token and request.match_info["token"] != self.token:
            return _failure(Refusal(401, "Unauthorized"))
        with self._changed:
            shown = {name: _short(value) for name, value in parameters.items()}
            self.requests.append(Request(method, shown))
        try:
            self._check(method, parameters)
            self._scripted(method, parameters)
            result = await self._poll_updates(parameters) if method == "getUpdates" else self._call(method, parameters)
        except Refusal as refusal:
            if refusal.fault:
                with self._changed:
                    self.faults.append(f"{method}: {refusal.description}")
            return _failure(refusal)
        finally:
            with self._changed:
                self._changed.notify_all()
        return web.json_response({"ok": True, "result": result})

    async def _download(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        content = self._files.get(path.removeprefix("files/"))
        if content is None or not (self._any_token or request.match_info["token"] == self.token):
            raise web.HTTPNotFound
        try:
            with self._changed:
                self.requests.append(Request("download", {"path": path}))
                if path not in self._given_out:
                    raise Refusal(404, f"{path} was not asked for by getFile", fault=True)
            self._scripted("download", {})
        except Refusal as refusal:
            with self._changed:
                self.faults += [f"download: {refusal.description}"] if refusal.fault else []
            return web.Response(status=refusal.status)
        finally:
            with self._changed:
                self._changed.notify_all()
        return web.Response(body=content)

    def _check(self, method: str, parameters: dict[str, Any]) -> None:
        known = METHODS.get(method)
        if known is None:
            raise Refusal(404, "Not Found", fault=True)
        if unknown := parameters.keys() - known.required - known.optional:
            # The server itself would pass over them in silence.
            raise Refusal(400, f"Bad Request: no such parameters {sorted(unknown)}", fault=True)
        if missing := known.required - parameters.keys():
            raise Refusal(400, f"Bad Request: {sorted(missing)} not given", fault=True)

    def _scripted(self, method: str, parameters: dict[str, Any]) -> None:
        with self._changed:
            for script in self._scripts:
                chat_fits = script.chat_id is None or str(script.chat_id) == str(parameters.get("chat_id"))
                if script.method in (method, "*") and script.times > 0 and chat_fits:
                    script.times -= 1
                    raise script.refusal

    def _call(self, method: str, parameters: dict[str, Any]) -> Any:
        with self._changed:
            if method == "getMe":
                flags = {
                    "can_join_groups": True,
                    "can_read_all_group_messages": False,
                    "supports_inline_queries": False,
                }
                return {**self._me(), **flags}
            if method in ("sendMessage", "sendPhoto", "sendDocument"):
                return self._send(method, parameters)
            if method in ("editMessageText", "editMessageReplyMarkup"):
                return self._edit(method, parameters)
            if method == "answerCallbackQuery":
                return self._answer_query(str(parameters["callback_query_id"]))
            if method == "getFile":
                return self._file(str(parameters["file_id"]))
            if method == "sendChatAction":
                self._chat_of(parameters)
            return True

    async def _poll_updates(self, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        """Long polling: an offset acknowledges all before it; what is not acknowledged comes again."""
        mine = self._loop.create_future()
        before, self._poll = self._poll, mine
        if before is not None and not before.done():
            before.set_result(None)
        offset, limit = int(parameters.get("offset") or 0), int(parameters.get("limit") or 100)
        until = self._loop.time() + float(parameters.get("timeout") or 0)
        with self._changed:
            self._updates = [update for update in self._updates if update["update_id"] >= offset]
            self._changed.notify_all()
        try:
            while True:
                with self._changed:
                    found = [one for one in self._updates if _allowed(one, parameters.get("allowed_updates"))][:limit]
                wait = until - self._loop.time()
                if found or wait <= 0:
                    return found
                self._new_update.clear()
                new = asyncio.ensure_future(self._new_update.wait())
                try:
                    await asyncio.wait({new, mine}, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    new.cancel()
                if mine.done():
                    raise Refusal(
                        409,
                        "Conflict: terminated by other getUpdates request; "
                        "make sure that only one bot instance is running",
                    )
        finally:
            if self._poll is mine:
                self._poll = None

    def _chat_of(self, parameters: dict[str, Any]) -> int:
        try:
            chat_id = int(parameters["chat_id"])
        except ValueError:
            chat_id = 0
        if chat_id not in self._chats:
            raise Refusal(400, "Bad Request: chat not found")
        if chat_id in self._blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        return chat_id

    def _send(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        chat_id = self._chat_of(parameters)
        sent = Sent(self._next_message, chat_id, "", "")
        if method == "sendMessage":
            self._write(sent, parameters, "text", TEXT_AT_MOST)
        else:
            sent.kind = "photo" if method == "sendPhoto" else "document"
            upload = parameters[sent.kind]
            if not isinstance(upload, tuple) or not upload[1]:
                raise Refusal(400, "Bad Request: file must be non-empty", fault=True)
            sent.file, sent.content = upload
            if sent.kind == "photo" and not sent.content.startswith((b"\x89PNG", b"\xff\xd8")):
                raise Refusal(400, "Bad Request: IMAGE_PROCESS_FAILED", fault=True)
            self._write(sent, parameters, "caption", CAPTION_AT_MOST)
        sent.buttons = _buttons(parameters.get("reply_markup"))
        self._next_message += 1
        self.sent.append(sent)
        self._files[f"sent-{sent.message_id}"] = sent.content
        self._tell(sent)
        return self._shown(sent)

    def _write(self, sent: Sent, parameters: dict[str, Any], name: str, at_most: int) -> None:
        written = str(parameters.get(name) or "")
        mode = str(parameters.get("parse_mode") or "")
        text, entities = written.strip(), list(parameters.get("entities") or [])
        if mode.lower() == "html":
            try:
                text, entities, complaints = read_html(written)
            except CannotParse as error:
                raise Refusal(400, f"Bad Request: can't parse entities: {error}", fault=True) from None
            self.faults += [f"{name}: {complaint}" for complaint in complaints]
        elif mode:
            raise Refusal(400, "Bad Request: unsupported parse_mode", fault=True)
        if name == "text" and not text:
            raise Refusal(400, "Bad Request: message text is empty", fault=True)
        if units(text) > at_most:
            raise Refusal(400, f"Bad Request: {'message' if name == 'text' else name} is too long", fault=True)
        sent.text, sent.html, sent.entities = text, written, entities

    def _edit(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        chat_id, message_id = self._chat_of(parameters), int(parameters["message_id"])
        sent = next((one for one in self.sent if (one.chat_id, one.message_id) == (chat_id, message_id)), None)
        if sent is None:
            raise Refusal(400, "Bad Request: message to edit not found")
        before = (sent.text, sent.html, sent.entities, sent.buttons)
        if method == "editMessageText":
            if sent.kind != "text":
                raise Refusal(400, "Bad Request: there is no text in the message to edit", fault=True)
            self._write(sent, parameters, "text", TEXT_AT_MOST)
        sent.buttons = _buttons(parameters.get("reply_markup"))
        if (sent.text, sent.entities, sent.buttons) == (before[0], before[2], before[3]):
            raise Refusal(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly "
                "the same as a current content and reply markup of the message",
            )
        self._tell(sent)
        return self._shown(sent)

    def _answer_query(self, query: str) -> bool:
        if query not in self._queries:
            raise Refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self._queries.discard(query)
        return True

    def forget_queries(self) -> None:
        """From now on the queries so far are too old."""
        with self._changed:
            self._queries.clear()

    def _file(self, file_id: str) -> dict[str, Any]:
        if file_id not in self._files:
            raise Refusal(400, "Bad Request: invalid file_id")
        size = self._sizes.get(file_id, len(self._files[file_id]))
        if size > FILE_AT_MOST:
            raise Refusal(400, "Bad Request: file is too big")
        self._given_out.add(f"files/{file_id}")
        return {
            "file_id": file_id,
            "file_unique_id": file_id,
            "file_size": size,
            "file_path": f"files/{file_id}",
        }

    def _tell(self, sent: Sent) -> None:
        if self._on_sent is not None:
            self._on_sent(sent)


def _person(user: int) -> dict[str, Any]:
    return {"id": user, "is_bot": False, "first_name": f"User {user}", "language_code": "en"}


def _chat(user: int) -> dict[str, Any]:
    return {"id": user, "type": "private", "first_name": f"User {user}"}


def _commands_in(text: str) -> dict[str, Any]:
    if not text.startswith("/"):
        return {}
    return {"entities": [{"type": "bot_command", "offset": 0, "length": units(text.split()[0])}]}


def _allowed(update: dict[str, Any], kinds: list[str] | None) -> bool:
    return not kinds or any(kind in update for kind in kinds)


def _buttons(markup: dict[str, Any] | None) -> list[tuple[str, str]]:
    if markup is None:
        return []
    buttons = [button for row in markup["inline_keyboard"] for button in row]
    for button in buttons:
        if set(button) != {"text", "callback_data"} or not button["text"]:
            raise Refusal(400, "Bad Request: can't parse inline keyboard button", fault=True)
        if not 1 <= len(button["callback_data"].encode()) <= DATA_AT_MOST:
            raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID", fault=True)
    return [(button["text"], button["callback_data"]) for button in buttons]


async def _parameters(request: web.Request) -> dict[str, Any]:
    """Form fields, urlencoded or multipart; files as (name, content); JSON within fields is read."""
    parameters: dict[str, Any] = dict(request.query)
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            parameters[name] = (value.filename, value.file.read())
        else:
            parameters[name] = value
    for name in JSON_PARAMETERS:
        if name in parameters:
            parameters[name] = json.loads(parameters[name])
    return parameters


def _short(value: Any) -> Any:
    return f"{value[0]} ({len(value[1])} bytes)" if isinstance(value, tuple) else value


def _failure(refusal: Refusal) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": refusal.status, "description": refusal.description}
    if refusal.parameters:
        body["parameters"] = refusal.parameters
    return web.json_response(body, status=refusal.status)
