"""Pydantic AI's agents."""

import asyncio
import os

import pydantic_ai
from pydantic import BaseModel
from pydantic_ai import Agent, Embedder, NativeOutput, PromptedOutput, ToolOutput
from pydantic_ai.embeddings.openai import OpenAIEmbeddingModel
from pydantic_ai.exceptions import UsageLimitExceeded
from pydantic_ai.messages import ThinkingPart, ToolReturnPart
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.usage import UsageLimits


class Weather(BaseModel):
    """The weather of a place."""

    city: str
    degrees: int


class Place(BaseModel):
    """Where the weather is."""

    city: str


PARIS = Weather(city="Paris", degrees=21)
seen = []


def get_weather(city: str) -> str:
    """Says what the weather is."""
    seen.append(city)
    return "Sunny in " + city


def at(variable, key=os.environ["API_KEY"]):
    return OpenAIProvider(base_url=os.environ[variable] + "/v1", api_key=key)


def agent(variable, kind=OpenAIChatModel, **fields):
    return Agent(kind("tiny", provider=at(variable)), **fields)


async def use(name, kind):
    asked = agent("BASE_URL", kind, instructions="Be kind.", model_settings={"temperature": 0.5, "max_tokens": 100})
    result = await asked.run("Hi")
    assert result.output == "Hello world!! Bye", result
    assert result.usage.output_tokens == 5, result
    again = await asked.run("Again", message_history=result.all_messages())
    assert again.output.endswith("Bye"), again
    print("ok " + name)

    async with asked.run_stream("Hi") as answer:
        streamed = [piece async for piece in answer.stream_text(delta=True, debounce_by=None)]
    assert streamed == ["Hello", " wor", "ld", "!!", " Bye"], streamed
    print(f"ok {name} as a stream")

    # the model calls the tool for ever
    seen.clear()
    with pydantic_ai.capture_run_messages() as messages:
        try:
            calling = agent("TOOLS_URL", kind, tools=[get_weather])
            await calling.run("Weather?", usage_limits=UsageLimits(request_limit=2))
        except UsageLimitExceeded:
            pass
        else:
            raise AssertionError("it ended")
    assert seen == ["Paris", "Paris"], seen
    parts = [part for message in messages for part in message.parts]
    thought = next(part for part in parts if isinstance(part, ThinkingPart))
    assert thought.content == "Hm." or thought.provider_details == {"raw_content": ["Hm."]}, thought
    assert any(isinstance(part, ToolReturnPart) and part.content == "Sunny in Paris" for part in parts), parts
    print(f"ok {name} with tools and thinking")

    result = await agent("JSON_URL", kind, output_type=NativeOutput(Weather)).run("Weather?")
    assert result.output == PARIS, result
    print(f"ok {name} with a type by a schema")

    both = {"tools": [get_weather], "output_type": NativeOutput(Weather)}
    result = await agent("JSON_URL", kind, **both).run("Weather?")
    assert result.output == PARIS, result
    seen.clear()
    try:
        await agent("TOOLS_URL", kind, **both).run("Weather?", usage_limits=UsageLimits(request_limit=2))
    except UsageLimitExceeded:
        pass
    else:
        raise AssertionError("it ended")
    assert seen == ["Paris", "Paris"], seen
    print(f"ok {name} with a type by a schema and tools")


async def main():
    await use("chat", OpenAIChatModel)
    await use("responses", OpenAIResponsesModel)

    result = await agent("JSON_URL", output_type=PromptedOutput(Weather)).run("Weather?")
    assert result.output == PARIS, result
    print("ok a type by a prompt")

    result = await agent("CALL_URL", output_type=ToolOutput(Place, name="get_weather")).run("Weather?")
    assert result.output == Place(city="Paris"), result
    print("ok a type by a tool")

    embedder = Embedder(OpenAIEmbeddingModel("tiny", provider=at("BASE_URL")))
    vectors = (await embedder.embed_documents(["one", "two"])).embeddings
    assert len(vectors) == 2 and vectors[0], vectors
    print("ok embeddings")

    stranger = Agent(OpenAIChatModel("tiny", provider=at("BASE_URL", "wrong")))
    cold = agent("BASE_URL", model_settings={"temperature": -1})
    for asked, prompt, status, code in (
        (stranger, "Hi", 401, "invalid_api_key"),
        (cold, "Hi", 400, "invalid_value"),
        (agent("BASE_URL"), "Hi " * 9000, 400, "context_length_exceeded"),
    ):
        try:
            await asked.run(prompt)
        except pydantic_ai.ModelHTTPError as error:
            assert (error.status_code, error.body["code"]) == (status, code), error
        else:
            raise AssertionError(code)
    print("ok errors")

    async with agent("ENDLESS_URL").run_stream("Hi") as answer:
        async for _ in answer.stream_text(delta=True, debounce_by=None):
            break
    print("ok a stream that the client leaves")


asyncio.run(main())
