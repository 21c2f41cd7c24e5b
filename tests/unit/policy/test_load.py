from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.errors import PackError
from shelfguard.policy.document import read_document
from shelfguard.policy.load import load_pack, pack_digest, shipped_packs
from tests.unit.policy.tinypack import TinyPack

CLAUSE = "clauses/CA-WPN-001.yaml"


def problems(root: Path) -> list[str]:
    with pytest.raises(PackError) as caught:
        load_pack(root)
    return str(caught.value).replace(f"{root}/", "").splitlines()


def test_a_sound_pack_loads(tiny: TinyPack) -> None:
    pack = load_pack(tiny.root)
    assert pack.manifest.id == "tiny"
    assert pack.clauses["CA-WPN-001"].citation == "Criminal Code, s 84(1)"
    assert pack.label == f"tiny@1.0.0+{pack.sha256[:12]}"


def test_lexicon_lines_are_phrases_weak_phrases_and_contexts(tiny: TinyPack) -> None:
    text = "# seed\nbrass knuckles\n\nknuckle ~  # alone says little\n!belt buckle\nitem #3\n"
    tiny.write("lexicons/CA-WPN-001.en.txt", text)
    tiny.write("lexicons/contexts.fr.txt", "compatible avec\n")
    pack = load_pack(tiny.root)
    assert [(e.phrase, e.weak, e.line) for e in pack.lexicon] == [
        ("brass knuckles", False, 2),
        ("knuckle", True, 4),
        ("item #3", False, 6),
    ]
    assert [(c.clause, c.lang, c.phrase) for c in pack.contexts] == [
        ("CA-WPN-001", "en", "belt buckle"),
        (None, "fr", "compatible avec"),
    ]


def test_names_of_no_language_have_a_file_of_their_own(tiny: TinyPack) -> None:
    tiny.write("lexicons/CA-WPN-001.mul.txt", "knuckle duster\n")
    assert ("mul", "knuckle duster") in [(e.lang, e.phrase) for e in load_pack(tiny.root).lexicon]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "checked: primary",
            "chekced: primary",
            "clauses/CA-WPN-001.yaml:7: field 'chekced': unknown key. Did you mean 'checked'?",
        ),
        (
            "    provision:",
            "    provison:",
            "clauses/CA-WPN-001.yaml:6: field 'cite[0].provison': unknown key. "
            "Did you mean 'provision'?",
        ),
        (
            "class: prohibited\n",
            "",
            "clauses/CA-WPN-001.yaml:1: field 'class': required, but missing. Add it",
        ),
        (
            "action: block",
            "action: blok",
            "clauses/CA-WPN-001.yaml:13: field 'action': 'blok' is not one of 'allow', 'warn', "
            "'request_evidence', 'review', 'block' or 'escalate'",
        ),
        (
            "instrument: Criminal Code",
            "instrument: 1985",
            "clauses/CA-WPN-001.yaml:5: field 'cite[0].instrument': must be text, not 1985. "
            "Put it in quotes",
        ),
        (
            "markets: [CA]",
            "markets: [ca]",
            "clauses/CA-WPN-001.yaml:9: field 'markets[0]': 'ca' does not match "
            "^[A-Z]{2}(-[A-Z0-9]{1,3})?$",
        ),
        (
            "markets: [CA]",
            "markets: CA",
            "clauses/CA-WPN-001.yaml:9: field 'markets': input should be a valid list, not 'CA'",
        ),
        (
            "reviewed: 2026-10-01",
            "reviewed: 2026-13-01",
            "clauses/CA-WPN-001.yaml:14: field 'reviewed': cannot read '2026-13-01': "
            "month must be in 1..12",
        ),
        (
            "markets: [CA]",
            "markets: [CA]\nmarkets: [US]",
            "clauses/CA-WPN-001.yaml:10: field 'markets': given twice, first on line 9. Keep one",
        ),
        (
            "id: CA-WPN-001",
            "id: CA-WPN-002",
            "clauses/CA-WPN-001.yaml:1: field 'id': CA-WPN-002 in a file of another name. "
            "Rename one",
        ),
        (
            "markets: [CA]",
            "markets: &m [CA]",
            "clauses/CA-WPN-001.yaml:9: field 'markets': anchors and aliases are not allowed. "
            "Write the value out",
        ),
        (
            "title: {en",
            "title: {no: x, en",
            "clauses/CA-WPN-001.yaml:2: field 'title': key no is not text. Put it in quotes",
        ),
    ],
)
def test_a_mistake_names_file_line_and_field(
    tiny: TinyPack, old: str, new: str, expected: str
) -> None:
    tiny.edit(CLAUSE, old, new)
    assert expected in problems(tiny.root)


