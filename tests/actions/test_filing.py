"""Files that people send: whose they are, that they are kept and can be taken elsewhere, and what cannot be kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from actions import filing
from actions.importing import write_products
from actions.playbook import load
from bot.console import CHANNEL, Console
from bot.messages import Answer, Incoming
from nlu.understanding import Understanding
from storage.files import SIZE_AT_MOST, SentFile
from storage.models import Attachment, Opportunity
from storage.unit_of_work import UnitOfWork
from tests.actions.house import Desk

PDF = b"%PDF-1.7 signed"
JPEG = b"\xff\xd8\xff picture"
CATALOGUE = write_products(load().products).encode()


class Office(Desk):
    """A desk at which albums can be sent, and files are looked for."""

    def gets_of_album(self, number: int, text: str = "", **meant: Any) -> Answer:
        """The answer to a picture of an album."""
        self._meaning.next = Understanding(text=text, intent="out_of_scope", confidence=1.0, language="en", **meant)
        account = self._console._account
        sent = SentFile(f"{number}.jpg", "x", album="album-1")
        incoming = Incoming(CHANNEL, f"album-{number}", account, account, text, file=sent)
        kept = self._manny.files.keep(sent, self._manny.files.path_for(CHANNEL, f"album-{number}"), JPEG)
        return self._manny.assistant.respond(
            Incoming(CHANNEL, f"album-{number}", account, account, text, file=kept)
            if self._manny.assistant.receive(incoming)
            else incoming
        )

    def files(self) -> list[tuple[str | None, str, str, str]]:
        """Of each file: the customer's company, its name, what it is, what was written beside it."""
        with UnitOfWork(self._manny.sessions) as work:
            rows = work.session.execute(
                select(Opportunity, Attachment).join(Attachment).order_by(Attachment.id)
            ).unique()
            return [
                (deal.company.name if deal.company else None, row.name, row.media_type, row.words) for deal, row in rows
            ]

    def content(self, number: int) -> bytes | None:
        """What lies on disk for a file, counted from 0."""
        with UnitOfWork(self._manny.sessions) as work:
            row = work.session.scalars(select(Attachment).order_by(Attachment.id)).all()[number]
            return work.files.read(row.path)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(tmp_path) as made:
        yield made


def test_it_keeps_a_file_with_the_customer_whom_the_words_name(office: Office) -> None:
    office.hears("log_contact", company="Acme", need="yes")
    office.hears("log_contact", company="Globex", need="yes")
    reply = office.gets(PDF, company="Acme", text="Acme, signed contract")
    assert (reply.template, reply.text) == ("files/kept", "📎 “contract.pdf” is with Acme now.")
    assert reply.buttons == ()
    assert reply.facts["record"]["company"] == "Acme"
    assert office.files() == [("Acme", "contract.pdf", "application/pdf", "Acme, signed contract")]
    assert office.content(0) == PDF


def test_it_keeps_a_file_without_words_with_whom_they_talk_of_and_takes_it_elsewhere(office: Office) -> None:
    office.hears("log_contact", company="Acme", need="yes")
    office.hears("log_contact", company="Globex", need="yes")
    reply = office.gets(JPEG, "x.jpg")
    assert reply.buttons == ("another customer",)
    assert office.files() == [("Globex", "x.jpg", "image/jpeg", "")]
    assert office.presses(1).template == "files/whose"
    assert office.hears("show_customer", company="Acme").text == "📎 “x.jpg” is with Acme now."
    assert office.files() == [("Acme", "x.jpg", "image/jpeg", "")]
    office.hears("undo")
    assert office.files() == [("Globex", "x.jpg", "image/jpeg", "")]
    office.hears("undo")
    assert office.files() == []


def test_it_asks_whose_a_file_is_and_keeps_it_meanwhile(office: Office) -> None:
    office.hears("log_contact", company="Acme", need="yes")
    office.takes_over("Ann2")
    reply = office.gets(PDF)
    assert (reply.template, reply.text) == (
        "files/whose",
        "📎 “contract.pdf” is here. Whose is it? Tell me the customer's name.",
    )
    unknown = office.hears("show_customer", company="Initech")
    assert (unknown.template, unknown.buttons) == ("files/unknown", ("new customer: Initech",))
    assert office.presses(1).text == "📎 “contract.pdf” is with Initech now."
    assert office.files() == [("Initech", "contract.pdf", "application/pdf", "")]


def test_it_keeps_a_file_of_somebody_of_whom_only_the_name_is_known(office: Office) -> None:
    office.hears("log_referral", person="Zhang Min", referrer="Li Wei")
    reply = office.gets(PDF, person="Li Wei", text="from Li Wei")
    assert reply.template == "files/kept"
    assert reply.facts["record"]["person"] == "Li Wei"


