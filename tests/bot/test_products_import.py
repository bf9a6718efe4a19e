"""A company's own products: from hostile files, with every mistake and its place; in the chat, by the command, and back."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from actions import playbook
from actions.importing import COLUMNS, KEYS, looks_like_products, read_products, write_products
from actions.playbook.products import Benefit, Product, Said
from actions.sheets import CELL_AT_MOST, ROWS_AT_MOST, SIZE_AT_MOST, guarded, text_of, unguarded
from bot import cli
from bot.cli import main
from bot.messages import Outgoing
from storage.unit_of_work import UnitOfWork
from tests.actions.house import Desk

PLAYBOOK = playbook.load()
HEAD = "product,what_en,feature_en,advantage_en,benefit_en,evidence_en,serves,roles"
ROW = "X300,a pump,It is quiet,so nobody hears it,and all sleep,Measured.,reliable,user"


def mistakes(text: str) -> list[tuple[Any, ...]]:
    """What is wrong with a file: row or line, column, what."""
    found = read_products(text.encode(), PLAYBOOK)
    assert bool(found.mistakes) != bool(found.products), "a file with a mistake gives no products"
    return [(each.place.row or each.place.line, each.place.column, each.what) for each in found.mistakes]


# --- forms that are read


def test_it_reads_what_it_has_written() -> None:
    written = write_products(PLAYBOOK.products)
    assert read_products(written.encode(), PLAYBOOK).products == PLAYBOOK.products
    assert looks_like_products(written.encode(), PLAYBOOK)


def test_it_reads_the_form_of_the_example() -> None:
    content = (playbook.FOLDER / "products.yml").read_bytes()
    assert read_products(content, PLAYBOOK).products == PLAYBOOK.products
    assert looks_like_products(content, PLAYBOOK)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_it_reads_what_spreadsheets_write(encoding: str, delimiter: str) -> None:
    rows = csv.reader(io.StringIO(write_products(PLAYBOOK.products)))
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    content = out.getvalue().encode(encoding)
    assert looks_like_products(content, PLAYBOOK)
    assert read_products(content, PLAYBOOK).products == PLAYBOOK.products


def test_it_reads_the_old_encoding_of_western_spreadsheets() -> None:
    (product,) = read_products(f"{HEAD}\n{ROW}".replace("X300", "Zürich-Café").encode("cp1252"), PLAYBOOK).products
    assert product.name == "Zürich-Café"


def test_it_reads_chinese_headings_and_words() -> None:
    text = (
        "产品,别名,说明,特点,优点,利益,证据,满足,角色,异议,性格,阶段\n"
        "水泵A,A泵、小泵,小水泵,很安静,不吵,大家睡得好,实测过,可靠；方便,财务负责人,价格,蓝色·分析型,方案\n"
        ",,,很轻,好搬,省人工,实测过,省成本,,,,\n"
    )
    (product,) = read_products(text.encode("gb18030"), PLAYBOOK).products
    assert (product.name, product.aliases) == ("水泵A", ("A泵", "小泵"))
    first, second = product.benefits
    assert first.serves == ("reliable", "convenient")
    assert (first.roles, first.answers, first.styles, first.phases) == (
        ("finance",),
        ("price",),
        ("blue",),
        ("solution",),
    )
    assert second.feature == Said(zh="很轻")
    assert second.feature.in_("en") == "很轻"


def test_it_puts_rows_of_one_product_together_wherever_they_stand() -> None:
    other = ROW.replace("X300", "X400")
    products = read_products(f"{HEAD}\n{ROW}\n{other}\nx300,,{ROW.split(',', 2)[2]}\n\n".encode(), PLAYBOOK).products
    assert [(each.name, len(each.benefits)) for each in products] == [("X300", 2), ("X400", 1)]


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=20)
LINE = TEXT.map(lambda text: " ".join(text.split())).filter(bool)
SAID = st.builds(Said, en=st.none() | LINE, zh=LINE)


def _some(keys: tuple[str, ...], at_least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(keys), min_size=at_least, max_size=3, unique=True).map(tuple)


BENEFIT = st.builds(
    Benefit,
    **{part: SAID for part in ("feature", "advantage", "benefit", "evidence")},
    serves=_some(KEYS["serves"], 1),
    **{name: _some(KEYS[name]) for name in ("roles", "answers", "styles", "phases")},
)
PRODUCT = st.builds(
    Product,
    name=st.from_regex(r"[A-Z][A-Z0-9=+@-]{2,9}", fullmatch=True),
    aliases=st.lists(LINE, max_size=2, unique=True).map(tuple),
    what=SAID,
    benefits=st.lists(BENEFIT, min_size=1, max_size=3).map(tuple),
)


@given(PRODUCT)
@settings(max_examples=60, deadline=None)
def test_any_product_is_read_as_it_was_written(product: Product) -> None:
    read = read_products(write_products([product]).encode("utf-8-sig"), PLAYBOOK)
    assert read.mistakes == ()
    assert read.products == (product,)


# --- what spreadsheets would run


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "'=1", "''=1"])
def test_a_cell_that_looks_like_a_formula_is_written_as_a_text_and_read_as_it_was(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"
    assert unguarded(guarded(cell)) == cell


def test_it_leaves_other_cells_as_they_are() -> None:
    for cell in ("X200", "'quoted'", "a=b", "", "10%"):
        assert guarded(cell) == unguarded(cell) == cell


def test_no_cell_of_an_export_is_a_formula() -> None:
    said = Said(en="=cmd|' /C calc'!A0", zh="@x")
    benefit = Benefit(feature=said, advantage=said, benefit=said, evidence=said, serves=("reliable",))
    product = Product(name="=X", aliases=("+1", "-2"), what=said, benefits=(benefit,))
    written = write_products([product])
    assert [cell for row in csv.reader(io.StringIO(written)) for cell in row if cell[:1] in "=+-@" and cell] == []
    assert read_products(written.encode(), PLAYBOOK).products == (product,)


# --- mistakes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{HEAD},prize\n{ROW},5", [(1, "prize", "unknown_column")]),
        (f"{HEAD},roles\n{ROW},user", [(1, "roles", "twice")]),
        ("product,feature_en\nX,y", [(1, None, "missing_column")] * 5),
        (f"{HEAD}\n{ROW.replace('reliable', 'quiet')}", [(2, "serves", "unknown_value")]),
        (f"{HEAD}\n{ROW.replace('user', 'user; cfo; cto')}", [(2, "roles", "unknown_value")] * 2),
        (f"{HEAD}\n{ROW.replace('It is quiet', '')}", [(2, "feature_en", "missing")]),
        (f"{HEAD}\n,{ROW.split(',', 1)[1]}", [(2, "product", "missing")]),
        (f"{HEAD}\n{ROW},more", [(2, None, "too_many_cells")]),
        (f"{HEAD}\n{ROW}\n{ROW.replace('a pump', 'a fan')}", [(3, "what_en", "differs")]),
        (f"{HEAD}\n{ROW.replace('It is quiet', 'x' * (CELL_AT_MOST + 1))}", [(2, "feature_en", "too_long")]),
        (f"{HEAD}\n{ROW.replace('X300', 'x' * 121)}", [(2, "product", "too_long")]),
        (f"aliases,{HEAD}\nX400,{ROW}\n,{ROW.replace('X300', 'X400')}", [(3, "product", "namesake")]),
        (f'{HEAD}\n{ROW}\n"X400', [(3, None, "no_table")]),
        (f"{HEAD}\n", [(None, None, "empty")]),
        (f"{HEAD}\n\n\n{ROW.replace('user', 'cfo')}", [(4, "roles", "unknown_value")]),
        ("- name: X\n  benefits: 3", [(1, 3, "missing"), (2, 13, "other_kind")]),
        ("- name: X\n  what: {en: y}\n  prize: 3\n  benefits: []", [(3, 10, "unknown_name"), (4, 13, "missing")]),
        ("name: X\nbenefits: []", [(1, 1, "no_list")]),
        ("- name: X\n  name: Y\n  benefits: []", [(2, 3, "twice")]),
        ("- name: X\n  benefits: [1", [(3, 1, "no_yaml")]),
        ("- name: X\n  benefits: []\n---\n- name: Y", [(3, 1, "second_document")]),
        ("- &x\n  name: X\n  benefits: [*x, *x]", [(3, 14, "reference")]),
        ("- name: X\n  benefits: [[[[[[[[[1]]]]]]]]]", [(2, 19, "too_deep")]),
    ],
)
def test_it_names_every_mistake_with_its_place(text: str, expected: list[tuple[Any, ...]]) -> None:
    assert mistakes(text) == expected


def test_it_names_mistakes_of_several_rows_at_once_and_lists_what_is_known_once() -> None:
    found = read_products(f"{HEAD}\n{ROW.replace('user', 'cfo')}\n{ROW.replace('user', 'cto')}".encode(), PLAYBOOK)
    assert ["known" in each.facts for each in found.mistakes] == [True, False]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "no_text"),
        (b"\xff\xfe\0\xd8", "no_text"),
        (b"a" * (SIZE_AT_MOST + 1), "too_large"),
        ("\n".join([HEAD, *[ROW] * (ROWS_AT_MOST + 1)]).encode(), "too_many_rows"),
        (HEAD.encode() + b'\n"' + b"x" * 200_000, "no_table"),
    ],
)
def test_it_refuses_files_that_cannot_be_a_catalogue(content: bytes, what: str) -> None:
    assert [each.what for each in read_products(content, PLAYBOOK).mistakes] == [what]


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 1_500_000,
        b"- name: x\n  benefits: " + b"[" * 1_500_000,
        b"- name: x\n  benefits:\n" + b"    - a: 1\n" * 150_000,
        ("- &a [x]\n- name: 1\n  benefits: &b [" + ", ".join(["*a"] * 9) + "]\n" + "- [*b, *b]\n" * 9).encode(),
        b"name:\n" * 300_000,
        b" " * 1_900_000 + b"x",
        b"," * 1_900_000,
        b",a" * 900_000,
        b"," * 99 + b"\n" + b"a" * 1_000 + b"\n",
        "\n".join([HEAD, *[ROW.replace("user", "x;" * 100)] * 4_000]).encode(),
        "\n".join([HEAD, *[ROW.replace("user", "x;" * 20)] * 4_000]).encode(),
        b"product,feature\n" + b'"' * 1_900_000,
    ],
)
def test_no_file_takes_long(content: bytes) -> None:
    begun = time.process_time()
    looks_like_products(content, PLAYBOOK)
    assert read_products(content, PLAYBOOK).products == ()
    assert time.process_time() - begun < 15


@pytest.mark.parametrize("content", [b"customer,date,amount\nAcme,2026-03-02,5", b"%PDF-1.7", b"benefits of it:", b""])
def test_it_takes_nothing_else_for_a_catalogue(content: bytes) -> None:
    assert not looks_like_products(content, PLAYBOOK)


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_no_bytes_break_it(content: bytes) -> None:
    looks_like_products(content, PLAYBOOK)
    assert read_products(HEAD.encode() + b"\n" + content, PLAYBOOK) is not None
    assert read_products(b"- name: x\n  benefits:\n" + content, PLAYBOOK) is not None
    text_of(content)


# --- in the chat


class Office(Desk):
    """A desk at which the company's own data comes in files."""

    def gets_data(self, text: str, name: str = "products.csv") -> Outgoing:
        return self.gets(text.encode("utf-8-sig"), name)

    def catalogue(self) -> list[str]:
        return [entry["name"] for entry in self.entries()]

    def entries(self) -> list[dict[str, Any]]:
        with UnitOfWork(self._manny.sessions) as work:
            return list(work.catalogue.of_team(work.team.default_team().id))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(tmp_path) as made:
        made.takes_over("Mona", "manager")
        yield made


