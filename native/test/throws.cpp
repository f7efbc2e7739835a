// A callback of llama.cpp's that throws, from a library with a C++ runtime of its own: see Throws.java.
#include <functional>
#include <ios>
#include <new>
#include <regex>
#include <stdexcept>
#include <string>
#include <system_error>

#ifdef _WIN32
__declspec(dllexport)
#endif
extern "C" bool throws(float, void * kind) {
    const std::string name = (const char *) kind;
    if (name == "bad_alloc")         { throw std::bad_alloc(); }
    if (name == "length_error")      { throw std::length_error(name); }
    if (name == "out_of_range")      { throw std::out_of_range(name); }
    if (name == "invalid_argument")  { throw std::invalid_argument(name); }
    if (name == "runtime_error")     { throw std::runtime_error(name); }
    if (name == "bad_function_call") { std::function<void()>()(); }
    if (name == "ios_failure")       { throw std::ios_base::failure(name); }
    if (name == "system_error")      { throw std::system_error(std::make_error_code(std::errc::io_error), name); }
    if (name == "regex_error")       { std::regex("("); }
    return false;
}
