"""Delimited text as exports really look."""

import codecs
import gzip
from pathlib import Path

import pytest

from shelfguard.errors import FeedError
from tests.unit.feeds.reading import read, write


@pytest.mark.parametrize("mark", [",", "\t", "|", ";", "#"])
def test_the_delimiter_is_detected(mark: str, tmp_path: Path) -> None:
    rows = [["id", "name", "colour"], ["1", "Red kite for children", "red"]]
    text = "\n".join(mark.join(row) for row in rows)
    (kite,), _, _ = read(write(tmp_path, "feed.txt", text))
    assert kite["title"] == {"en": "Red kite for children"}
    assert kite["attributes"] == {"colour": "red"}


def test_french_headers_fill_the_same_fields(tmp_path: Path) -> None:
    text = (
        "Numéro d'article;Titre;Descriptif;Marque;Catégorie;Prix;Devise;Vendeur;Matière\n"
        '7;Couteau pliant pour la pêche;"Lame de 8 cm, manche en bois";Opale;'
        "Plein air / Couteaux;1 299,00 $;CAD;v12;acier\n"
    )
    (knife,), _, warnings = read(write(tmp_path, "feed.csv", text))
    assert knife["title"] == {"fr": "Couteau pliant pour la pêche"}
    assert knife["description"] == {"fr": "Lame de 8 cm, manche en bois"}
    assert (knife["brand"], knife["price"], knife["currency"]) == ("Opale", 1299.0, "CAD")
    assert knife["category"]["path"] == "Plein air > Couteaux"
    assert (knife["seller"]["id"], knife["attributes"]) == ("v12", {"Matière": "acier"})
    assert not warnings


def test_columns_may_name_their_language(tmp_path: Path) -> None:
    text = "id,title_en,title_fr,description_fr\n1,Lamp,Lampe,Une lampe\n2,,Table,\n"
    (lamp, table), _, _ = read(write(tmp_path, "feed.csv", text))
    assert lamp["title"] == {"en": "Lamp", "fr": "Lampe"}
    assert lamp["description"] == {"fr": "Une lampe"}
    assert table["title"] == {"fr": "Table"}


def test_numbers_of_products_and_licences_are_kept_apart_from_attributes(tmp_path: Path) -> None:
    text = "id,title,ean,modelno,NPN,attributes.DIN-HM,colour\n1,Cream,4006381333931,X1,8000,9,red"
    (cream,), _, _ = read(write(tmp_path, "feed.csv", text))
    assert cream["identifiers"] == [
        {"type": "ean", "value": "4006381333931", "valid": True},
        {"type": "mpn", "value": "X1", "valid": None},
    ]
    assert cream["licence_ids"] == {"npn": "8000", "din-hm": "9"}
    assert cream["attributes"] == {"DIN-HM": "9", "colour": "red"}


def test_what_is_missing_is_counted(tmp_path: Path) -> None:
    text = "id,title,price\n,Blue kite,soon\n9,Red kite,3\n"
    (blue, red), _, warnings = read(write(tmp_path, "feed.csv", text))
    assert (blue["id"], blue["seller"], blue["price"]) == ("feed.csv:1", None, None)
    assert (red["id"], red["price"]) == ("9", 3.0)
    assert warnings == {
        "id is missing": 1,
        "seller is missing": 2,
        "price not understood and left unknown": 1,
    }


@pytest.mark.parametrize(
    "data",
    [
        codecs.BOM_UTF8 + "id,title\n1,Théière\n".encode(),
        "\ufeffid,title\n1,Théière\n".encode("utf-16-le"),
        "\ufeffid,title\n1,Théière\n".encode("utf-16-be"),
        "id,title\r\n1,Théière\r\n".encode(),
    ],
)
def test_encodings(data: bytes, tmp_path: Path) -> None:
    (pot,), _, _ = read(write(tmp_path, "feed.csv", data), lang="fr")
    assert (pot["id"], pot["title"]) == ("1", {"fr": "Théière"})