def test_a_manager_sees_what_a_file_would_change_and_imports_it(office: Office) -> None:
    shown = office.gets_data(f"{HEAD}\n{ROW}\n{ROW}\n{ROW.replace('X300', 'X400')}")
    assert shown.template == "files/products"
    assert shown.buttons == ("import", "don't import")
    assert shown.text.startswith("2 products, 3 benefits in “products.csv”\n· new: X300, X400")
    assert "the example catalogue" in shown.text
    assert office.catalogue() == []
    done = office.presses(1)
    assert (done.template, office.catalogue()) == ("files/imported", ["X300", "X400"])
    pitched = office.hears("ask_pitch", text="how do I pitch the X300", product="X300")
    assert "It is quiet" in pitched.text
    shown = office.gets_data(f"{HEAD}\n{ROW.replace('quiet', 'silent')}\n{ROW.replace('X300', 'X500')}")
    assert "· new: X500\n· changed: X300\n· gone: X400" in shown.text
    assert "your whole catalogue" in shown.text
    assert office.hears("affirm").template == "files/imported"
    assert office.catalogue() == ["X300", "X500"]


def test_nothing_is_imported_on_no(office: Office) -> None:
    office.gets_data(f"{HEAD}\n{ROW}")
    assert office.presses(2).template == "conversation/left"
    assert office.catalogue() == []


