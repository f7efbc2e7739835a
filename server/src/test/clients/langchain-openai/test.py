"""LangChain's client of OpenAI's API."""

import asyncio
import os

import openai
import pydantic
from langchain_core.messages import ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAI, OpenAIEmbeddings


class Weather(pydantic.BaseModel):
    """The weather of a place."""

    city: str
    degrees: int


@tool
def get_weather(city: str) -> str:
    """Says what the weather is."""
    return "Sunny in " + city


def to(variable, key=os.environ["API_KEY"]):
    """Where a request goes."""
    return {"model": "tiny", "base_url": os.environ[variable] + "/v1", "api_key": key, "max_retries": 0}


def chat(variable, **fields):
    return ChatOpenAI(**to(variable), timeout=60, **fields)


answer = chat("BASE_URL", temperature=0.5, seed=1, max_tokens=100).invoke([("system", "Be kind."), ("human", "Hi")])
assert answer.content == "Hello world!! Bye", answer
assert answer.response_metadata["finish_reason"] == "stop", answer
assert answer.usage_metadata["output_tokens"] == 5, answer
print("ok chat")

chunks = list(chat("BASE_URL", stream_usage=True).stream("Hi"))
assert [chunk.content for chunk in chunks if chunk.content] == ["Hello", " wor", "ld", "!!", " Bye"], chunks
whole = chunks[0]
for chunk in chunks[1:]:
    whole += chunk
assert whole.usage_metadata["output_tokens"] == 5, whole
print("ok chat as a stream")

answers = asyncio.run(chat("BASE_URL").abatch(["Hi"] * 4))
assert {answer.content for answer in answers} == {"Hello world!! Bye"}, answers
print("ok several chats at once")

answer = chat("BASE_URL", stop_sequences=["!"], logprobs=True, top_logprobs=2).invoke("Hi")
assert answer.content == "Hello world", answer
assert answer.response_metadata["logprobs"]["content"][0]["token"] == "Hello", answer
print("ok stop sequences and probabilities")

bound = chat("TOOLS_URL").bind_tools([get_weather], parallel_tool_calls=False)
whole = bound.invoke("Weather?")
streamed = None
for chunk in bound.stream("Weather?"):
    streamed = chunk if streamed is None else streamed + chunk
for answer in (whole, streamed):
    (call,) = answer.tool_calls
    assert (call["name"], call["args"]) == ("get_weather", {"city": "Paris"}), answer
    result = get_weather.invoke(call)
    assert isinstance(result, ToolMessage) and result.content == "Sunny in Paris", result
    bound.bind(max_tokens=1).invoke([("human", "Weather?"), answer, result])
print("ok tools")
print("ok tools as a stream")

for method in ("json_schema", "json_mode"):
    answer = chat("JSON_URL").with_structured_output(Weather, method=method).invoke("Weather as JSON?")
    assert answer == Weather(city="Paris", degrees=21), answer
answer = chat("CALL_URL").with_structured_output(get_weather.args_schema, method="function_calling").invoke("Weather?")
assert answer.city == "Paris", answer
print("ok structured output by a schema, JSON and a tool")

answer = chat("BASE_URL", use_responses_api=True).invoke("Hi")
assert answer.text == "Hello world!! Bye", answer
pieces = [chunk.text for chunk in chat("BASE_URL", use_responses_api=True).stream("Hi") if chunk.text]
assert pieces == ["Hello", " wor", "ld", "!!", " Bye"], pieces
answer = chat("TOOLS_URL", use_responses_api=True).bind_tools([get_weather]).invoke("Weather?")
assert answer.tool_calls[0]["args"] == {"city": "Paris"}, answer
print("ok responses")

assert OpenAI(**to("BASE_URL")).invoke("Hi") == "Hello world!! Bye"
assert list(OpenAI(**to("BASE_URL")).stream("Hi"))[0] == "Hello"
print("ok completions")

embeddings = OpenAIEmbeddings(**to("BASE_URL"), check_embedding_ctx_length=False)
one, two = embeddings.embed_documents(["one", "two"])
assert len(one) == len(two) > 0
print("ok embeddings")

for failing, kind, code in (
    (lambda: ChatOpenAI(**to("BASE_URL", "wrong")).invoke("Hi"), openai.AuthenticationError, "invalid_api_key"),
    (lambda: chat("BASE_URL", temperature=-1).invoke("Hi"), openai.BadRequestError, "invalid_value"),
    (lambda: chat("BASE_URL").invoke("Hi " * 9000), openai.BadRequestError, "context_length_exceeded"),
):
    try:
        failing()
    except kind as error:
        assert error.code == code, error
    else:
        raise AssertionError(kind)
print("ok errors")

stream = chat("ENDLESS_URL").stream("Hi")
next(stream)
stream.close()
print("ok a stream that the client leaves")
