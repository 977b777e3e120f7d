"""Makes true of made-up data what a schema cannot ask for: whose it is, which one, and when."""

from __future__ import annotations

from collections.abc import Callable

from find_webhook_kit.mock_server.answers.endpoint import Endpoint, Item, Parameters
from find_webhook_kit.spec.date_time import moment


def meaningful(item: Item, index: int, endpoint: Endpoint, asked: Parameters) -> Item:
    """Make true what the schema cannot ask for: the owner, one id each, no update before birth."""
    identity = endpoint.rules.identity
    if endpoint.lists and identity in item:
        item = {**item, identity: f"{item[identity]}#{index}"}
    for path, parameter in endpoint.equal:
        if parameter in asked:
            item = _changed(item, path[:-1], _set(path[-1], asked[parameter]))
    for path, first, then in endpoint.ordered:
        item = _changed(item, path, _in_time(first, then))
    return item


def _set(name: str, value: str) -> Callable[[Item], Item]:
    return lambda holder: {**holder, name: value} if name in holder else holder


def _in_time(first: str, then: str) -> Callable[[Item], Item]:
    """Swap two times where they run back."""

    def swapped(holder: Item) -> Item:
        early, late = moment(holder.get(first)), moment(holder.get(then))
        if early and late and late < early:
            return {**holder, first: holder[then], then: holder[first]}
        return holder

    return swapped


def _changed(item: Item, path: tuple[str, ...], change: Callable[[Item], Item]) -> Item:
    """Change the object at the end of a way into an item, where there is one."""
    if not path:
        return change(item)
    inner = item.get(path[0])
    if not isinstance(inner, dict):
        return item
    return {**item, path[0]: _changed(inner, path[1:], change)}
