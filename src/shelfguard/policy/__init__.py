"""Policy packs: clauses, lexicons and unit cases, validated like source code."""
