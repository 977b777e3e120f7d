"""Does a server keep what it promises about writes? Asked only with leave, and put back behind."""

from find_webhook_kit.contracts.writes.run import Consent, judge_writes

__all__ = ["Consent", "judge_writes"]
