"""What a fake provider is told to say, and in what way it is told to fail."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Call:
    """A call of a tool by the model."""

    name: str
    arguments: dict
    identifier: str = ""


@dataclass
class Scene:
    """One answer. All that is about events counts from 0; all that is about bytes counts the body's bytes."""

    # What the model says.
    text: str = "Two lanterns burn in the harbour."
    reasoning: str = ""
    calls: list[Call] = field(default_factory=list)
    # stop, length, filter: each provider has its own word.
    end: str = "stop"
    input_tokens: int = 17
    cached_tokens: int = 0
    written_tokens: int = 0
    # "whole", "missing", or "cumulative": a running total in each event that can hold one.
    usage: str = "whole"
    # OpenAI's form: the fragments of parallel calls in turn, not one call after the other.
    interleaved: bool = False

    # An answer that is none.
    status: int = 200
    kind: str | None = None
    retry_after: str | None = None
    # The words of the error.
    message: str = ""
    # Instead of the whole body: garbage, a page of HTML, nothing.
    body: bytes | None = None
    content_type: str | None = None

    # Time, in seconds: before the head, between the head and the first event, before each later event.
    before_head: float = 0.0
    before_first: float = 0.0
    between: float = 0.0

    # How the bytes travel: `split` bytes in each write and each chunk; the connection gone after `cut` bytes.
    split: int | None = None
    cut: int | None = None
    # A cut resets the connection; otherwise it is closed as if nothing were wrong.
    reset: bool = False
    line_end: bytes = b"\n"
    # A comment, as servers send to keep a connection open, before each event.
    comments: bool = False

    # Streams that go wrong.
    error_after: int | None = None
    garbage_after: int | None = None
    # Says nothing more, but stays connected.
    silent_after: int | None = None
    # The end without its mark: no [DONE], no message_stop, no done.
    unfinished: bool = False

    @property
    def pieces(self) -> list[str]:
        """The text as a model makes it, a word at a time."""
        words = self.text.split(" ")
        return [word if index == 0 else " " + word for index, word in enumerate(words)] if self.text else []

    @property
    def output_tokens(self) -> int:
        """Tokens of everything that is said, reasoning as well."""
        return len(self.pieces) + self.reasoning_tokens + 5 * len(self.calls)

    @property
    def reasoning_tokens(self) -> int:
        return len(self.reasoning.split())


@dataclass
class Ask:
    """A request, as far as an answer depends on it."""

    operation: str
    model: str
    streamed: bool = False
    includes_usage: bool = False
    body: dict = field(default_factory=dict)


def call_identifier(call: Call, index: int, form: str) -> str:
    return call.identifier or form.format(index=index)


def halves(text: str) -> list[str]:
    """The text in two pieces, so that whoever reads only the first or the last notices."""
    return [text[: len(text) // 2], text[len(text) // 2 :]]


def vector(text: str, size: int = 8) -> list[float]:
    """The embedding of a text: deterministic, different for different texts, exact in 32 bits."""
    return [((sum(text.encode()) * (place + 3) + place) % 256 - 128) / 128 for place in range(size)]
