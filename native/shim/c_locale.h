// The C library's locale is the user's, because the JVM sets it. llama.cpp and its templates read numbers and letters with
// functions that obey it: 0.5 is 0 where numbers have a comma, and on macOS some bytes of UTF-8 are white space.
#pragma once

namespace ls {

#ifdef _WIN32

// The JVM leaves the locale as it is.
class c_locale {
  public:
    c_locale() {}
};

#else

// While it exists, this thread has the locale "C".
class c_locale {
  public:
    c_locale();
    ~c_locale();
    c_locale(const c_locale &) = delete;

  private:
    void * before_;
};

#endif

}  // namespace ls
