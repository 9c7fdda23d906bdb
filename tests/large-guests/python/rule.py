"""A rule for the tests of large guests: the same as rule.js beside it. It asks
the host for the applicant's standing, and says in its explanation what its
runtime has for time and chance, so that two runs can be compared; no rule of a
department would. The attribute `behaviour` makes it do what a host has to stop.
"""

# Looks up names. What is not imported when the component is built cannot be
# imported any more: there is no file to read it from.
import encodings.idna  # noqa: F401
import os
import random
import socket
import sys
import time

from componentize_py_types import Err
from wit_world import exports
from wit_world.imports import credit, log, types


def give_up() -> None:
    raise RuntimeError("the rule gave up")


def fail() -> None:
    raise Err(types.Failure(code="no-verdict", message="the rule chose to fail"))


def loop_forever() -> None:
    while True:
        pass


def eat_memory() -> None:
    eaten = []
    while True:
        eaten.append(bytearray(1 << 20))


def recurse_forever(depth: int = 0) -> int:
    sys.setrecursionlimit(1_000_000)
    return recurse_forever(depth + 1) + 1


def talk() -> None:
    print("one line on standard output")
    print("and one on standard error", file=sys.stderr)


def talk_forever() -> None:
    while True:
        print("the same line over and over again")


def reach_out() -> None:
    attempts = {
        "file": lambda: open("/etc/hostname"),
        "folder": lambda: os.listdir("/"),
        "socket": socket.socket,
        "name": lambda: socket.getaddrinfo("localhost", 80),
    }
    for name, attempt in attempts.items():
        try:
            attempt()
            print(f"{name}: reached")
        except OSError:
            print(f"{name}: refused")
    print(f"environment: {sorted(os.environ)}")


BEHAVIOURS = {
    "break": give_up,
    "fail": fail,
    "loop-forever": loop_forever,
    "eat-memory": eat_memory,
    "recurse-forever": recurse_forever,
    "talk": talk,
    "talk-forever": talk_forever,
    "reach-out": reach_out,
}


class Intake(exports.Intake):
    def on_intake(self, application: types.Application) -> types.Verdict:
        for name, value in application.attributes:
            if name == "behaviour":
                BEHAVIOURS[value]()
        ambient = f"now={time.time()} random={random.random()}"
        log.write(log.Level.INFO, f"intake of {application.item}")
        standing = credit.standing_of(application.parties[0].id, None)
        clean = not standing.spoiled_by
        return types.Verdict(
            outcome=types.Outcome.PROCEED if clean else types.Outcome.MANUAL_REVIEW,
            dispositions=[],
            grounds=[],
            advice=[],
            commitment=None,
            explanation=ambient,
        )