def test_a_manager_sees_the_first_mistakes_and_more_behind_a_button(office: Office) -> None:
    wrong = ROW.replace("user", "cfo")
    shown = office.gets_data("\n".join([HEAD, *[wrong] * 8]))
    assert (shown.template, shown.facts["count"], shown.buttons) == ("files/mistakes", 8, ("more",))
    assert shown.text.count("cfo") == 5
    assert office.presses(1).text.count("cfo") == 8
    assert office.catalogue() == []


def test_a_reps_catalogue_is_kept_and_never_imported(office: Office) -> None:
    shown = office.gets_data(f"{HEAD}\n{ROW}")
    assert shown.template == "files/products"
    office.takes_over("Mona", "rep")
    with UnitOfWork(office._manny.sessions) as work:
        mona = work.team.by_name("Mona")
        assert mona is not None
        mona.role = "rep"
        work.commit()
    assert office.presses(1).template == "files/managers_only"
    office.hears("log_contact", company="Acme", need="yes")
    assert "a manager can import it" in office.gets_data(f"{HEAD}\n{ROW}").text
    assert office.catalogue() == []


def test_a_file_that_is_gone_is_not_imported(office: Office) -> None:
    office.gets_data(f"{HEAD}\n{ROW}")
    office._manny.files.remove(office._manny.files.all())
    assert office.presses(1).template == "conversation/gone"


