"""Does works in lines until its input ends, and notes when: `python -m tests.engine.liner URL NAME FILE`."""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from bot.engine.workflows import Engine, Json, Queue, Run

SOON = timedelta(milliseconds=50)


async def main(url: str, name: str, file: Path) -> None:
    """Note the beginning and the end of each piece of work in the file."""

    def note(words: str) -> None:
        with file.open("a") as notes:
            notes.write(f"{words}\n")

    async def job(run: Run, payload: Json) -> Json:
        async def step() -> Json:
            note(f"begin {payload['line']} {payload['number']}")
            await asyncio.sleep(0.05)
            note(f"end {payload['line']} {payload['number']}")
            return {"by": name}

        return await run.step("step", step)

    engine = Engine(url, name, poll=SOON)
    engine.register("job", job)
    await engine.launch(Queue)
    note(f"ready {name}")
    await asyncio.to_thread(sys.stdin.read)
    await engine.close(timedelta())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
