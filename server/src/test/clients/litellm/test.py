"""LiteLLM, as a client of a server that has OpenAI's API."""

import asyncio
import json
import os

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # it would fetch a list of prices

import litellm

litellm.suppress_debug_info = True

MESSAGES = [{"role": "user", "content": "Hi"}]
PIECES = ["Hello", " wor", "ld", "!!", " Bye"]
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


def to(variable, key=os.environ["API_KEY"], provider="openai"):
    """Where a request goes."""
    return {
        "model": provider + "/tiny",
        "api_base": os.environ[variable] + "/v1",
        "api_key": key,
        "max_retries": 0,
        "timeout": 60,
    }


def ask(variable, **fields):
    return litellm.completion(**to(variable), **{"messages": MESSAGES, **fields})


for provider in ("openai", "hosted_vllm"):
    answer = litellm.completion(**to("BASE_URL", provider=provider), messages=MESSAGES, temperature=0.5, seed=1)
    assert answer.choices[0].message.content == "Hello world!! Bye", answer
    assert answer.choices[0].finish_reason == "stop", answer
    assert answer.usage.completion_tokens == 5, answer
print("ok chat")

chunks = list(ask("BASE_URL", stream=True, stream_options={"include_usage": True}))
pieces = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices]
assert [piece for piece in pieces if piece] == PIECES, pieces
whole = litellm.stream_chunk_builder(chunks, messages=MESSAGES)
assert whole.choices[0].message.content == "Hello world!! Bye", whole
assert whole.usage.completion_tokens == 5, whole
print("ok chat as a stream")


async def at_once():
    return await asyncio.gather(*(litellm.acompletion(**to("BASE_URL"), messages=MESSAGES) for _ in range(4)))


assert {answer.choices[0].message.content for answer in asyncio.run(at_once())} == {"Hello world!! Bye"}
print("ok several chats at once")

whole = ask("TOOLS_URL", tools=[WEATHER])
streamed = litellm.stream_chunk_builder(list(ask("TOOLS_URL", tools=[WEATHER], stream=True)))
for answer in (whole, streamed):
    message = answer.choices[0].message
    assert answer.choices[0].finish_reason == "tool_calls", answer
    assert message.reasoning_content == "Hm.", answer
    call = message.tool_calls[0]
    assert call.function.name == "get_weather", answer
    assert json.loads(call.function.arguments) == {"city": "Paris"}, answer
    result = {"role": "tool", "tool_call_id": call.id, "content": "Sunny"}
    turns = [*MESSAGES, message.model_dump(), result]
    litellm.completion(**to("TOOLS_URL"), messages=turns, tools=[WEATHER], max_tokens=1)
print("ok tools and thinking")
print("ok tools and thinking as a stream")

schema = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "degrees": {"type": "integer"}},
    "required": ["city", "degrees"],
    "additionalProperties": False,
}
form = {"type": "json_schema", "json_schema": {"name": "weather", "schema": schema, "strict": True}}
answer = ask("JSON_URL", response_format=form)
assert json.loads(answer.choices[0].message.content) == {"city": "Paris", "degrees": 21}, answer
print("ok JSON by a schema")

answer = litellm.responses(**to("BASE_URL"), input="Hi")
assert answer.output[0].content[0].text == "Hello world!! Bye", answer
events = [event.type for event in litellm.responses(**to("BASE_URL"), input="Hi", stream=True)]
assert events[-1] == "response.completed", events
print("ok responses")

answer = litellm.text_completion(**to("BASE_URL", provider="text-completion-openai"), prompt="Hi", stop=["!"])
assert answer.choices[0].text == "Hello world", answer
print("ok completions")

vectors = litellm.embedding(**to("BASE_URL"), input=["one", "two"]).data
assert len(vectors) == 2 and vectors[0]["embedding"], vectors
print("ok embeddings")

for failing, kind in (
    (lambda: litellm.completion(**to("BASE_URL", "wrong"), messages=MESSAGES), litellm.AuthenticationError),
    (lambda: ask("BASE_URL", temperature=-1), litellm.BadRequestError),
    (lambda: ask("BASE_URL", messages=[{"role": "user", "content": "Hi " * 9000}]), litellm.ContextWindowExceededError),
):
    try:
        failing()
    except kind as error:
        assert error.message, error
    else:
        raise AssertionError(kind)
print("ok errors")

stream = ask("ENDLESS_URL", stream=True)
for index, _ in enumerate(stream):
    if index == 5:
        break
stream.completion_stream.close()
print("ok a stream that the client leaves")
