"""Where the consent of people and their requests are published, for controls to follow."""

from __future__ import annotations

REGISTRAR = "consent"
"""Kind of the clients that publish them, beside the kinds of devices."""

CONSENT, REQUEST = "consent", "request"
"""What a message is about; a level of its topic."""


def consent_topic(event: str, neighbourhood: str, subject: str) -> str:
    """Return the topic on which the consent or the requests of one subject are published, retained.

    Args:
        event: `CONSENT` or `REQUEST`.
        neighbourhood: where the subject lives.
        subject: the reference of the person; ``+`` for all.
    """
    return f"fleet/{neighbourhood}/{event}/{subject}"