def test_it_does_what_the_words_say_and_keeps_the_file_there(office: Office) -> None:
    reply = office.gets(JPEG, "card.jpg", "log_contact", person="Li Wei", company="Acme", money="yes")
    assert reply.template == "files/beside"
    assert reply.text.startswith("New: Li Wei (Acme)")
    assert reply.text.endswith("📎 “card.jpg” is with Li Wei (Acme) now.")
    assert len(reply.buttons) == 3
    assert reply.facts["record"]["money"] == "yes"
    assert office.files() == [("Acme", "card.jpg", "image/jpeg", "Li Wei Acme yes")]


def test_it_goes_on_with_words_and_file_when_it_is_settled_who_is_meant(office: Office) -> None:
    office.hears("log_contact", person="Li Wei", company="Acme", need="yes")
    office.hears("log_contact", person="Li Wei", company="Globex", need="yes")
    office.hears("log_contact", company="Initech", need="yes")
    reply = office.gets(JPEG, "card.jpg", "log_contact", person="Li Wei", money="yes")
    assert reply.template == "people/which"
    assert office.files() == []
    acme = next(number for number, label in enumerate(reply.buttons, 1) if "Acme" in label)
    answer = office.presses(acme)
    assert answer.template == "files/beside"
    assert answer.facts["record"]["money"] == "yes"
    assert office.files() == [("Acme", "card.jpg", "image/jpeg", "Li Wei yes")]


def test_it_answers_words_that_need_no_customer_and_asks_whose_the_file_is(office: Office) -> None:
    reply = office.gets(PDF, "offer.pdf", "ask_pitch", text="how do I pitch the X200")
    assert reply.template == "files/beside"
    assert "belongs to nobody yet" in reply.text
    assert reply.buttons[-1] == "say whose it is"
    office.presses(len(reply.buttons))
    office.hears("show_customer", company="Acme")
    office.presses(1)
    assert office.files() == [("Acme", "offer.pdf", "application/pdf", "how do I pitch the X200")]


def test_it_only_keeps_a_file_whose_words_are_not_sure_to_mean_anything(office: Office) -> None:
    office.hears("log_contact", company="Acme", need="yes")
    reply = office.gets(PDF, intent="update_deal", stage="won", confidence=0.8)
    assert (reply.template, reply.facts["record"]["stage"]) == ("files/kept", "contacted")


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"OggS....", "I can't listen to it"), (b"\0\0\0 ftypisom", "I can't watch it"), (PDF, "is with Acme now.")],
)
def test_it_says_what_it_cannot_listen_to_or_watch(office: Office, content: bytes, told: str) -> None:
    office.hears("log_contact", company="Acme", need="yes")
    assert told in office.gets(content, "x").text
    assert office.content(0) == content


@pytest.mark.parametrize(
    ("content", "trouble"), [(b"", "empty"), (b"x" * (SIZE_AT_MOST + 1), "too_large"), (None, "not_there")]
)
def test_it_says_what_it_cannot_keep_and_still_hears_the_words(
    office: Office, content: bytes | None, trouble: str
) -> None:
    office.hears("log_contact", company="Acme", need="yes")
    if content is None:
        office._meaning.next = Understanding("", "en", "out_of_scope", 1.0)
        (reply,) = office._console.say("/send no-such-file.pdf").replies
        assert reply.text == "📎 “no-such-file.pdf” is not there."
    else:
        reply = office.gets(content, "x.bin")
        assert reply.template == "files/not_kept"
        reply = office.gets(content, "x.bin", "log_contact", company="Acme", money="yes")
        assert (reply.template, reply.facts["record"]["money"]) == ("files/beside", "yes")
    assert reply.facts["beside"]["trouble"] == trouble
    assert office.files() == []


def test_it_keeps_an_album_together_and_answers_it_once(office: Office) -> None:
    office.hears("log_contact", company="Acme", need="yes")
    office.hears("log_contact", company="Globex", need="yes")
    assert len(office.gets_of_album(1, "Acme", company="Acme").replies) == 1
    office.hears("show_customer", company="Globex")
    assert [office.gets_of_album(number).replies for number in (2, 3)] == [(), ()]
    assert [company for company, *_ in office.files()] == ["Acme"] * 3


def test_it_takes_an_album_along_when_it_is_told_whose_it_is(office: Office) -> None:
    (asked,) = office.gets_of_album(1).replies
    assert asked.template == "files/whose"
    assert office.gets_of_album(2).replies == ()
    office.hears("show_customer", company="Acme")
    assert office.presses(1).text == "📎 2 files are with Acme now."
    assert office.gets_of_album(3).replies == ()
    assert [company for company, *_ in office.files()] == ["Acme"] * 3


def test_it_puts_no_file_on_a_customer_of_somebody_else(office: Office) -> None:
    office.hears("log_contact", company="Acme", need="yes")
    office.takes_over("Bob")
    assert office.gets(PDF, company="Acme", text="Acme").template == "files/unknown"
    office.presses(1)
    with UnitOfWork(office._manny.sessions) as work:
        bob = work.team.by_name("Bob")
        assert bob is not None
        (row,) = work.session.scalars(select(Attachment))
        assert work.session.get_one(Opportunity, row.opportunity_id).owner_id == bob.id


