"""The engine: the one place where a decision is made, cheapest stage first."""

from shelfguard.engine.engine import Engine, solved_thresholds
from shelfguard.engine.judging import UNFAMILIAR

__all__ = ["UNFAMILIAR", "Engine", "solved_thresholds"]
