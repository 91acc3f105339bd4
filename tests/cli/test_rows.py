"""Rubbish in files: each bad row is told by line, and every good row comes through."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newel.cli import rows as reading
from newel.cli.columns import Columns
from newel.cli.rows import Refused, Row, Rows
from newel.domain.errors import Invalid
from newel.domain.replay import Ticket


def csv_file(folder: Path, content: bytes, name: str = "past.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def read(path: Path, **more: str) -> tuple[dict[int, dict[str, object]], dict[int, str]]:
    """Good rows and the complaints about the others, by line."""
    found = list(Rows(path, **more))
    good = {row.line: row.values for row in found if isinstance(row, Row)}
    return good, {row.line: row.why for row in found if isinstance(row, Refused)}


def test_INT_6_rubbish_is_told_by_line_and_good_rows_go_through(tmp_path: Path) -> None:
    lines = [
        b"id,text,at",
        b"1,fine,2026-01-01",
        b"2,caf\xe9,2026-01-01",
        b"3,too,many,columns",
        b"4,few",
        b'5,"never closed,2026-01-01',
        b"6,after it,2026-01-01",
        b"7,nu\x00l,2026-01-01",
        b'8,"two\nlines",2026-01-01',
        b"",
        b'9,"said ""yes""",2026-01-01',
        b'10,"badly "quoted" here",2026-01-01',
        b'11,"caf\xe9\nover two lines",2026-01-01',
        b"12,last one,2026-01-01",
    ]
    good, bad = read(csv_file(tmp_path, b"\n".join(lines)))
    assert [row["id"] for row in good.values()] == ["1", "6", "8", "9", "12"]
    assert good[9]["text"] == "two\nlines"
    assert sorted(bad) == [3, 4, 5, 6, 8, 13, 14]
    assert "0xE9 in line 3, place 6" in bad[3]
    assert bad[4] == "it has 4 columns, the header has 3"
    assert "quote opens here" in bad[6]
    assert "NUL" in bad[8]
    assert "quote" in bad[13]


def test_a_cell_of_5_MB_costs_one_row(tmp_path: Path) -> None:
    huge = b"x" * (5 * 2**20)
    quoted = b'"' + b"several lines\n" * 400_000 + b'"'
    path = csv_file(tmp_path, b"id,text\n1,a\n2," + huge + b"\n3," + quoted + b"\n4,d\n")
    columns = Columns([], Rows(path).columns)
    found = [columns.ticket(row) for row in Rows(path) if isinstance(row, Row)]
    assert [one.id for one in found if isinstance(one, Ticket)] == ["1", "4"]
    assert next(one.why for one in found if isinstance(one, Refused)).startswith(
        "text has 5,242,880 characters"
    )
    assert [one.line for one in found] == [2, 3, 4, 400_005]


def test_an_endless_line_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_RECORD", 1000)
    good, bad = read(csv_file(tmp_path, b"id,text\n1,a\n2," + b"y" * 5000 + b"\n3,c\n"))
    assert [row["id"] for row in good.values()] == ["1", "3"]
    assert "longer than" in bad[3]
    open_quote = b"id,text\n1,a\n" + b'2,"' + b"z\n" * 900 + b"3,c\n"
    good, bad = read(csv_file(tmp_path, open_quote))
    assert list(good.values())[-1] == {"id": "3", "text": "c"}
    assert "does not close within" in bad[3]


