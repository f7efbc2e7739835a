"""OpenAI's official client for Python."""

import json
import os

import openai

MESSAGES = [{"role": "user", "content": "Hi"}]
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
    },
}


def client(variable, key=os.environ["API_KEY"]):
    return openai.OpenAI(base_url=os.environ[variable] + "/v1", api_key=key, max_retries=0, timeout=60)


def ask(variable, **fields):
    return client(variable).chat.completions.create(model="tiny", messages=MESSAGES, **fields)


answer = ask("BASE_URL")
assert answer.choices[0].message.content == "Hello world!! Bye", answer
assert answer.choices[0].finish_reason == "stop", answer
assert answer.usage.prompt_tokens > 0, answer
print("ok chat")

pieces = [chunk.choices[0].delta.content for chunk in ask("BASE_URL", stream=True) if chunk.choices]
assert [piece for piece in pieces if piece] == ["Hello", " wor", "ld", "!!", " Bye"], pieces
print("ok chat as a stream")

message = ask("TOOLS_URL", tools=[WEATHER]).choices[0].message
call = message.tool_calls[0]
assert call.function.name == "get_weather", message
assert json.loads(call.function.arguments) == {"city": "Paris"}, message
result = {"role": "tool", "tool_call_id": call.id, "content": "Sunny"}
client("TOOLS_URL").chat.completions.create(
    model="tiny", messages=[*MESSAGES, message, result], tools=[WEATHER], max_tokens=1
)
print("ok tools")

with client("TOOLS_URL").chat.completions.stream(model="tiny", messages=MESSAGES, tools=[WEATHER]) as stream:
    message = stream.get_final_completion().choices[0].message
assert json.loads(message.tool_calls[0].function.arguments) == {"city": "Paris"}, message
print("ok tools as a stream")

schema = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "degrees": {"type": "integer"}},
    "required": ["city", "degrees"],
    "additionalProperties": False,
}
answer = ask(
    "JSON_URL", response_format={"type": "json_schema", "json_schema": {"name": "weather", "schema": schema}}
)
assert json.loads(answer.choices[0].message.content) == {"city": "Paris", "degrees": 21}, answer
print("ok JSON by a schema")

answer = client("BASE_URL").completions.create(model="tiny", prompt="Hi", stop=["!"])
assert answer.choices[0].text == "Hello world", answer
print("ok completions")

assert [model.id for model in client("BASE_URL").models.list()] == ["tiny"]
print("ok models")

vectors = client("BASE_URL").embeddings.create(model="tiny", input=["one", "two"]).data
assert len(vectors) == 2 and vectors[0].embedding, vectors
print("ok embeddings")

try:
    client("BASE_URL", "wrong").models.list()
    raise SystemExit("a wrong key was taken")
except openai.AuthenticationError as e:
    assert e.code == "invalid_api_key", e
try:
    ask("BASE_URL", temperature=-1)
    raise SystemExit("a wrong value was taken")
except openai.BadRequestError as e:
    assert e.param == "temperature", e
print("ok errors")

with ask("ENDLESS_URL", stream=True) as stream:
    for index, _ in enumerate(stream):
        if index == 5:
            break
print("ok a stream that the client leaves")
