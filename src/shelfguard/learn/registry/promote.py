"""Promotion and rollback: the champion moves only through the gates, and every move is logged."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from shelfguard.engine import Engine
from shelfguard.errors import GateError, ModelError, PackError
from shelfguard.learn.data.dataset import Dataset
from shelfguard.learn.model import named
from shelfguard.learn.registry import card
from shelfguard.learn.registry.audit_log import AuditLog, Entry, What, champions
from shelfguard.learn.registry.compare import AttackSuite, Tell, compare, nobody
from shelfguard.learn.registry.fetch import PinnedModel, pin
from shelfguard.learn.registry.folder import checked_record, megabytes
from shelfguard.learn.registry.gates import NAMES, Evidence, Gate, Limits, judge
from shelfguard.learn.registry.registry import CHALLENGER, CHAMPION, Registry, Version
from shelfguard.policy.load import with_models
from shelfguard.policy.pack import Pack
from shelfguard.policy.rows import read_cases

AUDIT = "shelfguard.learn.data.audit:audit"


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks for a move, which gates they waive, and why."""

    who: str
    waive: Collection[str] = ()
    because: str | None = None

    def __post_init__(self) -> None:
        if unknown := sorted(set(self.waive) - set(NAMES)):
            fix = f"The gates are {', '.join(NAMES)}"
            raise GateError(f"no gate is called '{unknown[0]}'", fix=fix)
        if self.waive and not self.because:
            raise GateError("a waiver needs a reason", fix="Give it with --because")


@dataclass(frozen=True, slots=True)
class Judging:
    """What the gates need besides the two models."""

    data: Path | None = None
    limits: Limits = field(default_factory=Limits)
    attack_suite: AttackSuite | None = None
    cache: Path | None = None
    tell: Tell = nobody


@dataclass(frozen=True, slots=True)
class Move:
    """What became of the champion."""

    before: Version | None
    after: Version
    gates: Sequence[Gate] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "before": self.before and self.before.as_dict(),
            "after": self.after.as_dict(),
            "gates": [gate.as_dict() for gate in self.gates],
        }


class RefusedError(GateError):
    """A promotion that the gates refused; `move` is what was asked."""

    def __init__(self, move: Move) -> None:
        self.move = move
        failed = "; ".join(f"{gate.name}: {gate.detail}" for gate in move.gates if not gate.open)
        fix = "Mend the model, or waive a gate with a reason: --waive NAME --because TEXT"
        super().__init__(f"{move.after} is not promoted: {failed}", fix=fix)


class Promotions:
    """The champion of one pack in a registry, and the log of its moves."""

    def __init__(self, registry: Registry, log: AuditLog, pack: Pack) -> None:
        self.registry, self.log, self.pack = registry, log, pack
        self.name = pack.manifest.id

    def promote(self, reference: str, request: Request, judging: Judging) -> Move:
        """Make a version, by number or alias, the champion if the gates hold.

        Raises:
            RefusedError: gates failed that were not waived; the refusal is logged.
            ModelError: there is no such version, or its files are not the recorded ones.
        """
        version = self.registry.asked_version(self.name, reference)
        before = self.registry.version(self.name, CHAMPION)
        if before == version:
            raise GateError(f"{version} is the champion already")
        gates = self._judge(version, before, request, judging)
        move = Move(before, version, gates)
        with self.log.writing() as writer:
            if self.registry.version(self.name, CHAMPION) != before:
                raise GateError("the champion changed meanwhile", fix="Promote again")
            passed = all(gate.open for gate in gates)
            writer.append(self._entry("promotion" if passed else "refusal", move, request))
            if not passed:
                raise RefusedError(move)
            # The log first: a move that is killed here is finished by the next rollback or shown
            # by `history --verify`, but none goes unlogged.
            self.registry.move(CHAMPION, version)
        if self.registry.version(self.name, CHALLENGER) == version:
            self.registry.clear(CHALLENGER, self.name)
        return move

    def rollback(self, request: Request) -> Move:
        """Put the champion back to the one before it, or to what the log says it is.

        Raises:
            GateError: the log knows no earlier champion.
        """
        with self.log.writing() as writer:
            now = self.registry.version(self.name, CHAMPION)
            known = champions(writer.lines, self.name)
            if now and known and known[-1] == now.as_dict():
                known.pop()
            if not known:
                raise GateError(f"no earlier champion of '{self.name}'", file=self.log.path)
            back = Version(known[-1]["name"], known[-1]["version"], known[-1]["digest"])
            move = Move(now, back)
            writer.append(self._entry("rollback", move, request))
            self.registry.move(CHAMPION, back)
        return move

    def discrepancies(self) -> list[str]:
        """Where the registry is not what the log says, one line each.

        Raises:
            FindingsError: the log itself was changed.
        """
        known = champions(self.log.entries(), self.name)
        logged = known[-1] if known else None
        now = self.registry.version(self.name, CHAMPION)
        if (now.as_dict() if now else None) == logged:
            return []
        last = f"{logged['name']}/{logged['version']}" if logged else "none"
        return [f"champion is {now or 'none'}, and by the log {last}"]

    def _judge(
        self, version: Version, before: Version | None, request: Request, judging: Judging
    ) -> list[Gate]:
        folder = self._pin(version, judging).folder
        record = checked_record(folder)
        rows = read_cases(self.pack)
        if not rows:
            raise PackError("no unit cases to judge a model by", file=self.pack.root / "cases")
        challenger = Engine.from_pack(with_models(self.pack, folder))
        champion = self._champion(before, judging)
        size = megabytes(record, folder)
        evidence = Evidence(
            record=record,
            figures=compare(challenger, champion, rows, size, judging.attack_suite, judging.tell),
            budget=self.pack.manifest.budget,
            card_problems=card.problems(folder, record, self.pack.manifest),
            limits=judging.limits,
            **(audited(judging.data) if judging.data else {}),
        )
        return [_waive(gate, request) for gate in judge(evidence)]

    def _champion(self, before: Version | None, judging: Judging) -> Engine | None:
        """The champion, or where there is none yet, the models that the pack ships with."""
        if before:
            return Engine.from_pack(with_models(self.pack, self._pin(before, judging).folder))
        return Engine.from_pack(self.pack) if self.pack.manifest.models else None

    def _pin(self, version: Version, judging: Judging) -> PinnedModel:
        uri = f"mlflow:models:/{version}"
        return pin(uri, registry=self.registry.uri, cache=judging.cache)

    def _entry(self, what: What, move: Move, request: Request) -> Entry:
        return Entry(
            who=request.who,
            what=what,
            pack=self.name,
            before=move.before and move.before.as_dict(),
            after=move.after.as_dict(),
            gates=[gate.as_dict() for gate in move.gates],
            because=request.because,
        )


def audited(data: Path) -> dict[str, Any]:
    """The audit of a dataset and the dataset's id, as Evidence takes them."""
    dataset = Dataset.load(data)
    try:
        audit = named(AUDIT)
    except ModuleNotFoundError as error:
        raise ModelError("the audit of datasets is not installed", field=AUDIT) from error
    return {"audit": audit(dataset), "dataset": dataset.id}


def _waive(gate: Gate, request: Request) -> Gate:
    waived = not gate.passed and gate.name in request.waive
    return replace(gate, waived=request.because) if waived else gate
