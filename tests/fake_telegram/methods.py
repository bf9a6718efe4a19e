"""Methods and their parameters, as the Bot API documents them: what is not here is a fault of the caller."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Method:
    """Names of the parameters: those that must be there, and those that may."""

    required: frozenset[str]
    optional: frozenset[str]


def _method(required: str = "", optional: str = "") -> Method:
    return Method(frozenset(required.split()), frozenset(optional.split()))


_SENDING = (
    "business_connection_id message_thread_id direct_messages_topic_id parse_mode disable_notification protect_content "
    "allow_paid_broadcast message_effect_id suggested_post_parameters reply_parameters reply_markup"
)
_EDITING = "business_connection_id chat_id message_id inline_message_id reply_markup"

METHODS: dict[str, Method] = {
    "getMe": _method(),
    "getUpdates": _method(optional="offset limit timeout allowed_updates"),
    "deleteWebhook": _method(optional="drop_pending_updates"),
    "setMyCommands": _method("commands", "scope language_code"),
    "sendMessage": _method("chat_id text", f"{_SENDING} entities link_preview_options"),
    "sendPhoto": _method("chat_id photo", f"{_SENDING} caption caption_entities show_caption_above_media has_spoiler"),
    "sendDocument": _method(
        "chat_id document", f"{_SENDING} thumbnail caption caption_entities disable_content_type_detection"
    ),
    "sendChatAction": _method("chat_id action", "business_connection_id message_thread_id"),
    "editMessageText": _method("text", f"{_EDITING} parse_mode entities link_preview_options"),
    "editMessageReplyMarkup": _method("", _EDITING),
    "answerCallbackQuery": _method("callback_query_id", "text show_alert url cache_time"),
    "getFile": _method("file_id"),
}
