import base64
from datetime import UTC, datetime

import pytest

from bot.domain.touchpoints import Kind
from bot.domain.webhooks import Call, headers, read_secret

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105  from the standard's own page
OPENSSL = "v1,KKK1SikcGu/XNPE1+mzvalJOZEOD1n7py0wniAFp+vU="
"""What `openssl dgst -sha256 -mac HMAC` makes of msg_7.1614265330.<body> with that key."""


def test_a_call_is_signed_as_the_standard_says() -> None:
    call = Call(
        outbox_id=7,
        owner="o",
        attempt=1,
        kind=Kind.WEBHOOK,
        chat_id=None,
        customer_id=None,
        run_id=None,
        possible_duplicate=False,
        body=b'{"test": 2432232314}',
        called_at=datetime.fromtimestamp(1614265330, UTC),
    )
    signed = headers(call, read_secret(SECRET))
    assert signed["webhook-id"] == "msg_7"
    assert signed["webhook-timestamp"] == "1614265330"
    assert signed["webhook-signature"] == OPENSSL


@pytest.mark.parametrize(
    "text",
    [
        "",
        SECRET.removeprefix("whsec_"),
        "whsec_not base64",
        "whsec_" + base64.b64encode(b"x" * 23).decode(),
        "whsec_" + base64.b64encode(b"x" * 65).decode(),
    ],
)
def test_what_is_no_secret_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"prefix|base64|short"):
        read_secret(text)
