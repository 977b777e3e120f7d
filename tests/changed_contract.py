"""Copies our contract with a change: another operation, another document beside the same rules."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from yaml_text import dump, read

from find_webhook_kit.spec import PATH, Contract, DocumentError, load
from find_webhook_kit.spec.document import parsed
from find_webhook_kit.spec.fit import misfits
from find_webhook_kit.spec.meaning import RULES
from find_webhook_kit.spec.rules_file import RulesReader

LIST = "/api/v2/instance/{instanceId}/webhook"
ONE = f"{LIST}/{{webhookId}}"


ASKED = {
    "id": "asked",
    "promise": "The webhook is the one that was asked for.",
    "breach": "webhookId is not the one that was asked for",
    "source": "vendor page 2.1.2: webhookId, ID of the Webhook",
    "severity": "error",
    "equals": {"member": "webhookId", "parameter": "webhookId"},
    "operations": ["findOneWebhook"],
}


def written(folder: Path, change: Callable[[Any, Any], None]) -> Contract:
    """Load a copy of our document and rules, with a change; what no longer fits is left out."""
    document = read(PATH.with_name("released.yaml").read_text(encoding="utf-8"))
    rules = read(RULES.read_text(encoding="utf-8"))
    del rules["judged"], rules["resource"], rules["sources"]["createWebhook"]
    del rules["sources"]["findOneWebhook"], rules["sources"]["updateWebhook"]
    change(document, rules)
    path = folder / "openapi.yaml"
    path.write_text(dump(document, sort_keys=False), encoding="utf-8")
    contract = load(path)
    (folder / "rules.yaml").write_text(fitting(contract, rules), encoding="utf-8")
    return contract  # which reads them when they are asked for


def fitting(contract: Contract, rules: Any) -> str:
    """Write rules without those that fit nothing in a document."""
    while True:
        text = dump(rules, sort_keys=False)
        try:
            found = RulesReader(parsed(Path("rules.yaml"), text.encode())).rules()
        except DocumentError:
            return text
        places = [place for place, *_ in misfits(found, contract)]
        if not places:
            return text
        for place in places:
            section, _, rest = place.partition(": ")
            name = rest.partition(":")[0]
            if section == "rules":
                rules["rules"] = [each for each in rules["rules"] if each["id"] != name]
            elif name:
                rules[section].pop(name, None)
            else:
                rules.pop(section, None)


def one_webhook(document: Any, rules: Any) -> None:
    """Add Find One Webhook."""
    operation = json.loads(json.dumps(document["paths"][LIST]["get"]))
    operation["operationId"] = "findOneWebhook"
    operation["parameters"].append(
        {"name": "webhookId", "in": "path", "required": True, "schema": {"type": "string"}}
    )
    operation["responses"]["200"]["content"]["application/json"] = {
        "schema": {"$ref": "#/components/schemas/Webhook"}
    }
    document["paths"][ONE] = {"get": operation}
    rules["rules"].append(ASKED)
