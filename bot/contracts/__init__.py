"""What every Chat, Source, Archive, LanguageModel and language must do, as tests: written once, run for each of them.

An adapter's own test class inherits a contract, and says how its other side is made and read; docs/extend.md shows one
of each. They need pytest and pytest-asyncio in its mode "auto": the extra `digestbot[contracts]`. The program itself
never loads them.
"""

import pytest

pytest.register_assert_rewrite(
    *(f"{__name__}.{module}" for module in ("archive", "chat", "language", "model", "source"))
)