def _catalogue(*names: str) -> str:
    return "\n".join([HEAD, *(ROW.replace("X300", name) for name in names)])


def test_undo_brings_the_catalogue_back_as_it_was_before(office: Office) -> None:
    office.gets_data(_catalogue("X300", "X400", "X500"))
    office.presses(1)
    before = office.entries()
    office.gets_data(_catalogue("X400", "X600").replace("quiet", "silent"))
    assert office.hears("affirm", text="yes").template == "files/imported"
    assert office.catalogue() == ["X400", "X600"]
    undone = office.hears("undo")
    assert "the catalogue as before, 3 products" in undone.text
    assert office.entries() == before
    assert "the example catalogue again" in office.hears("undo").text
    assert office.catalogue() == []
    assert office.hears("undo").template == "conversation/nothing_to_undo"


def test_undo_leaves_a_catalogue_that_has_replaced_the_own_one_since(office: Office) -> None:
    office.gets_data(_catalogue("X300", "X400"))
    office.presses(1)
    office.takes_over("Nora", "manager")
    office.gets_data(_catalogue("X500"))
    office.presses(1)
    office.takes_over("Mona", "manager")
    undone = office.hears("undo")
    assert "another one has replaced it since" in undone.text
    assert "Taken back" not in undone.text
    assert office.catalogue() == ["X500"]
    office.takes_over("Nora", "manager")
    office.hears("undo")
    assert office.catalogue() == ["X300", "X400"]


