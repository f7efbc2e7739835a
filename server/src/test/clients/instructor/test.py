"""Instructor, which turns answers into types."""

import os
from collections.abc import Iterable

import instructor
import openai
import pydantic
from instructor.core.exceptions import InstructorRetryException

MESSAGES = [{"role": "user", "content": "Weather?"}]


class Weather(pydantic.BaseModel):
    """The weather of a place."""

    city: str
    degrees: int


class get_weather(pydantic.BaseModel):
    """Says what the weather is."""

    city: str


def impossible(kind):
    """A type with the same name that no answer is."""

    def never(value):
        raise ValueError("try again")

    return pydantic.create_model(
        kind.__name__, __base__=kind, __validators__={"never": pydantic.field_validator("city")(never)}
    )


def to(variable, mode, key=os.environ["API_KEY"]):
    server = openai.OpenAI(base_url=os.environ[variable] + "/v1", api_key=key, max_retries=0, timeout=60)
    return instructor.from_openai(server, mode=mode, model="tiny")


def ask(variable, mode, kind, **fields):
    fields = {"max_retries": 0, **fields}
    return to(variable, mode).create(response_model=kind, messages=MESSAGES, **fields)


for name, mode in (
    ("a schema", instructor.Mode.JSON_SCHEMA),
    ("JSON", instructor.Mode.JSON),
    ("JSON in the text", instructor.Mode.MD_JSON),
):
    answer = ask("JSON_URL", mode, Weather)
    assert answer.model_dump() == {"city": "Paris", "degrees": 21}, answer
    print("ok a type by " + name)

for name, mode in (
    ("a tool", instructor.Mode.TOOLS),
    ("a strict tool", instructor.Mode.TOOLS_STRICT),
    ("a tool of responses", instructor.Mode.RESPONSES_TOOLS),  # asks for a schema as well
):
    answer = ask("CALL_URL", mode, get_weather)
    assert answer.city == "Paris", answer
    print("ok a type by " + name)

(answer,) = ask("CALL_URL", instructor.Mode.PARALLEL_TOOLS, Iterable[get_weather])
assert answer.city == "Paris", answer
print("ok types by parallel tools")

growing = to("JSON_URL", instructor.Mode.JSON_SCHEMA).create_partial
parts = list(growing(response_model=Weather, messages=MESSAGES, max_retries=0))
assert len(parts) > 1 and parts[-1].city == "Paris", parts
print("ok a type that grows in a stream")

answer, completion = to("JSON_URL", instructor.Mode.JSON_SCHEMA).create_with_completion(
    response_model=Weather, messages=MESSAGES
)
assert completion.usage.completion_tokens == 4, completion
print("ok the answer itself")

for variable, mode, kind in (
    ("JSON_URL", instructor.Mode.JSON_SCHEMA, Weather),
    ("CALL_URL", instructor.Mode.TOOLS, get_weather),
):
    try:
        ask(variable, mode, impossible(kind), max_retries=1)
    except InstructorRetryException as error:
        assert error.n_attempts == 2, error
    else:
        raise AssertionError(mode)
print("ok asking again")


def refused(field, variable, mode, kind, **fields):
    try:
        ask(variable, mode, kind, **fields)
    except InstructorRetryException as error:
        assert field in str(error), error
    else:
        raise AssertionError(field)


refused("temperature", "JSON_URL", instructor.Mode.JSON_SCHEMA, Weather, temperature=-1)
print("ok errors")