def test_json_lines(tmp_path: Path) -> None:
    content = b'{"text": "a"}\n{"text": \n[1]\nnull\n\n{"text": "caf\xe9"}\n{"text": "b"}'
    good, bad = read(csv_file(tmp_path, content, "past.jsonl"))
    assert good == {1: {"text": "a"}, 7: {"text": "b"}}
    assert sorted(bad) == [2, 3, 4, 6]
    assert "not JSON" in bad[2]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b"\xff\xfea\x00", "UTF-16"),
        (b"id,text,id\n1,2,3\n", "names twice: id"),
        (b'id,"text\n1,a\n', "line 1"),
        (b"caf\xe9,text\n1,a\n", "0xE9 in line 1"),
        (b"text,at\rfine,2026-01-01\r", "line ends with CR alone"),
    ],
)
def test_a_file_that_cannot_be_read_at_all_says_why(tmp_path: Path, content: bytes, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        Rows(csv_file(tmp_path, content))


def test_other_shapes_of_csv(tmp_path: Path) -> None:
    assert read(csv_file(tmp_path, b"\xef\xbb\xbfid;text\r\n1;a,b\r\n"))[0] == {2: {"id": "1", "text": "a,b"}}
    assert read(csv_file(tmp_path, b"id\ttext\n1\tcaf\xe9\n"), encoding="cp1252")[0][2]["text"] == "café"
    with pytest.raises(Invalid, match="utf-16"):
        Rows(tmp_path / "past.csv", encoding="utf-16")
    with pytest.raises(Invalid, match="No such file"):
        Rows(tmp_path / "nowhere.csv")


@given(rubbish=st.binary(max_size=300))
def test_no_bytes_bring_it_down(tmp_path_factory: pytest.TempPathFactory, rubbish: bytes) -> None:
    folder = tmp_path_factory.getbasetemp()
    for name, start in (("x.csv", b"id,text\n"), ("x.jsonl", b"")):
        path = csv_file(folder, start + rubbish + b'\n"', name)
        found = list(Rows(path))
        assert all(isinstance(row, Row | Refused) for row in found)
        assert [row.line for row in found] == sorted({row.line for row in found})


def ticket(values: dict[str, object], *options: str) -> Ticket | Refused:
    return Columns(options, ()).ticket(Row(7, values))


def test_columns_are_named_by_option() -> None:
    columns = Columns(["text=body", "customer_ref=who"], ["body", "who", "n"])
    found = columns.ticket(Row(2, {"body": "hello", "who": "C1", "n": "5"}))
    assert isinstance(found, Ticket)
    assert (found.text, found.customer_ref, found.line, found.customer) == ("hello", "C1", 2, None)
    with pytest.raises(Invalid, match="header has: body"):
        Columns(["text=boby"], ["body"])
    with pytest.raises(Invalid, match='did you mean "text"'):
        Columns(["txt=body"], ["body"])
    with pytest.raises(Invalid, match="say --column text="):
        Columns([], ["body", "who"])


@pytest.mark.parametrize(
    ("header", "says"),
    [
        (["text", "customer"], "header customer is not usable: it may be any of customer_ref, address, name"),
        (["text", "id", "external_id"], "headers id and external_id is not usable: all say id"),
        (["text", "name", "customer.name"], "headers name and customer.name"),
    ],
)
def test_a_header_that_may_mean_several_things_is_refused_by_name(header: list[str], says: str) -> None:
    with pytest.raises(Invalid, match=says):
        Columns([], header)


def test_a_header_that_is_not_known_is_named_with_those_that_are() -> None:
    columns = Columns(["text=body"], ["body", "customer_reff", "agent", "field.amount"])
    assert columns.passed_over == ("customer_reff", "agent")
    with pytest.raises(Invalid, match="the header customer_reff is not usable: known are id, at, text, "):
        columns.must_read_all(())
    with pytest.raises(Invalid, match=r"the header agent .* customer_ref, .*, or --ignore agent"):
        columns.must_read_all(["customer_reff"])
    columns.must_read_all(["customer_reff", "agent"])
    Columns(["customer_ref=customer"], ["text", "customer"]).must_read_all(())


def test_a_ticket_of_json_tells_all_it_has() -> None:
    found = ticket(
        {
            "external_id": 17,
            "text": "hi",
            "at": "2026-10-05T11:23:00Z",
            "customer": {"ref": "C0003", "vip": True, "lifetime_value": 250000},
            "history": [{"at": "2026-10-01T00:00:00Z", "contact_reason": "order_status", "text": "before"}],
            "expected_tier": 3,
            "subject": None,
        }
    )
    assert isinstance(found, Ticket)
    assert (found.id, found.customer_ref, found.expected_tier, found.subject) == ("17", "C0003", 3, "")
    assert found.customer is not None
    assert (found.customer.vip, found.customer.lifetime_value) == (True, 250000)
    assert found.history[0].contact_reason == "order_status"


def test_fields_of_items_come_from_an_object_or_from_columns() -> None:
    found = ticket({"fields": '{"amount": "12.00"}', "field.vendor": "V001", "extraction_confidence": "0.91"})
    assert isinstance(found, Ticket)
    assert found.fields == {"amount": "12.00", "vendor": "V001"}
    assert found.extraction_confidence == 0.91


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"text": None}, "text is empty"),
        ({"text": ["a"]}, "text is a list"),
        ({"text": True}, "text is true or false"),
        ({"text": "a\0b"}, "NUL"),
        ({"text": "a", "customer": "C0012"}, "customer is no object"),
        ({"text": "a\ud800"}, "surrogate"),
        ({"text": "x" * 200_001}, "the most is 200,000"),
        ({"text": "a", "at": "yesterday"}, "at is no time"),
        ({"text": "a", "expected_tier": "4"}, "expected_tier is 4"),
        ({"text": "a", "vip": "perhaps"}, "vip is neither"),
        ({"text": "a", "lifetime_value": "much"}, "lifetime_value is no number"),
        ({"text": "a", "lifetime_value": "inf"}, "lifetime_value is no number"),
        ({"text": "a", "lifetime_value": 10**400}, "lifetime_value is no number"),
        ({"text": "a", "history": "[{]"}, "history is not JSON"),
        ({"text": "a", "history": [{"text": "x"}]}, "history is not usable"),
        ({"fields": "[]"}, "fields is no object"),
        ({"fields": {}, "extraction_confidence": "2"}, "extraction_confidence is 2"),
    ],
)
def test_a_value_that_its_column_cannot_have_is_refused(values: dict[str, object], why: str) -> None:
    found = ticket(values)
    assert isinstance(found, Refused)
    assert found.line == 7
    assert why in found.why


@given(
    st.dictionaries(st.sampled_from(["text", "at", "history", "vip", "fields", "lifetime_value"]), st.text())
)
def test_no_cells_bring_it_down(values: dict[str, str]) -> None:
    assert isinstance(ticket(json.loads(json.dumps(values))), Ticket | Refused)
