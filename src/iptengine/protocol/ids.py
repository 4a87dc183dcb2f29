"""What may name a protocol, a course or an export, so that the name is safe as part of a file name anywhere."""

from __future__ import annotations

import re

from iptengine.protocol.fields import ID_PATTERN, RESERVED

LONGEST_ID = 60
_ID = re.compile(ID_PATTERN).fullmatch


def is_id(text: object) -> bool:
    """Whether `text` is an id: small letters and digits, in parts joined by ``-`` or ``_``.

    Example:
        >>> is_id("ipt-16"), is_id("ipt_a"), is_id("a"), is_id("../a"), is_id("con")
        (True, True, True, False, False)
    """
    return isinstance(text, str) and len(text) <= LONGEST_ID and text not in RESERVED and bool(_ID(text))


def why_not_id(text: object) -> str:
    """Why `text` is no id, in a sentence that does not repeat it; ``""`` when it is one.

    Example:
        >>> why_not_id("con")
        'this is a name some systems keep for themselves; choose another'
    """
    if is_id(text):
        return ""
    if not isinstance(text, str) or not text:
        return "a name is missing here"
    if len(text) > LONGEST_ID:
        return f"a name has at most {LONGEST_ID} characters; this one has {len(text)}"
    if text.lower() in RESERVED:
        return "this is a name some systems keep for themselves; choose another"
    return "a name begins with a small letter and holds small letters and digits, joined by - or _, such as ipt-adult"
