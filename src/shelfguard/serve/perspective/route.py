"""`POST /v1alpha1/comments:analyze`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request

from shelfguard.serve.perspective.errors import GoogleRoute
from shelfguard.serve.perspective.messages import (
    AnalyzeRequest,
    AnalyzeResponse,
    Refusal,
)
from shelfguard.serve.perspective.scores import Analysis, check, languages_of, response_of

Analyze = Callable[[Request, str, list[str]], Awaitable[Analysis]]
"""Judges a text in these languages. It keeps nothing, so that `doNotStore` always holds."""


def router(analyze: Analyze) -> APIRouter:
    """The route, on top of what judges texts.

    Source: the Perspective API's method `comments.analyze`, v1alpha1.
    """
    routes = APIRouter(route_class=GoogleRoute, tags=["perspective"])

    @routes.post(
        "/v1alpha1/comments:analyze",
        summary="Score a comment",
        response_model_exclude_none=True,
        responses={
            "default": {"model": Refusal, "description": "An error, as Google's APIs have it"}
        },
    )
    async def analyze_comment(request: Request, asked: AnalyzeRequest) -> AnalyzeResponse:
        """Score a comment under the clauses of the pack.

        Attributes are clause ids (`CA-WPN-003` or `CA_WPN_003`), or those of Google's that a house
        rule fits: TOXICITY, INSULT, PROFANITY, THREAT, IDENTITY_ATTACK, SEXUALLY_EXPLICIT, SPAM.
        With `spanAnnotations`, spans are those of the evidence, under the score of the whole.
        """
        check(asked)
        languages = languages_of(asked)
        analysis = await analyze(request, asked.comment.text, languages)
        return response_of(asked, languages, analysis)

    return routes
