"""Prints a log that `puhui log export FILE` wrote, a line a commit: python3 read_log.py FILE [FILE.desc]

Needs `protobuf` from PyPI and nothing else. What is read here is described in stored-form.md. A fact of a newer version than
FILE.desc knows, a position that was set aside and whatever else is no commit are skipped, and it says so (standard error).
"""

import hashlib
import json
import struct
import sys

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.protobuf.message import DecodeError
from google.protobuf.unknown_fields import UnknownFieldSet

FORM = 1  # the first byte of a stored commit
RECORD = struct.Struct(">QI")  # position, and length of what is stored there


def message_class(descriptors, name):
    """The class of a message, made from a file of descriptors."""
    with open(descriptors, "rb") as file:
        files = descriptor_pb2.FileDescriptorSet.FromString(file.read())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))


def records(path):
    """What is stored at each position."""
    with open(path, "rb") as file:
        while head := file.read(RECORD.size):
            if len(head) < RECORD.size:
                sys.exit(f"{path} ends within a record")
            position, length = RECORD.unpack(head)
            stored = file.read(length)
            if len(stored) < length:
                sys.exit(f"{path} ends within position {position}")
            yield position, stored


def skipped(position, why):
    print(f"position {position}: {why}, skipped", file=sys.stderr)


def main(path, descriptors):
    commit_class = message_class(descriptors, "puhui.audit.v1.Commit")
    for position, stored in records(path):
        if stored[:1] != bytes([FORM]):
            digest = hashlib.sha256(stored).hexdigest()
            skipped(position, f"no commit of form {FORM}: {len(stored)} bytes, sha256 {digest}")
            continue
        try:
            commit = commit_class.FromString(stored[1:])
        except DecodeError as error:
            skipped(position, f"no commit: {error}")
            continue
        for event in [event for event in commit.events if not event.WhichOneof("fact")]:
            numbers = ", ".join(str(field.field_number) for field in UnknownFieldSet(event))
            skipped(position, f"fact {numbers} of a newer version")
            commit.events.remove(event)
        if position == 1 and [event.WhichOneof("fact") for event in commit.events] != ["log_opened"]:
            print("position 1: the log does not begin with LogOpened", file=sys.stderr)
        commit.position = position
        told = json_format.MessageToDict(commit, preserving_proto_field_name=True)
        print(json.dumps(told, ensure_ascii=False))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2] if len(sys.argv) == 3 else sys.argv[1] + ".desc")
