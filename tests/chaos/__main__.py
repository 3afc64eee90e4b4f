"""The long chaos runs: on SQLite and on PostgreSQL, and without the outbox. `python -m tests.chaos --help`.

With `--answers` it is not digests that the processes deliver, but answers that they give.
"""

import argparse
import asyncio
import sys
from dataclasses import replace

from tests.chaos.answers import AskedPlan, AskedResult
from tests.chaos.answers import chaos as chaos_of_answers
from tests.chaos.chats import CHATS
from tests.chaos.harness import Plan, Result, chaos
from tests.store.postgresql import running_server

PROCESSES = 3


def _plan(kills: int, processes: int = 1, *, naive: bool = False, restarts: int = 0, chat: str = "plain") -> Plan:
    # About as much is due while the processes are killed as they can do.
    subscriptions = kills + 8
    return Plan(
        kills,
        processes,
        subscriptions=subscriptions,
        seconds=kills * 8 + 120,
        naive=naive,
        restarts=restarts,
        chat=chat,
    )


def _tell(name: str, result: Result) -> None:
    takeovers = sorted(result.takeovers)
    print(f"{name}: {result.kills} kills and {result.restarts} restarts of the database in {result.seconds:.0f} s")
    print(f"  posts doubled {result.doubled}, missing {result.missing}, out of order {result.out_of_order}")
    print(f"  builds {result.builds}, doubled {result.builds_doubled}, upgraded {result.upgraded}")
    print(f"  steps {result.steps}, interrupted {result.steps_interrupted}, ", end="")
    print(f"finished ones repeated {result.finished_steps_repeated}; runs missed {result.runs_missed}")
    if takeovers:
        middle = takeovers[len(takeovers) // 2]
        print(f"  interrupted work went on after {middle:.1f} s (median), {takeovers[-1]:.1f} s at most")
    for line in result.evidence:
        print(f"  {line}")


async def main(kills: int, chat: str) -> int:
    """Do all of them, and return 1 if anything went wrong, or nothing did without the outbox."""
    sqlite = await chaos(_plan(kills, chat=chat))
    _tell(f"SQLite, one process, {chat} chat", sqlite)
    with running_server() as server:
        server.execute("CREATE DATABASE chaos")
        plan = _plan(kills, PROCESSES, restarts=max(1, kills // 25), chat=chat)
        postgresql = await chaos(plan, server.url("chaos"), server.restart)
    _tell(f"PostgreSQL, {PROCESSES} processes, {chat} chat", postgresql)
    # Discord itself would keep some of the doubled posts back.
    naive = await chaos(_plan(max(3, kills // 10), naive=True))
    _tell("SQLite, without the outbox, plain chat", naive)
    return int(bool(sqlite.wrong or postgresql.wrong or not naive.doubled))


def _tell_answers(name: str, result: AskedResult) -> None:
    print(f"{name}: {result.kills} kills in {result.seconds:.0f} s")
    print(f"  {result.answered} questions answered, {result.again} of them begun anew by the model", end="")
    print(f"; missing {result.missing}, broken {result.broken}, left over {result.left}, miskept {result.miskept}")
    for line in result.evidence:
        print(f"  {line[:200]!r}")


async def main_of_answers(kills: int, chat: str) -> int:
    """Answer while processes are killed, on both databases, and return 1 if anything went wrong."""
    plan = AskedPlan(kills, questions=kills * 2, threads=max(2, kills // 10), chat=chat, seconds=kills * 15 + 120)
    sqlite = await chaos_of_answers(plan)
    _tell_answers(f"SQLite, one process, {chat} chat", sqlite)
    with running_server() as server:
        server.execute("CREATE DATABASE chaos")
        postgresql = await chaos_of_answers(replace(plan, processes=PROCESSES), server.url("chaos"))
    _tell_answers(f"PostgreSQL, {PROCESSES} processes, {chat} chat", postgresql)
    return int(bool(sqlite.wrong or postgresql.wrong))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__.splitlines()[0])
    parser.add_argument("kills", type=int, nargs="?", default=100, help="how often a process is killed")
    parser.add_argument("--chat", choices=CHATS, default="plain", help="a chat of the harness's own, or a fake")
    parser.add_argument("--answers", action="store_true", help="kill processes that answer questions")
    arguments = parser.parse_args()
    run = main_of_answers if arguments.answers else main
    sys.exit(asyncio.run(run(arguments.kills, arguments.chat)))
