"""Makes the golden data for the test of chat templates.

Renders every chat template in a directory for every conversation in conversations.json, as
`apply_chat_template` of Hugging Face transformers 5 does, and writes goldens/TEMPLATE.json:

    {"CONVERSATION": {"text": "..."}, "OTHER CONVERSATION": {"error": "..."}}

Run it with the templates of the pinned llama.cpp, after each change of the pin or of the conversations:

    python3 -m venv venv && venv/bin/pip install jinja2==3.1.6
    venv/bin/python goldens.py LLAMA_CPP/models/templates

What a template is given:

- bos_token is <s> and eos_token is </s>, for all of them. strftime_now formats 2025-06-15 12:34:56.
- messages, tools, documents and add_generation_prompt are always defined. tools and documents are None if there are
  none. The "kwargs" of a conversation are variables too.
- What llama.cpp always defines is defined here too, unless "kwargs" says otherwise: enable_thinking is true, date_string
  and datetime are the day of strftime_now.
- The role "developer" is "system" in all templates without "<|channel|>", as llama.cpp maps it. Most templates would
  drop the message, or fail.
- A key of a message whose value is null is dropped. reasoning_content is copied to "thinking".
- The arguments of a tool call are JSON text in conversations.json. A template gets them as an object.

If a template fails with that, it gets what makes it succeed, tried in this order, and the golden says so:

- "arguments": "text": the text of the arguments.
- "nulls": "kept" or "empty": a content that is null as it is, as older transformers passed it, or as an empty text.
- "tools": "undefined": no variable tools, if there are none.
- "lists": "mutable": a template that appends to lists, which transformers forbids.

A golden with "error" holds the first line of the message of the first failure. If it has no "type", the template itself
called raise_exception. If it has one, that is the Python exception that the template ran into.
"""

import datetime
import itertools
import json
import pathlib
import sys

import jinja2
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment, SandboxedEnvironment

HERE = pathlib.Path(__file__).parent
NOW = datetime.datetime(2025, 6, 15, 12, 34, 56)


class Generation(Extension):
    """{% generation %} marks what the model wrote. It renders as its body."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_body"), [], [], body).set_lineno(line)

    def _body(self, caller):
        return caller()


def raise_exception(message):
    raise jinja2.TemplateError(message)


def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def environment(kind):
    env = kind(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])
    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = NOW.strftime
    return env


def prepare(message, developer, arguments, nulls):
    """The message as a template gets it: arguments of tool calls as "object" or "text", nulls "dropped", "kept" or "empty"."""
    if message["role"] == "developer":
        message = {**message, "role": developer}
    if nulls == "dropped":
        message = {key: value for key, value in message.items() if value is not None}
    if nulls == "empty":
        message = {key: "" if value is None else value for key, value in message.items()}
    if "reasoning_content" in message:
        message = {**message, "thinking": message["reasoning_content"]}
    if "tool_calls" in message and arguments == "object":
        calls = []
        for call in message["tool_calls"]:
            function = call["function"]
            calls.append({**call, "function": {**function, "arguments": json.loads(function["arguments"])}})
        message = {**message, "tool_calls": calls}
    return message


def render(template, developer, conversation, arguments, nulls, tools):
    variables = {
        "enable_thinking": True,
        "date_string": NOW.strftime("%d %b %Y"),
        "datetime": NOW.strftime("%b %d %Y"),
        **conversation.get("kwargs", {}),
    }
    if "tools" in conversation or tools == "defined":
        variables["tools"] = conversation.get("tools")
    return template.render(
        messages=[prepare(message, developer, arguments, nulls) for message in conversation["messages"]],
        documents=None,
        add_generation_prompt=conversation["add_generation_prompt"],
        bos_token="<s>",
        eos_token="</s>",
        **variables,
    )


def error(exception):
    golden = {"error": (str(exception).splitlines() or [""])[0]}
    if type(exception) is not jinja2.TemplateError:
        golden["type"] = type(exception).__name__
    return golden


WAYS = {
    "lists": ("immutable", "mutable"),
    "tools": ("defined", "undefined"),
    "nulls": ("dropped", "kept", "empty"),
    "arguments": ("object", "text"),
}


def golden(templates, developer, conversation):
    failure = None
    for values in itertools.product(*WAYS.values()):
        way = dict(zip(WAYS, values))
        try:
            text = render(templates[way["lists"]], developer, conversation, way["arguments"], way["nulls"], way["tools"])
        except Exception as exception:
            failure = failure or error(exception)
            continue
        return {"text": text, **{name: value for name, value in way.items() if value != WAYS[name][0]}}
    return failure


def main(directory):
    conversations = json.loads((HERE / "conversations.json").read_text(encoding="utf-8"))
    output = HERE / "goldens"
    output.mkdir(exist_ok=True)
    for old in output.glob("*.json"):
        old.unlink()
    environments = {"immutable": environment(ImmutableSandboxedEnvironment), "mutable": environment(SandboxedEnvironment)}
    for path in sorted(pathlib.Path(directory).glob("*.jinja")):
        source = path.read_text(encoding="utf-8")
        templates = {lists: env.from_string(source) for lists, env in environments.items()}
        developer = "developer" if "<|channel|>" in source else "system"
        goldens = {conversation["name"]: golden(templates, developer, conversation) for conversation in conversations}
        text = json.dumps(goldens, ensure_ascii=False, indent=1) + "\n"
        (output / f"{path.stem}.json").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: goldens.py TEMPLATE_DIR")
    main(sys.argv[1])
