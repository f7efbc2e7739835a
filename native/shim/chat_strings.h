// Included before anything else where templates are interpreted. libstdc++ has strings and string streams that are compiled
// already and allocate by another operator new than this library's, which limits what a template may use: see call_limits.cpp. So
// they are compiled again. Everything else in libstdc++ must stay the one that is there.
#pragma once

#include <cstddef>

#if defined(__GLIBCXX__)
#    undef _GLIBCXX_EXTERN_TEMPLATE
#    define _GLIBCXX_EXTERN_TEMPLATE -1  // all but strings
#    include <string>
#    include <istream>
#    include <locale>
#    undef _GLIBCXX_EXTERN_TEMPLATE
#    define _GLIBCXX_EXTERN_TEMPLATE 0
#    include <sstream>
#    undef _GLIBCXX_EXTERN_TEMPLATE
#    define _GLIBCXX_EXTERN_TEMPLATE -1
#endif
