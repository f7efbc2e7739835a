"""LlamaIndex's client of servers that have OpenAI's API."""

import asyncio
import os

import openai
import pydantic
from llama_index.core.llms import ChatMessage
from llama_index.core.program import LLMTextCompletionProgram
from llama_index.core.tools import FunctionTool
from llama_index.llms.openai_like import OpenAILike

PIECES = ["Hello", " wor", "ld", "!!", " Bye"]
HI = [ChatMessage(role="system", content="Be kind."), ChatMessage(role="user", content="Hi")]


class Weather(pydantic.BaseModel):
    """The weather of a place."""

    city: str
    degrees: int


def get_weather(city: str) -> str:
    """Says what the weather is."""
    return "Sunny in " + city


def llm(variable, key=os.environ["API_KEY"], **fields):
    fields = {"is_chat_model": True, **fields}
    return OpenAILike(
        model="tiny", api_base=os.environ[variable] + "/v1", api_key=key, max_retries=0, timeout=60, **fields
    )


answer = llm("BASE_URL").chat(HI)
assert answer.message.content == "Hello world!! Bye", answer
assert answer.raw.usage.completion_tokens == 5, answer
print("ok chat")

pieces = [chunk.delta for chunk in llm("BASE_URL").stream_chat(HI) if chunk.delta]
assert pieces == PIECES, pieces
print("ok chat as a stream")


async def at_once():
    return await asyncio.gather(*(llm("BASE_URL").achat(HI) for _ in range(4)))


assert {answer.message.content for answer in asyncio.run(at_once())} == {"Hello world!! Bye"}
print("ok several chats at once")

plain = llm("BASE_URL", is_chat_model=False)
assert plain.complete("Hi").text == "Hello world!! Bye"
assert [chunk.delta for chunk in plain.stream_complete("Hi") if chunk.delta] == PIECES
print("ok completions")

calling = llm("TOOLS_URL", is_function_calling_model=True)
tool = FunctionTool.from_defaults(get_weather)
whole = calling.chat_with_tools([tool], user_msg="Weather?")
*_, streamed = calling.stream_chat_with_tools([tool], user_msg="Weather?")
for answer in (whole, streamed):
    (call,) = calling.get_tool_calls_from_response(answer)
    assert (call.tool_name, call.tool_kwargs) == ("get_weather", {"city": "Paris"}), answer
    result = ChatMessage(role="tool", content="Sunny", additional_kwargs={"tool_call_id": call.tool_id})
    calling.chat_with_tools([tool], chat_history=[*HI, answer.message, result], max_tokens=1)
print("ok tools")
print("ok tools as a stream")

structured = llm("JSON_URL", should_use_structured_outputs=True).as_structured_llm(Weather)
assert structured.complete("Weather?").raw == Weather(city="Paris", degrees=21)
print("ok structured output by a schema")

program = LLMTextCompletionProgram.from_defaults(
    output_cls=Weather, prompt_template_str="Weather?", llm=llm("JSON_URL")
)
assert program() == Weather(city="Paris", degrees=21)
print("ok structured output by a prompt")

for failing, kind in (
    (lambda: llm("BASE_URL", "wrong").chat(HI), openai.AuthenticationError),
    (lambda: llm("BASE_URL").chat(HI, temperature=-1), openai.BadRequestError),
):
    try:
        failing()
    except kind as error:
        assert error.body["message"], error
    else:
        raise AssertionError(kind)
print("ok errors")

stream = llm("ENDLESS_URL").stream_chat(HI)
next(stream)
stream.close()
print("ok a stream that the client leaves")
