from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from shelfguard.errors import PackError
from shelfguard.policy.lint import Finding, lint
from shelfguard.policy.load import load_pack, shipped_packs
from shelfguard.policy.pack import Pack
from tests.unit.policy.tinypack import TinyPack, labelled

CLAUSE = "clauses/CA-WPN-001.yaml"
TODAY = date(2026, 11, 1)
DIGEST = "0" * 64


class Contains:
    """A matcher that looks for phrases as plain substrings."""

    def __init__(self, pack: Pack) -> None:
        self.keys = {(entry.clause, entry.phrase) for entry in pack.lexicon}

    def matches(self, texts: Sequence[str]) -> list[set[tuple[str, str]]]:
        return [{(c, phrase) for c, phrase in self.keys if phrase in text} for text in texts]


@pytest.fixture
def sound(tiny: TinyPack) -> TinyPack:
    """A pack without a finding."""
    tiny.rows(
        "cases/x.jsonl",
        labelled("p", "positive", "Brass knuckles, four holes"),
        labelled("e", "evasive", "Kn uckles in brass, paperweight"),
        labelled("h", "hard_negative", "Steering knuckle for a sedan"),
    )
    tiny.rows("examples/x.jsonl", labelled("t", "positive", "Poing américain en laiton"))
    calibrate(tiny, act={}, review={})
    return tiny


def calibrate(tiny: TinyPack, **changes: dict[str, Any]) -> None:
    def threshold(goal: dict[str, float], change: dict[str, Any]) -> dict[str, Any]:
        return {"threshold": 0.9, "goal": goal, "supported": True, "reason": None, **change}

    goals = {"act": {"precision": 0.98}, "review": {"recall": 0.8}}
    clause = {name: threshold(goal, changes.get(name, {})) for name, goal in goals.items()}
    text = json.dumps({"clauses": {"CA-WPN-001": clause}, "data": {}})
    tiny.write("models/calibration.json", text)


def findings(tiny: TinyPack, today: date = TODAY) -> list[Finding]:
    pack = load_pack(tiny.root)
    return lint(pack, today=today, matcher=Contains(pack))


def told(tiny: TinyPack, today: date = TODAY) -> list[str]:
    """`severity code file:line message` of each finding."""
    return [
        f"{f.severity} {f.code} {f.file.relative_to(tiny.root)}:{f.line} {f.message}"
        for f in findings(tiny, today)
    ]


def test_a_sound_pack_has_no_findings(sound: TinyPack) -> None:
    assert told(sound) == []


def test_law_must_be_cited_and_house_rules_need_not(sound: TinyPack) -> None:
    cite = "cite:\n  - instrument: Criminal Code\n    provision: s 84(1)\n"
    sound.edit(CLAUSE, cite, "cite: []\n")
    assert told(sound) == [f"error citation {CLAUSE}:4 cites nothing"]
    sound.edit(CLAUSE, "checked: primary", "checked: house")
    assert told(sound) == []


def test_a_review_is_due_after_the_packs_days(sound: TinyPack) -> None:
    assert told(sound, date(2026, 12, 30)) == []
    message = f"warning review {CLAUSE}:14 review was due on 2026-12-30"
    assert told(sound, date(2026, 12, 31)) == [message]


def test_each_kind_of_case_is_needed(sound: TinyPack) -> None:
    sound.rows("cases/x.jsonl", labelled("p", "positive"), labelled("h", "hard_negative"))
    assert told(sound) == [f"warning cases {CLAUSE}:1 no unit case of kind evasive"]
    sound.rows("cases/x.jsonl", labelled("b", "benign"))
    expected = "no unit case of kind positive, evasive, hard_negative"
    assert told(sound) == [f"error cases {CLAUSE}:1 {expected}"]


def test_a_clause_judged_by_pictures_needs_no_text_cases(sound: TinyPack) -> None:
    sound.edit(CLAUSE, "signals: [lexicon, text]", "signals: [image]")
    sound.rows("cases/x.jsonl")
    assert told(sound) == []


def test_a_lexicon_entry_must_match_a_violation(sound: TinyPack) -> None:
    lexicon = sound.write("lexicons/CA-WPN-001.en.txt", "knuckles\nknuckle duster\n")
    sound.write("lexicons/CA-WPN-001.fr.txt", "Poing américain\n")
    assert told(sound) == [
        "warning lexicon-unused lexicons/CA-WPN-001.en.txt:2 "
        "'knuckle duster' is in no violating case or example of its clause"
    ]
    assert findings(sound)[0].file == lexicon


def test_a_gazetteer_holds_names_that_no_example_has(sound: TinyPack) -> None:
    sound.write("lexicons/CA-WPN-001.fr.txt", "Poing américain\n")
    sound.write("lexicons/CA-WPN-001.en.txt", "knuckles\n")
    sound.write("lexicons/CA-WPN-001.mul.txt", "knuckle duster\n")
    assert told(sound) == []


