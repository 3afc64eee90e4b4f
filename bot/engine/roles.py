"""What a process of `digestbot run` does."""

from enum import StrEnum


class Role(StrEnum):
    """Talk to people, do the work, or both."""

    CHAT = "chat"
    WORKER = "worker"
    ALL = "all"

    @property
    def talks(self) -> bool:
        """Whether it listens to people."""
        return self is not Role.WORKER

    @property
    def works(self) -> bool:
        """Whether it does what is submitted."""
        return self is not Role.CHAT
