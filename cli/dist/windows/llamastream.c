// The llamastream command for Windows, on the Java runtime that came with it. A batch file would ask after each Ctrl+C whether to
// end the batch job, and read quotes and percent signs of the arguments itself. Java's own java.exe knows only the letters of the
// user's code page. The manifest of this program makes UTF-8 its code page: that of its arguments, of paths and of Java.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

// jli.dll, as java.exe calls it
typedef int(__cdecl *launch)(int argc, char **argv, int jargc, const char **jargv, int appclassc, const char **appclassv,
    const char *fullversion, const char *dotversion, const char *pname, const char *lname, unsigned char javaargs,
    unsigned char cpwildcard, unsigned char javaw, int ergo);

enum { PATH_LENGTH = 32768 };

static char home[PATH_LENGTH];
static UINT console;

static int fail(const char *what) {
    fprintf(stderr, "error: %s (Windows error %lu)\n", what, GetLastError());
    return 1;
}

static void restore_console(void) {
    SetConsoleOutputCP(console);
}

// Sets <home>: the folder above the folder of this program.
static int find_home(void) {
    DWORD length = GetModuleFileNameA(NULL, home, PATH_LENGTH);
    if (length == 0 || length == PATH_LENGTH) {
        return 0;
    }
    for (int i = 0; i < 2; i++) {
        char *end = strrchr(home, '\\');
        if (end == NULL) {
            return 0;
        }
        *end = '\0';
    }
    return 1;
}

static char *joined(const char *before, const char *after) {
    size_t size = strlen(before) + strlen(home) + strlen(after) + 1;
    char *text = malloc(size);
    if (text != NULL) {
        snprintf(text, size, "%s%s%s", before, home, after);
    }
    return text;
}

int main(int argc, char **argv) {
    if (!find_home()) {
        return fail("the folder of llamastream.exe is unknown");
    }
    char *library = joined("", "\\runtime\\bin\\jli.dll");
    HMODULE jli = library == NULL ? NULL : LoadLibraryExA(library, NULL, LOAD_WITH_ALTERED_SEARCH_PATH);
    launch start = jli == NULL ? NULL : (launch)(void *)GetProcAddress(jli, "JLI_Launch");
    char **arguments = malloc(sizeof(char *) * (size_t)(argc + 10));
    if (start == NULL || arguments == NULL) {
        return fail("the Java runtime in llamastream's folder cannot be loaded");
    }

    int count = 0;
    arguments[count++] = argv[0];
    if (argc < 2 || (strcmp(argv[1], "serve") != 0 && strcmp(argv[1], "batch") != 0)) {
        // They start sooner, and what takes time in a short run is native code anyway.
        arguments[count++] = "-XX:TieredStopAtLevel=1";
        arguments[count++] = "-XX:+UseSerialGC";
    }
    arguments[count++] = joined("-XX:AOTCache=", "\\app\\llamastream.aot");
    // A cache that the JVM cannot use is no reason to say anything: all works without it.
    arguments[count++] = "-Xlog:aot=off";
    arguments[count++] = "-Xlog:cds=off";
    arguments[count++] = joined("-Dllamastream.library.path=", "\\native");
    arguments[count++] = "-jar";
    arguments[count++] = joined("", "\\app\\llamastream-cli.jar");
    for (int i = 1; i < argc; i++) {
        arguments[count++] = argv[i];
    }
    arguments[count] = NULL;

    // The command prints UTF-8.
    console = GetConsoleOutputCP();
    if (console != 0 && console != CP_UTF8 && SetConsoleOutputCP(CP_UTF8)) {
        atexit(restore_console);
    }
    return start(count, arguments, 0, NULL, 0, NULL, "", "", "llamastream", "llamastream", 0, 0, 0, 0);
}
