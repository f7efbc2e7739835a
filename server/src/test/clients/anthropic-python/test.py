"""Anthropic's official client for Python."""

import asyncio
import json
import os

import anthropic

MESSAGES = [{"role": "user", "content": "Hi"}]
COMMON = {"model": "tiny", "messages": MESSAGES, "max_tokens": 100}
WEATHER = {
    "name": "get_weather",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


def client(variable, key=os.environ["API_KEY"], kind=anthropic.Anthropic):
    return kind(base_url=os.environ[variable], api_key=key, max_retries=0, timeout=60)


answer = client("BASE_URL").messages.create(**COMMON, system="Be kind.")
assert answer.content[0].text == "Hello world!! Bye", answer
assert answer.stop_reason == "end_turn", answer
assert answer.usage.output_tokens == 5, answer
print("ok messages")

with client("BASE_URL").messages.stream(**COMMON) as stream:
    pieces = list(stream.text_stream)
    answer = stream.get_final_message()
assert pieces == ["Hello", " wor", "ld", "!!", " Bye"], pieces
assert answer.content[0].text == "Hello world!! Bye", answer
assert answer.usage.output_tokens == 5, answer
print("ok messages as a stream")


async def at_once():
    ask = client("BASE_URL", kind=anthropic.AsyncAnthropic).messages.create
    return await asyncio.gather(*(ask(**COMMON) for _ in range(4)))


assert {answer.content[0].text for answer in asyncio.run(at_once())} == {"Hello world!! Bye"}
print("ok several messages at once")

answer = client("BASE_URL").messages.create(**COMMON, stop_sequences=["!"])
assert (answer.stop_reason, answer.stop_sequence) == ("stop_sequence", "!"), answer
print("ok stop sequences")

ask = {**COMMON, "tools": [WEATHER], "thinking": {"type": "adaptive"}}
whole = client("TOOLS_URL").messages.create(**ask)
with client("TOOLS_URL").messages.stream(**ask) as stream:
    streamed = stream.get_final_message()
for answer in (whole, streamed):
    thinking, call = answer.content
    assert thinking.thinking == "Hm.", answer
    assert call.input == {"city": "Paris"}, answer
    assert answer.stop_reason == "tool_use", answer
    result = {"type": "tool_result", "tool_use_id": call.id, "content": [{"type": "text", "text": "Sunny"}]}
    turns = [*MESSAGES, {"role": "assistant", "content": answer.content}, {"role": "user", "content": [result]}]
    client("TOOLS_URL").messages.create(**{**ask, "messages": turns})
print("ok thinking")
print("ok tools")

schema = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "degrees": {"type": "integer"}},
    "required": ["city", "degrees"],
    "additionalProperties": False,
}
answer = client("JSON_URL").messages.create(
    **COMMON, output_config={"format": {"type": "json_schema", "schema": schema}}
)
assert json.loads(answer.content[0].text) == {"city": "Paris", "degrees": 21}, answer
print("ok JSON by a schema")

count = client("BASE_URL").messages.count_tokens(model="tiny", messages=MESSAGES)
assert count.input_tokens > 3, count
print("ok counting tokens")

assert [model.id for model in client("BASE_URL").models.list()] == ["tiny"]
assert client("BASE_URL").models.retrieve("tiny").type == "model"
print("ok models")

for failing, error, kind in (
    (lambda: client("BASE_URL", "wrong").messages.create(**COMMON), anthropic.AuthenticationError, "authentication_error"),
    (lambda: client("BASE_URL").messages.create(**{**COMMON, "messages": []}), anthropic.BadRequestError, "invalid_request_error"),
    (lambda: client("BASE_URL").models.retrieve("none"), anthropic.NotFoundError, "not_found_error"),
):
    try:
        failing()
        raise SystemExit(f"no {kind}")
    except error as e:
        assert e.body["error"]["type"] == kind, e
        assert e.body["request_id"].startswith("req_"), e
print("ok errors")

with client("ENDLESS_URL").messages.create(**{**COMMON, "max_tokens": 1_000_000}, stream=True) as stream:
    for index, _ in enumerate(stream):
        if index == 5:
            break
print("ok a stream that the client leaves")