def test_windows_1252_is_read_with_a_warning(tmp_path: Path) -> None:
    data = b"id,title\n1,Th\xe9i\xe8re\n2,\xc3\xa9toile\n"
    records, _, warnings = read(write(tmp_path, "feed.csv", data), lang="fr")
    assert [r["title"]["fr"] for r in records] == ["Théière", "étoile"]
    assert warnings["line is not UTF-8 and was read as Windows-1252"] == 1


def test_quoted_line_feeds_keep_their_lines(tmp_path: Path) -> None:
    text = 'id,title,description\n1,Kite,"two\nlines"\n2,"Big ""blue"" kite",flat\n3,,x\n'
    (one, two), (bad,), _ = read(write(tmp_path, "feed.csv", text))
    assert list(one["description"].values()) == ["two\nlines"]
    assert list(two["title"].values()) == ['Big "blue" kite']
    assert (bad.line, bad.row, bad.field) == (5, 3, "title")


def test_a_quotation_left_open_swallows_no_rows(tmp_path: Path) -> None:
    text = 'id,title,price\n1,"Kite,5\n2,Ball,6\n3,"Top",7\n4,"Hoop, large,8\n5,Yoyo,9\n'
    records, quarantined, warnings = read(write(tmp_path, "feed.csv", text))
    assert [r["id"] for r in records] == ["1", "2", "3", "5"]
    assert list(records[0]["title"].values()) == ['"Kite']
    assert [(q.line, q.reason) for q in quarantined] == [
        (5, "a quotation mark is opened and not closed")
    ]
    assert warnings["quotation mark left open was read as text"] == 1


def test_rows_of_another_width_are_quarantined(tmp_path: Path) -> None:
    text = "id,title,price\n1,Kite\n\n2,Ball,3,4\n3,Top,5,,\n"
    (top,), quarantined, _ = read(write(tmp_path, "feed.csv", text))
    assert top["id"] == "3"
    assert [(q.line, q.row, q.reason) for q in quarantined] == [
        (2, 1, "has 2 cells where the header has 3"),
        (4, 2, "has 4 cells where the header has 3"),
    ]


def test_a_nul_byte_costs_one_row(tmp_path: Path) -> None:
    text = "id,title\n1,Kite\n2,Ba\0ll\n3,Top\n"
    records, (bad,), _ = read(write(tmp_path, "feed.csv", text))
    assert [r["id"] for r in records] == ["1", "3"]
    assert (bad.line, bad.reason) == (3, "has a NUL byte")


def test_the_second_row_of_an_id_is_quarantined(tmp_path: Path) -> None:
    text = "id,title\na,Kite\nb,Ball\na,Top\na,Hoop\n"
    records, quarantined, _ = read(write(tmp_path, "feed.csv", text), rows=2)
    assert [r["id"] for r in records] == ["a", "b"]
    assert [(q.row, q.field, q.reason) for q in quarantined] == [
        (3, "id", "repeats the id of row 1"),
        (4, "id", "repeats the id of row 1"),
    ]


def test_columns_of_one_name_are_all_kept(tmp_path: Path) -> None:
    text = "id,title,note,note\n1,Kite,first,second\n"
    (kite,), _, _ = read(write(tmp_path, "feed.csv", text))
    assert kite["attributes"] == {"note": "first", "note_2": "second"}


def test_a_file_without_a_title_column_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=r"has no title column among a, b.*mapping file"):
        read(write(tmp_path, "feed.csv", "a,b\n1,2\n"))


def test_the_first_line_of_excel_names_the_delimiter(tmp_path: Path) -> None:
    text = "sep=^\nid^title\n1^Kite\n2^ \n"
    (kite,), (bad,), _ = read(write(tmp_path, "feed.csv", text), lang="en")
    assert kite["title"] == {"en": "Kite"}
    assert bad.line == 4