def test_a_file_of_a_customer_who_was_handed_over_stays_there(office: Office) -> None:
    office.hears("log_contact", company="Globex", need="yes")
    office.hears("log_contact", company="Acme", need="yes")
    office.gets(PDF)
    office.takes_over("Bob")
    office.takes_over("Mona", "manager")
    office.hears("reassign", company="Acme", rep="Bob")
    office.presses(1)
    office.takes_over("Ann")
    office.presses(1)
    assert office.hears("show_customer", company="Globex").template == "conversation/gone"
    assert [company for company, *_ in office.files()] == ["Acme"]


def test_words_that_begin_with_a_slash_are_no_command(office: Office) -> None:
    office.hears("log_contact", company="Acme", need="yes")
    assert office.gets(PDF, text="/contract of theirs").template == "files/kept"


def test_a_file_that_is_gone_is_not_put_anywhere(office: Office) -> None:
    office.gets(PDF)
    for path in office._manny.files.all():
        office._manny.files.remove([path])
    assert office.hears("show_customer", company="Acme").template == "conversation/gone"
    assert office.files() == []


@pytest.mark.parametrize("name", ['<b>&".pdf', "合同 最终版.pdf", "a" * 200 + ".pdf", "x\u202efdp.exe", "  .pdf"])
def test_it_shows_the_senders_name_and_never_uses_it_as_a_path(office: Office, name: str) -> None:
    office.hears("log_contact", company="Acme", need="yes")
    sent = SentFile(name, "x")
    incoming = Incoming(CHANNEL, "m1", office._console._account, office._console._account, file=sent)
    path = office._manny.files.path_for(CHANNEL, "m1")
    kept = office._manny.files.keep(sent, path, PDF)
    office._manny.assistant.receive(incoming)
    (reply,) = office._manny.assistant.respond(Incoming(CHANNEL, "m1", "1", "1", file=kept)).replies
    assert reply.template == "files/kept"
    assert set(path.rsplit("/", 1)[1]) <= set("0123456789abcdef")
    assert len(office.files()[0][1]) <= 120


def test_it_lists_the_files_of_a_customer_newest_first(office: Office) -> None:
    office.hears("log_contact", company="Acme", need="yes")
    office.gets(PDF, "one.pdf")
    office.gets(JPEG, "two.jpg", company="Acme", text="Acme, the plant")
    with UnitOfWork(office._manny.sessions) as work:
        speaker = work.team.by_account(CHANNEL, office._console._account)
        assert speaker is not None
        conversation = work.team.conversation(CHANNEL, office._console._account, speaker)
        deal = work.customers(speaker).opportunity(conversation.focus_id)
        assert deal is not None
        said = Understanding("", "en", "help", 1.0)
        message = next(iter(work.attachments(speaker).sent_with(work.attachments(speaker).of(deal.id)[0].message_id)))
        turn = office._manny.assistant._prepare(
            work, work.customers(speaker), conversation, message, said, office._clock.at
        )
        assert [(each["name"], each["words"], each["when"]) for each in filing.attachments_of(turn, deal)] == [
            ("two.jpg", "Acme, the plant", "2026-03-02"),
            ("one.pdf", "", "2026-03-02"),
        ]


def test_a_rep_is_told_that_a_manager_can_import_a_catalogue(office: Office) -> None:
    office.hears("log_contact", company="Acme", need="yes")
    reply = office.gets(CATALOGUE, "products.csv")
    assert reply.template == "files/kept"
    assert "a manager can import it" in reply.text
    assert [name for _, name, *_ in office.files()] == ["products.csv"]


# --- on disk


def test_it_deletes_what_has_waited_for_a_customer_for_a_week(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.gets(PDF, "nobodys.pdf")
    office.hears("log_contact", company="Acme", need="yes")
    office.gets(PDF, "acmes.pdf")
    assert len(office._manny.files.all()) == 2
    office._manny.assistant.tidy()
    assert len(office._manny.files.all()) == 2
    now = __import__("time").time()
    monkeypatch.setattr("storage.files.time", lambda: now + 8 * 24 * 3600)
    office._manny.assistant.tidy()
    assert len(office._manny.files.all()) == 1
    assert office.content(0) == PDF


def test_a_path_leads_nowhere_else(office: Office) -> None:
    for path in ("../secret", "/etc/passwd", "received/../../secret"):
        with pytest.raises(ValueError, match="not in the folder"):
            office._manny.files.on_disk(path)


def test_console_reads_a_path_with_spaces_in_quotes(office: Office) -> None:
    office.hears("log_contact", company="Acme", need="yes")
    (office.folder / "my file.pdf").write_bytes(PDF)
    assert isinstance(office._console, Console)
    office._meaning.next = Understanding("the contract", "en", "out_of_scope", 1.0)
    office._console.say(f'/send "{office.folder / "my file.pdf"}" the contract')
    assert office.files() == [("Acme", "my file.pdf", "application/pdf", "the contract")]
