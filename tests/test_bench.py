"""What `make bench` asks other mocks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from find_webhook_kit.spec import contract


def test_other_mocks_are_given_the_contract_with_bodies_as_examples(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However many paths the contract has, the operation that is measured has the examples."""
    monkeypatch.syspath_prepend(Path(__file__).with_name("bench"))
    from servers import with_examples  # noqa: PLC0415 - the folder is no package

    operation = contract().operations["findWebhook"]
    document = with_examples({"demo": [], "many": [{}]})
    media_type = document["paths"][operation.path]["get"]["responses"]["200"]["content"]

    assert ["demo", "many"] == list(media_type["application/json"]["examples"])