def test_a_manager_imports_purchases_and_takes_them_back(office: Office) -> None:
    shown = office.gets_data("customer,date,amount\nAcme,2026-02-02,500\nGlobex,2026-02-03,700\n", "sales.csv")
    assert shown.template == "files/transactions"
    assert "2 new rows in “sales.csv”, of 2 customers" in shown.text
    assert office.names("companies") == []
    assert office.presses(1).template == "pyramid/imported"
    assert office.names("companies") == ["Acme", "Globex"]
    again = office.gets_data("customer,date,amount\nAcme,2026-02-02,500\n", "sales.csv")
    assert (again.template, again.buttons) == ("pyramid/imported", ())
    office.hears("undo")
    assert office.names("companies") == []
    wrong = office.gets_data("customer,date,amount\nAcme,soon,500\n", "sales.csv")
    assert wrong.template == "files/mistakes"


# --- by the command


@pytest.fixture
def database(tmp_path: Path) -> list[str]:
    return ["--database", f"sqlite:///{tmp_path}/manny.db"]


def test_the_command_imports_lists_and_exports(tmp_path: Path, database: list[str]) -> None:
    file = tmp_path / "p.csv"
    listed = CliRunner().invoke(main, ["products", "list", *database])
    assert "X200" in listed.stdout
    assert "example catalogue" in listed.stderr
    assert CliRunner().invoke(main, ["products", "export", str(file), *database]).exit_code == 0
    assert read_products(file.read_bytes(), PLAYBOOK).products == PLAYBOOK.products
    file.write_text(f"{HEAD}\n{ROW}\n", encoding="utf-8")
    checked = CliRunner().invoke(main, ["products", "import", "--check", str(file), *database])
    assert (checked.exit_code, checked.output) == (0, "1 products, 1 benefits\nnew: X300\n")
    assert "X200" in CliRunner().invoke(main, ["products", "list", *database]).stdout
    assert CliRunner().invoke(main, ["products", "import", str(file), *database]).exit_code == 0
    assert CliRunner().invoke(main, ["products", "list", *database]).output == "X300\t\t1\n"
    written = CliRunner().invoke(main, ["products", "export", *database]).stdout_bytes
    assert [each.name for each in read_products(written, PLAYBOOK).products] == ["X300"]
    assert written.decode("utf-8-sig").splitlines()[0] == ",".join(f'"{column}"' for column in COLUMNS)


def test_the_command_lists_all_mistakes_and_changes_nothing(tmp_path: Path, database: list[str]) -> None:
    file = tmp_path / "p.csv"
    file.write_text("\n".join([HEAD, *[ROW.replace("user", "cfo")] * 30]), encoding="utf-8")
    result = CliRunner().invoke(main, ["products", "import", str(file), *database])
    assert result.exit_code == 1
    assert "“p.csv” has 30 mistakes, so nothing was imported" in result.output
    assert "row 31, roles: “cfo” is unknown" in result.output
    assert "Traceback" not in result.output
    assert "X200" in CliRunner().invoke(main, ["products", "list", *database]).stdout


# --- a playbook that cannot be used


@pytest.mark.parametrize("command", [["chat"], ["serve"], ["products", "list"]])
def test_mistakes_in_the_playbook_are_told_without_a_traceback(
    tmp_path: Path, database: list[str], monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    broken = tmp_path / "playbook"
    broken.mkdir()
    for path in playbook.FOLDER.glob("*.yml"):
        (broken / path.name).write_bytes(path.read_bytes())
    (broken / "stages.yml").write_text("lead: {name: {en: Lead}, chance: much}\n", encoding="utf-8")
    monkeypatch.setattr(cli, "load_playbook", lambda: playbook.load(broken))
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:x")
    result = CliRunner().invoke(main, [*command, *database])
    assert result.exit_code == 1
    assert "The playbook cannot be used:" in result.output
    assert "stages.yml: lead: name: zh: Field required" in result.output
    assert "stages.yml: lead: chance" in result.output
    assert "Traceback" not in result.output
