"""What the buttons, menus and displays of a message may be."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.fakes.discord_answers import bad_length, required
from tests.fakes.discord_world import JSON, Value

if TYPE_CHECKING:
    from tests.fakes.discord_forms import Form

ROW, BUTTON, SELECT = 1, 2, 3
SECTION, TEXT_DISPLAY, CONTAINER = 9, 10, 17
_SELECTS = (3, 5, 6, 7, 8)
_V2 = (9, 10, 12, 13, 14, 17)
_LINK = 5
ROWS = 5
BUTTONS = 5
TOGETHER = 40
TEXT_TOGETHER = 4000
OPTIONS = 25
LABEL = 80


def check_components(form: "Form", path: str, given: Value, *, v2: bool) -> list[JSON]:
    """Return the components of a message, numbered as Discord numbers them; errors go to the form."""
    tree: list[JSON] = form.items(path, given, TOGETHER if v2 else ROWS)
    known = _V2 if v2 else ()
    for place, component in enumerate(tree):
        form.choice(f"{path}.{place}.type", component.get("type"), (ROW, *known))
    if form.errors:
        return []
    every = list(_walk(path, tree))
    for where, component in every:
        _check(form, where, component)
    ids = [component["custom_id"] for _, component in every if component.get("custom_id")]
    if len(ids) != len(set(ids)):
        form.wrong(path, ("COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"))
    if v2 and len(every) > TOGETHER:
        form.wrong(path, ("COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", f"Must be {TOGETHER} or fewer in total."))
    texts = [component.get("content") or "" for _, component in every if component.get("type") == TEXT_DISPLAY]
    if sum(map(len, texts)) > TEXT_TOGETHER:
        problem = f"The total displayable text size is more than {TEXT_TOGETHER}"
        form.wrong(path, ("COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", problem))
    if form.errors:
        return []
    numbers = iter(range(1, len(every) + 1))
    return [_numbered(component, numbers) for component in tree]


def _walk(path: str, tree: list[JSON]) -> Iterator[tuple[str, JSON]]:
    for place, component in enumerate(tree):
        where = f"{path}.{place}"
        yield where, component
        yield from _walk(f"{where}.components", component.get("components") or [])
        if component.get("accessory"):
            yield f"{where}.accessory", component["accessory"]


def _numbered(component: JSON, numbers: Iterator[int]) -> JSON:
    shape = {key: value for key, value in component.items() if value is not None} | {"id": next(numbers)}
    if "components" in component:
        shape["components"] = [_numbered(child, numbers) for child in component["components"]]
    if component.get("accessory"):
        shape["accessory"] = _numbered(component["accessory"], numbers)
    if component["type"] == CONTAINER:
        shape = {"accent_color": None, "spoiler": False} | shape
    if component["type"] == SELECT:
        shape = {"min_values": 1, "max_values": 1} | shape
    return shape


def _check(form: "Form", path: str, component: JSON) -> None:
    kind = component.get("type")
    if kind == ROW:
        inside = component.get("components") or []
        menus = any(child.get("type") in _SELECTS for child in inside)
        if not 1 <= len(inside) <= (1 if menus else BUTTONS):
            form.wrong(f"{path}.components", bad_length(1, BUTTONS))
    elif kind == BUTTON:
        _check_button(form, path, component)
    elif kind in _SELECTS:
        form.text(f"{path}.custom_id", component.get("custom_id"), 100, 1)
        form.text(f"{path}.placeholder", component.get("placeholder"), 150)
        if kind == SELECT:
            _check_options(form, f"{path}.options", component.get("options"))
    elif kind == TEXT_DISPLAY:
        form.text(f"{path}.content", component.get("content"), TEXT_TOGETHER, 1)
    elif kind not in _V2:
        form.choice(f"{path}.type", kind, (ROW, BUTTON, *_SELECTS, *_V2))


def _check_button(form: "Form", path: str, button: JSON) -> None:
    form.choice(f"{path}.style", button.get("style"), (1, 2, 3, 4, 5))
    form.text(f"{path}.label", button.get("label"), LABEL)
    if not button.get("label") and not button.get("emoji"):
        form.wrong(path, ("BUTTON_COMPONENT_INVALID", "A button must have a label or an emoji"))
    if button.get("style") == _LINK:
        form.url(f"{path}.url", button.get("url"), ("http", "https", "discord"))
        form.text(f"{path}.url", button.get("url"), 512, 1)
        if button.get("custom_id"):
            form.wrong(path, ("BUTTON_COMPONENT_INVALID", "A custom id and url cannot both be specified"))
    else:
        form.text(f"{path}.custom_id", button.get("custom_id"), 100, 1)


def _check_options(form: "Form", path: str, options: Value) -> None:
    found = form.items(path, options, OPTIONS)
    if not found:
        form.wrong(path, required())
    for place, option in enumerate(found):
        form.text(f"{path}.{place}.label", option.get("label"), 100, 1)
        form.text(f"{path}.{place}.value", option.get("value"), 100, 1)