def test_all_mistakes_are_told_at_once(tiny: TinyPack) -> None:
    tiny.edit("pack.yaml", "version: 1.0.0", "version: 1.0\nstate: new")
    tiny.write("clauses/CA-WPN-002.yaml", (tiny.root / CLAUSE).read_text())
    tiny.write("lexicons/CA-WPN-009.en.txt", "x\n")
    tiny.write("clauses/CA-WPN-003.yaml", "id: [\n")
    found = problems(tiny.root)
    assert [line.split(":")[0] for line in found] == [
        "clauses/CA-WPN-002.yaml",
        "clauses/CA-WPN-002.yaml",
        "clauses/CA-WPN-003.yaml",
        "pack.yaml",
        "pack.yaml",
    ]


def test_lexicon_mistakes(tiny: TinyPack) -> None:
    tiny.write("lexicons/CA-WPN-009.en.txt", "x\n")
    tiny.write("lexicons/CA-WPN-001.de.txt", "x\n")
    tiny.write("lexicons/notes.txt", "x\n")
    tiny.write("lexicons/CA-WPN-001.en.txt", "!\nfine\n~\n")
    (tiny.root / "lexicons/CA-WPN-001.fr.txt").write_bytes(b"ok\n\xff\n")
    assert problems(tiny.root) == [
        "lexicons/CA-WPN-001.de.txt: language 'de' is not in the pack. pack.yaml has en, fr; "
        "mul holds names of any language",
        "lexicons/CA-WPN-001.en.txt:1: '!' marks no phrase. Remove it",
        "lexicons/CA-WPN-001.en.txt:3: '~' marks no phrase. Remove it",
        "lexicons/CA-WPN-001.fr.txt:2: not UTF-8. Save it as UTF-8",
        "lexicons/CA-WPN-009.en.txt: no clause CA-WPN-009 in the pack. "
        "Add clauses/CA-WPN-009.yaml or remove this file",
        "lexicons/notes.txt: not a lexicon name. Name it CLAUSE-ID.LANG.txt, or contexts.LANG.txt",
    ]


def test_a_required_signal_must_be_one_of_the_signals(tiny: TinyPack) -> None:
    tiny.edit("pack.yaml", "required: [lexicon]", "required: [image]")
    assert problems(tiny.root) == ["pack.yaml:8: field 'required[0]': 'image' is not in signals"]


@pytest.mark.parametrize(
    "text", ["", "[a]", "a: 1\n---\nb: 2\n", "a: !!python/name:os.system x", "a: [" * 60_000]
)
def test_hostile_yaml_is_refused_in_one_line(tiny: TinyPack, text: str) -> None:
    document = read_document(tiny.write("x.yaml", text))
    assert len(document.problems) == 1
    assert "\n" not in str(document.problems[0])


@given(st.text(max_size=60))
def test_any_text_reads_or_is_explained(tmp_path_factory: pytest.TempPathFactory, t: str) -> None:
    file = tmp_path_factory.getbasetemp() / "any.yaml"
    file.write_text(t, encoding="utf-8", errors="replace", newline="")
    document = read_document(file)
    assert isinstance(document.value, dict) or document.problems


def test_the_digest_covers_what_decides(tiny: TinyPack) -> None:
    before = pack_digest(tiny.root)
    tiny.write("cases/all.jsonl", "{}\n")
    tiny.write("examples/all.jsonl", "{}\n")
    tiny.write(".DS_Store", "x")
    assert pack_digest(tiny.root) == before
    tiny.write("lexicons/CA-WPN-001.en.txt", "brass knuckles\n")
    assert pack_digest(tiny.root) != before


def test_an_unknown_pack_is_named(tiny: TinyPack) -> None:
    with pytest.raises(PackError, match=r"no such pack\. Give a pack folder or one of"):
        load_pack(tiny.root / "nowhere")


def test_shipped_packs_load_by_name() -> None:
    for name in shipped_packs():
        assert load_pack(name).manifest.id == name


def test_a_pack_needs_clauses_and_a_manifest(tiny: TinyPack) -> None:
    (tiny.root / CLAUSE).unlink()
    assert problems(tiny.root) == ["clauses: no clauses. Add one a file"]
    (tiny.root / "pack.yaml").unlink()
    with pytest.raises(PackError, match=r"has no pack\.yaml"):
        load_pack(tiny.root)


def test_two_files_may_not_hold_one_clause(tiny: TinyPack) -> None:
    tiny.write("clauses/CA-WPN-001.yml", (tiny.root / CLAUSE).read_text())
    assert problems(tiny.root) == [
        "clauses/CA-WPN-001.yml:1: field 'id': CA-WPN-001 is already in CA-WPN-001.yaml. "
        "Give each clause its own id"
    ]


def test_a_huge_or_unreadable_file_is_refused(tiny: TinyPack) -> None:
    huge = read_document(tiny.write("huge.yaml", "#" * 1_000_001))
    assert "larger than 1,000,000 bytes" in str(huge.problems[0])
    missing = read_document(tiny.root / "gone.yaml")
    assert "cannot be read: No such file or directory" in str(missing.problems[0])
