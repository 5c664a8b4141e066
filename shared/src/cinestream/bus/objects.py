"""Objects in a bucket in the format of NATS object stores (ADR-20), which `nats object get` reads too.

They are written by plain publishes and read by direct gets. nats-py's object store needs the right to create
consumers, which no service has.
"""

import base64
import hashlib
import secrets
from typing import Any

import orjson

from cinestream.bus.jetstream import Bus
from cinestream.contracts import Envelope, Invalid
from cinestream_flow.message import Message

_CHUNK = 128 << 10
_BATCH = 16


async def put(bus: Bus, bucket: str, name: str, body: bytes) -> None:
    """Store an object, or replace the object of the same name.

    The chunks of the replaced object stay until the limits of the bucket remove them.

    Raises:
        Transient: The bus does not answer, or the user has no permission to write.
    """
    nuid = secrets.token_hex(11)
    chunks = [body[at : at + _CHUNK] for at in range(0, len(body), _CHUNK)]
    for chunk in chunks:
        await bus.publish(_chunks(bucket, nuid), Envelope({}, chunk))
    facts = {
        "name": name,
        "bucket": bucket,
        "nuid": nuid,
        "size": len(body),
        "chunks": len(chunks),
        "digest": _digest(body),
        "options": {"max_chunk_size": _CHUNK},
    }
    await bus.publish(_facts(bucket, name), Envelope({"Nats-Rollup": "sub"}, orjson.dumps(facts)))


async def get(bus: Bus, bucket: str, name: str) -> bytes | None:
    """Return an object, or None if it does not exist or some of its chunks were removed.

    Raises:
        Invalid: The object is damaged.
        Transient: The bus does not answer.
    """
    last = await bus.last_message(f"OBJ_{bucket}", _facts(bucket, name))
    if last is None:
        return None
    facts: dict[str, Any] = orjson.loads(last.body)
    chunks: list[bytes] = []
    after = 0
    subject = _chunks(bucket, facts["nuid"])
    while found := await bus.read(f"OBJ_{bucket}", start=after + 1, limit=_BATCH, subject=subject):
        chunks += [stored.body for stored in found]
        after = found[-1].sequence
    body = b"".join(chunks)
    if len(chunks) < facts["chunks"]:
        return None
    if _digest(body) != facts["digest"]:
        raise Invalid(Message("the object {name} of {bucket} is damaged", name=name, bucket=bucket))
    return body


def _chunks(bucket: str, nuid: str) -> str:
    return f"$O.{bucket}.C.{nuid}"


def _facts(bucket: str, name: str) -> str:
    return f"$O.{bucket}.M.{base64.urlsafe_b64encode(name.encode()).decode()}"


def _digest(body: bytes) -> str:
    return "SHA-256=" + base64.urlsafe_b64encode(hashlib.sha256(body).digest()).decode()
