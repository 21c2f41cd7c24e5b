"""`/v1/packs` and `/v1/models`: what this server decides by."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from shelfguard.policy.calibration import read_calibration
from shelfguard.policy.pack import Clause, Pack
from shelfguard.serve.problems import Problem
from shelfguard.serve.server import Server
from shelfguard.store.scopes import Scope

router = APIRouter(prefix="/v1", tags=["policy"])


@router.get("/packs", summary="The packs that decide here")
async def packs(request: Request) -> dict[str, list[dict[str, Any]]]:
    """One pack at a time; a hot swap changes it."""
    server: Server = request.app.state.server
    await server.access.client(request, Scope.READ)
    return {"packs": [_summary(server.pack)]}


@router.get("/packs/{pack_id}", summary="A pack with its clauses")
async def pack(request: Request, pack_id: str) -> dict[str, Any]:
    """Titles, citations, actions, and the thresholds that each clause's goals came to."""
    server: Server = request.app.state.server
    await server.access.client(request, Scope.READ)
    if pack_id != server.pack.manifest.id:
        raise Problem(404, "Not Found", f"This server decides by '{server.pack.manifest.id}'")
    calibration = read_calibration(server.pack)
    solved = calibration.clauses if calibration else {}
    return {
        **_summary(server.pack),
        "clauses": [
            {
                **_clause(clause),
                "thresholds": {
                    name: getattr(getattr(solved.get(clause.id), name, None), "threshold", None)
                    for name in ("act", "review")
                },
            }
            for clause in server.pack.clauses.values()
        ],
    }


@router.get("/models", summary="The models that decide here")
async def models(request: Request) -> dict[str, list[dict[str, str]]]:
    """Each model file with its SHA-256."""
    server: Server = request.app.state.server
    await server.access.client(request, Scope.READ)
    found = server.service.generation.quick.models
    return {"models": [{"name": name, "sha256": sha} for name, sha in sorted(found.items())]}


def _summary(pack: Pack) -> dict[str, Any]:
    manifest = pack.manifest
    return {
        "id": manifest.id,
        "version": manifest.version,
        "label": pack.label,
        "sha256": pack.sha256,
        "languages": list(manifest.languages),
        "clauses": len(pack.clauses),
    }


def _clause(clause: Clause) -> dict[str, Any]:
    return {
        "id": clause.id,
        "title": dict(clause.title),
        "citation": clause.citation,
        "action": clause.action,
        "markets": list(clause.markets),
    }
