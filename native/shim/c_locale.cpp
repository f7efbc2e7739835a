#include "c_locale.h"

#ifndef _WIN32
#    include <locale.h>
#    ifdef __APPLE__
#        include <xlocale.h>
#    endif

namespace ls {

c_locale::c_locale() {
    static const locale_t c = newlocale(LC_ALL_MASK, "C", nullptr);
    before_                 = uselocale(c);
}

c_locale::~c_locale() {
    uselocale(static_cast<locale_t>(before_));
}

}  // namespace ls

#endif
