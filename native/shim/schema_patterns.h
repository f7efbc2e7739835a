// How patterns of JSON schemas become GBNF. A pattern is about the value of a string, the grammar about the JSON that it is written
// in, where quotation marks, backslashes and control characters are escaped.
#pragma once

#include <cstdint>
#include <string>

namespace ls {

// The same regular expression without the escapes that llama.cpp's converter does not know, such as \d.
std::string plain_pattern(const std::string & pattern);

// A character class in GBNF's form, without what a JSON string cannot contain as it is.
std::string json_class(const std::string & text);

// One escaped character in GBNF's form, as a JSON string contains it.
std::string json_literal(const std::string & escape);

// The largest number with as many digits. For positive numbers.
int64_t nines(int64_t n);

// An alternative in GBNF: the numbers with more digits, up to 16.
std::string longer(int64_t n);

}  // namespace ls
