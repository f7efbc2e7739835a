#include "c_locale.h"

#ifdef __APPLE__
#    include <xlocale.h>
#elif !defined(_WIN32)
#    include <locale.h>
#endif

namespace ls {

#ifdef _WIN32

c_locale::c_locale() : before_(nullptr) {}
c_locale::~c_locale() {}

#else

c_locale::c_locale() {
    static const locale_t c = newlocale(LC_ALL_MASK, "C", nullptr);
    before_                 = uselocale(c);
}

c_locale::~c_locale() {
    uselocale(static_cast<locale_t>(before_));
}

#endif

}  // namespace ls
