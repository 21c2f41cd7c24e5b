"""`/docs`: the API reference for people."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from shelfguard.serve.reference.page import content_security_policy, reference

router = APIRouter()


@router.get("/docs", include_in_schema=False)
async def docs(request: Request) -> HTMLResponse:
    """The page, made once; it needs nothing from anywhere else."""
    state = request.app.state
    if not hasattr(state, "reference"):
        state.reference = reference(request.app.openapi())
    policy = {"content-security-policy": content_security_policy()}
    return HTMLResponse(state.reference, headers=policy)