def test_attributes_may_come_as_one_json_object(tmp_path: Path) -> None:
    text = 'id|title|attributes|size\n1|Kite|{"colour": "red", "npn": 8, "tags": ["a", "b"]}|L\n'
    (kite,), _, _ = read(write(tmp_path, "feed.csv", text), lang="en")
    assert kite["attributes"] == {"colour": "red", "npn": "8", "tags": "a, b", "size": "L"}
    assert kite["licence_ids"] == {"npn": "8"}


def test_a_carriage_return_in_a_cell_costs_one_row(tmp_path: Path) -> None:
    text = 'id,title\na,Oak chair\nb,Brass knuckles\rgold\nc,"Lamp\nof ""brass"""\r, gold\nd,Vase\n'
    records, quarantined, _ = read(write(tmp_path, "feed.csv", text))
    assert [r["id"] for r in records] == ["a", "d"]
    assert [(q.line, q.row, q.reason) for q in quarantined] == [
        (3, 2, "a carriage return stands outside quotation marks"),
        (4, 3, "a carriage return stands outside quotation marks"),
    ]
    assert quarantined[0].excerpt == "b,Brass knuckles\rgold"


def test_a_carriage_return_before_a_cut_is_told_apart_from_it(tmp_path: Path) -> None:
    text = b"id,title\na,Oak\nb,Brass\rgold\nc," + bytes(range(65, 91)) * 40
    packed = gzip.compress(text, mtime=0)[:-20]
    (oak,), quarantined, _ = read(write(tmp_path, "feed.csv.gz", packed))
    assert oak["id"] == "a"
    assert [q.row for q in quarantined] == [2, 3]


def test_lines_of_an_old_mac_end_in_carriage_returns(tmp_path: Path) -> None:
    text = 'id,title\r1,"Kite, red"\r2,\r'
    (kite,), (bad,), _ = read(write(tmp_path, "feed.csv", text), lang="en")
    assert kite["title"] == {"en": "Kite, red"}
    assert (bad.line, bad.field) == (3, "title")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,ti\rtle\n1,Kite\n", r"feed\.csv:1: header .* carriage return .*line feeds"),
        ('id,title,"note\n1,Kite,"red"\n2,Ball,\n', r":1: header .* open quotation mark"),
        ('\nid,"title\n' + "1,Kite\n" * 200_000, r":2: header .* open quotation mark"),
        ("sep=;;\nid;;title\n", r":1: 'sep=;;' names no delimiter .*one character after sep="),
    ],
)
def test_a_header_that_cannot_be_read_says_why(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=message):
        read(write(tmp_path, "feed.csv", text))


def test_a_header_may_hold_line_feeds_between_quotation_marks(tmp_path: Path) -> None:
    (kite,), _, _ = read(write(tmp_path, "feed.csv", 'id,title,"size\nin cm"\n1,Kite,5\n'))
    assert kite["attributes"] == {"size\nin cm": "5"}


def test_a_repeated_column_takes_no_name_of_another(tmp_path: Path) -> None:
    text = "id,title,note,note,note_2,title\n1,Kite,first,second,third,Red\n"
    (kite,), _, _ = read(write(tmp_path, "feed.csv", text))
    assert kite["attributes"] == {
        "note": "first",
        "note_3": "second",
        "note_2": "third",
        "title_2": "Red",
    }


def test_labels_of_examples_are_ignored_with_a_warning(tmp_path: Path) -> None:
    text = "id,title,seller_id,kind,violates\n1,Kite,s,positive,X\n2,Ball,s,positive,\n"
    (kite, _), _, warnings = read(write(tmp_path, "feed.csv", text))
    assert kite["attributes"] == {}
    assert warnings == {
        "'kind' is no part of a listing and was ignored": 2,
        "'violates' is no part of a listing and was ignored": 2,
    }