def test_a_decisive_entry_must_leave_innocents_alone(sound: TinyPack) -> None:
    sound.write("lexicons/CA-WPN-001.fr.txt", "Poing américain\n")
    sound.write("lexicons/CA-WPN-001.en.txt", "nuckle\n")
    assert told(sound) == [
        "warning lexicon-innocent lexicons/CA-WPN-001.en.txt:1 "
        "'nuckle' matches innocent listings (1): h 'Steering knuckle for a sedan'"
    ]
    sound.write("lexicons/CA-WPN-001.en.txt", "nuckle ~\n")
    assert told(sound) == []


def test_every_text_and_lexicon_is_in_every_language(sound: TinyPack) -> None:
    sound.edit(CLAUSE, ", fr: Pas de coups-de-poing.", "")
    sound.edit("pack.yaml", "fr: Petit", "fr: ''")
    sound.write("lexicons/CA-WPN-001.en.txt", "knuckles\n")
    assert told(sound) == [
        f"error language {CLAUSE}:3 rule has no text in 'fr'",
        "error language pack.yaml:3 title has no text in 'fr'",
        "warning language lexicons/CA-WPN-001.fr.txt:None has a lexicon, but none in 'fr'",
    ]


def test_a_case_may_not_repeat_an_example(sound: TinyPack) -> None:
    title = "Brass knuckles, four holes!"
    sound.rows("examples/x.jsonl", labelled("t", "positive", title))
    assert told(sound) == [
        "error leak cases/x.jsonl:1 case p is 96% the same as example t (x.jsonl:1)"
    ]


def test_a_goal_that_data_cannot_support_is_told(sound: TinyPack) -> None:
    calibrate(sound, act={"threshold": None, "supported": False, "reason": "needs 149 more rows"})
    assert told(sound) == [
        f"warning threshold {CLAUSE}:1 goal 'act' is not supported: needs 149 more rows"
    ]


def test_a_goal_changed_after_calibration_is_told(sound: TinyPack) -> None:
    goals = "goals:\n  act: {precision: 0.9}\n  review: {recall: 0.8}\n"
    sound.edit(CLAUSE, "action: block\n", f"action: block\n{goals}")
    message = "goal 'act' is not the one that models/calibration.json was solved for"
    assert told(sound) == [f"error threshold {CLAUSE}:15 {message}"]


PICTURES = """\
pictures:
  detectors: {hash: {}}
  models:
    - {name: objects, source: 'file:models/objects.onnx', sha256: %s}
  rules: {nudity: XX-ABC-001}
costs: {hash: 5000}
"""


def test_what_is_said_of_pictures_is_checked_like_the_rest(sound: TinyPack) -> None:
    manifest = (sound.root / "pack.yaml").read_text("utf-8")
    sound.write("pack.yaml", manifest + PICTURES % ("ab" * 32))
    file, missing = sound.root / "models/objects.onnx", "cannot be read: No such file or directory"
    assert told(sound) == [
        f"error model-file pack.yaml:12 model 'objects': {file}: {missing}",
        "error picture-clause pack.yaml:13 no clause is called 'XX-ABC-001'",
    ]


def test_model_files_are_there_and_pinned(sound: TinyPack) -> None:
    sound.write("models/w.bin", "x")
    models = [("a", "file:models/w.bin"), ("b", "file:models/none.bin"), ("c", "hf:o/r/w.bin@v1")]
    lines = [f"  - {{name: {n}, source: '{s}', sha256: '{DIGEST}'}}\n" for n, s in models]
    sound.edit("pack.yaml", "required:", f"models:\n{''.join(lines)}required:")
    wrong, missing = findings(sound)
    assert (wrong.code, wrong.file.name, wrong.line) == ("model-file", "pack.yaml", 9)
    assert f"w.bin: expected SHA-256 {DIGEST}" in wrong.message
    assert missing.line == 10
    assert "cannot be read" in missing.message


def test_a_price_of_no_stage_is_told(sound: TinyPack) -> None:
    sound.edit("pack.yaml", "required:", "costs: {lexicon: 1, text: 12.5}\nrequired:")
    message = "no stage is called 'text', so its cost is never charged"
    assert told(sound) == [f"warning cost pack.yaml:8 {message}"]


def test_a_clause_that_reads_text_needs_a_head(sound: TinyPack) -> None:
    sound.write("models/calibration.json", '{"clauses": {}}')
    message = "reads text, but no model has a head for it"
    assert told(sound) == [f"error head {CLAUSE}:10 {message}"]
    (sound.root / "models/calibration.json").unlink()
    assert [(f.severity, f.code) for f in findings(sound)] == [("warning", "head")]


def test_a_broken_calibration_names_its_field(sound: TinyPack) -> None:
    sound.write("models/calibration.json", '{"clauses": {"CA-WPN-001": {"act": {}}}}')
    with pytest.raises(PackError, match=r"calibration\.json: field 'clauses\.CA-WPN-001\.act"):
        lint(load_pack(sound.root))


def test_shipped_packs_have_no_errors() -> None:
    for name in shipped_packs():
        found = lint(load_pack(name))
        assert [f.message for f in found if f.severity == "error"] == []
