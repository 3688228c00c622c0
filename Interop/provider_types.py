"""The official SDKs' own types as judges: of the requests a fake provider is sent, and of the answers it makes.

The SDKs are lenient by design. Here every member must be one that the type names, every list is read to its end, and
nothing is converted.
"""

import json
from functools import cache
from typing import Any

from pydantic import ConfigDict, TypeAdapter
from pydantic_core import SchemaValidator, ValidationError

CONFIG = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


def compact(value) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


class Judge:
    """What one SDK type allows, and nothing beside it but what `beside` names: {type's name: {member's name}}.

    `by_name`: a member may also have the name that it has in Python, as JSON of Protocol Buffers may.
    """

    def __init__(self, judged: Any, beside: dict[str, set[str]] | None = None, by_name: bool = False):
        # A list of one: a setting for what is inside can only be given to something around it.
        adapter = TypeAdapter(list[judged], config=CONFIG)
        self.beside, self.by_name = beside or {}, by_name
        self.validator = SchemaValidator(self._tighten(adapter.core_schema, ""), _use_prebuilt=False)

    def _tighten(self, node, owner: str):
        if isinstance(node, list):
            return [self._tighten(each, owner) for each in node]
        if isinstance(node, tuple):
            return tuple(self._tighten(each, owner) for each in node)
        if not isinstance(node, dict):
            return node
        kind = node.get("type")
        if kind in ("model", "typed-dict"):
            owner = getattr(node.get("cls"), "__name__", node.get("cls_name", owner))
        node = {name: value if name == "metadata" else self._tighten(value, owner) for name, value in node.items()}
        if kind == "generator":
            # An Iterable is otherwise looked at when somebody iterates, which is never.
            node["type"] = "list"
        elif kind in ("typed-dict", "model-fields"):
            node["extra_behavior"] = "forbid"
            node.pop("extras_schema", None)
            field = "typed-dict-field" if kind == "typed-dict" else "model-field"
            for name in self.beside.get(owner, ()):
                anything = {"type": "default", "schema": {"type": "any"}, "default": None}
                node["fields"][name] = {"type": field, "schema": anything}
        return node

    def complaints(self, body: bytes) -> list[str]:
        try:
            self.validator.validate_json(b"[" + body + b"]", strict=True, by_alias=True, by_name=self.by_name)
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=False)
            # In a union every alternative complains; of those with a tag only the one that was meant is of interest.
            others = [each["loc"][:-1] for each in found if each["loc"][-1] in ("type", "role") and each["type"] == "literal_error"]
            meant = [each for each in found if not any(each["loc"][:len(other)] == other for other in others)] or found
            meant.sort(key=lambda each: -len(each["loc"]))
            return [f"{self._place(each['loc'])}: {each['msg']}" for each in meant[:6]]
        return []


    @staticmethod
    def _place(location: tuple) -> str:
        return ".".join(str(each) for each in location[1:] if len(str(each)) <= 48)


@cache
def judge(judged: Any, by_name: bool = False) -> Judge:
    return Judge(judged, by_name=by_name)


def written(judged: Any, value: dict) -> bytes:
    """JSON of an answer, once its type has found nothing to complain of."""
    text = compact(value)
    complaints = (judged if isinstance(judged, Judge) else judge(judged)).complaints(text)
    if complaints:
        raise AssertionError(f"this fake would answer what no {judged} is: {complaints} in {text[:400]!r}")
    return text


def read(body: bytes) -> dict:
    """A JSON object without repeated members.

    - Throws ValueError: anything else.
    """

    def once(pairs):
        names = [name for name, _ in pairs]
        if len(set(names)) != len(names):
            raise ValueError(f"a member is given twice: {names}")
        return dict(pairs)

    value = json.loads(body, object_pairs_hook=once)
    if not isinstance(value, dict):
        raise ValueError("the body is no JSON object")
    return value
