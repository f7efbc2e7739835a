// Included before llama-quant.cpp on Windows. The quantizer's target has a name in UTF-8, which the C++ library would read in an old
// encoding of the system's.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

namespace std {  // where llama.cpp looks for it

struct ls_ofstream : ofstream {
    ls_ofstream() = default;
    ls_ofstream(const string & name, ios_base::openmode mode) : ofstream(filesystem::u8path(name), mode) {}
};

}  // namespace std

#define ofstream ls_ofstream
