"""Whatever comes in, what goes out is an answer of ours; `make fuzz` asks a thousand times more."""

import fuzz_bytes
import fuzz_scopes
import pytest

from find_webhook_kit.mock_server.http.server import serving

SEED = 2024


def test_no_scope_makes_the_mock_fail() -> None:
    """Every status is below 500, every error is the error object, and nothing stays behind."""
    fuzz_scopes.fuzz(150, SEED)


def test_no_bytes_make_the_mock_fail() -> None:
    """So it is behind a socket, where each connection also ends, however its bytes arrive."""
    with serving() as mock:
        fuzz_bytes.fuzz(int(mock.url.rpartition(":")[2]), 150, SEED)


def test_fuzz_names_the_input_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sees a failure can send it again."""
    monkeypatch.setattr(fuzz_bytes.Fuzzed, "__init__", lambda *_: None)
    monkeypatch.setattr(fuzz_bytes.Fuzzed, "check", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError) as caught:
        fuzz_bytes.fuzz(0, 1, SEED)

    assert [f"input 0 of seed {SEED}: {fuzz_bytes.bent(SEED, 0)!r}"] == caught.value.__notes__
