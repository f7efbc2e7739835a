"""Ollama's official client for Python."""

import os

import ollama

MESSAGES = [{"role": "user", "content": "Hi"}]
PIECES = ["Hello", " wor", "ld", "!!", " Bye"]


def client(variable, key=os.environ["API_KEY"]):
    return ollama.Client(os.environ[variable], headers={"Authorization": "Bearer " + key}, timeout=60)


def get_weather(city: str) -> str:
    """Says what the weather is.

    Args:
      city: where
    """
    return "Sunny in " + city


base = client("BASE_URL")
answer = base.chat("tiny", MESSAGES)
assert answer.message.content == "Hello world!! Bye", answer
assert answer.done and answer.done_reason == "stop", answer
assert answer.prompt_eval_count > 0 and answer.eval_count == 5 and answer.total_duration > 0, answer
print("ok chat")

lines = list(base.chat("tiny:latest", MESSAGES, stream=True))
assert [line.message.content for line in lines if line.message.content] == PIECES, lines
assert lines[-1].done and lines[-1].eval_count == 5, lines
print("ok chat as a stream")

answer = base.generate("tiny", "Hi", options={"num_predict": 2, "temperature": 0, "seed": 1})
assert answer.response == "Hello wor" and answer.done_reason == "length", answer
answer = base.generate("tiny", "Hi", context=answer.context)
assert answer.response.endswith("Bye"), answer
print("ok generate with options and a context")

lines = list(base.generate("tiny", "Hi", raw=True, stream=True))
assert [line.response for line in lines if line.response] == PIECES, lines
print("ok generate as a stream")

answer = base.generate("tiny", keep_alive="5m")
assert answer.done_reason == "load", answer
print("ok loading a model")

answer = base.chat("tiny", MESSAGES, logprobs=True, top_logprobs=2)
assert [one.token for one in answer.logprobs] == PIECES, answer
assert len(answer.logprobs[0].top_logprobs) == 2, answer
print("ok probabilities")

message = client("TOOLS_URL").chat("tiny", MESSAGES, tools=[get_weather], think=True).message
assert message.thinking == "Hm.", message
call = message.tool_calls[0].function
assert call.name == "get_weather" and call.arguments == {"city": "Paris"}, message
result = {"role": "tool", "tool_name": call.name, "content": get_weather(**call.arguments)}
client("TOOLS_URL").chat("tiny", [*MESSAGES, message, result], tools=[get_weather], options={"num_predict": 1})
print("ok tools and thinking")

messages = [line.message for line in client("TOOLS_URL").chat("tiny", MESSAGES, tools=[get_weather], stream=True)]
calls = [call for message in messages for call in message.tool_calls or []]
assert len(calls) == 1 and calls[0].function.arguments == {"city": "Paris"}, messages
assert "".join(message.thinking or "" for message in messages) == "Hm.", messages
print("ok tools and thinking as a stream")

schema = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "degrees": {"type": "integer"}},
    "required": ["city", "degrees"],
}
answer = client("JSON_URL").chat("tiny", MESSAGES, format=schema, think=False)
assert answer.message.content == '{"city": "Paris", "degrees": 21}', answer
print("ok JSON by a schema")

answer = base.embed("tiny", ["one", "two"], dimensions=8)
assert len(answer.embeddings) == 2 and len(answer.embeddings[0]) == 8, answer
assert answer.prompt_eval_count > 0, answer
assert len(base.embeddings("tiny", "one").embedding) > 8
print("ok embeddings")

assert base.list().models[0].model == "tiny", base.list()
assert base.ps().models[0].context_length > 0, base.ps()
shown = base.show("tiny")
assert "completion" in shown.capabilities and shown.modelinfo["general.architecture"] == "llama", shown
print("ok models")

for status, request in [
    (400, lambda: base.chat("tiny", MESSAGES, options={"temperature": -1})),
    (401, lambda: client("BASE_URL", "wrong").chat("tiny", MESSAGES)),
    (403, lambda: base.pull("tiny")),
    (403, lambda: base.delete("tiny")),
]:
    try:
        request()
    except ollama.ResponseError as error:
        assert error.status_code == status and error.error, error
        assert not error.error.startswith("{"), error
    else:
        raise AssertionError(status)
print("ok errors")

stream = client("ENDLESS_URL").chat("tiny", MESSAGES, stream=True)
assert next(stream).message.content
stream.close()
print("ok leaving a stream")
