"""`python -m tests.bench` (or `make bench`): every benchmark that needs nothing but this checkout."""

from tests.bench import analysis, completeness, engine, prompts, recall, speed, transfer


def main() -> int:
    """Run them all, and return 1 if any found something."""
    codes = [
        completeness.main([]),
        speed.main([]),
        transfer.main([]),
        prompts.main([]),
        analysis.main([]),
        recall.main([]),
        engine.main([]),
    ]
    return int(any(codes))


if __name__ == "__main__":
    raise SystemExit(main())
