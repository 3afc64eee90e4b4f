"""What is said in place of a digest: that it is being made, or why it is not. Pure."""

from bot.model import Period, Since
from bot.ports import BuildProgress, Stage
from bot.present.blocks import Block, Bold, Context, Message, Paragraph, Text
from bot.present.labels import Labels
from bot.present.prose import prose

_STAGES = {
    Stage.FETCH: "stage-fetch",
    Stage.COLLECT: "stage-collect",
    Stage.RANK: "stage-rank",
    Stage.ANALYSE: "stage-analyse",
}


def title(repository: str, period: Period, labels: Labels) -> str:
    """Return the repository and the period, as the title of its digest will be."""
    said = labels.text("since", ref=period.ref) if isinstance(period, Since) else labels.period(period)
    return labels.text("title", repository=repository, period=said)


def waiting(title: str, progress: BuildProgress | None, labels: Labels) -> Message:
    """Return the root of a digest that is being made, with how far it is if that is known."""
    if progress is None:
        said = labels.text("stage-waiting")
    elif progress.stage is Stage.ANALYSE and progress.total is not None:
        said = labels.text("stage-counted", done=progress.done, total=progress.total)
    else:
        said = labels.text(_STAGES[progress.stage])
    return _notice(title, said, labels)


def traced(sentence: str, id: str, labels: Labels) -> str:
    """Return what is said of an error with the id by which whoever runs the bot finds it in the log, if it has one."""
    return labels.text("notice-traced", sentence=sentence, id=id) if id else sentence


def failed(title: str, reason: str, labels: Labels, id: str = "") -> Message:
    """Return the root of a digest that cannot be made, with the reason, and the id of the request."""
    return _notice(title, labels.text("notice-failed"), labels, prose_of=traced(reason, id, labels))


def cancelled(title: str, labels: Labels) -> Message:
    """Return the root of a digest that somebody did not want any more, and what to do if they do."""
    return _notice(title, labels.text("notice-cancelled"), labels)


def trouble(repositories: tuple[str, ...], reason: str, labels: Labels, id: str = "") -> Message:
    """Return what a place is told, once, when its subscription cannot be fulfilled, with the id of the run."""
    names = labels.text("list-separator").join(repositories)
    return _notice(names, labels.text("notice-trouble"), labels, prose_of=traced(reason, id, labels))


def _notice(title: str, said: str, labels: Labels, *, prose_of: str = "") -> Message:
    blocks: list[Block] = [Paragraph((Bold(title), Text(labels.text("dot")), Text(said)))]
    if prose_of:
        blocks.append(Context(prose(prose_of)))
    return Message("root", labels.text("notification", title=title, text=said), tuple(blocks))
