#!/usr/bin/env bash
# Runs a program that generates a few tokens with the library's and the natives' jars on the class path, on the module path, and in
# an image of jlink's, each with a cache of its own. Linux or macOS, a JDK 25; after mvn -f reactor.xml -pl natives -am package.
set -euo pipefail
cd "$(dirname "$0")/../.."
jdk=$(./llamastream --jdk)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

fail() {
    echo "native/test/modules.sh: $*" >&2
    exit 1
}

# away from target/native, where the library would find what the build left
mkdir "$out/app" "$out/mods"
platform=$(./llamastream --platform)
natives=$(ls natives/target/llamastream-natives-*-"$platform".jar 2>/dev/null || true)
[ -n "$natives" ] || fail "there is no natives jar: mvn -f reactor.xml -pl natives -am package"
version=${natives#natives/target/llamastream-natives-}
library=target/llamastream-${version%-"$platform".jar}.jar
cp "$library" "$natives" "$out/mods"

echo 'void main() { System.out.println(dev.llamastream.fixture.TinyModel.defaultPath()); }' >"$out/Write.java"
model=$("$jdk/bin/java" -cp target/test-classes "$out/Write.java")

cat >"$out/app/module-info.java" <<'MODULE'
module app {
  requires dev.llamastream;
}
MODULE
cat >"$out/app/Generate.java" <<'PROGRAM'
package app;

import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.Model;
import dev.llamastream.NativeInfo;
import java.nio.file.Path;

public class Generate {
  public static void main(String[] arguments) {
    try (Model model = Model.load(Path.of(arguments[0]));
        Context context = new Context(model, ContextParams.builder().contextSize(64).threads(1).batchThreads(1).build())) {
      context.generate("Hello");
      System.out.println("generated with " + NativeInfo.load().directory());
    }
  }
}
PROGRAM
# all that the compiler wants of the annotations, which nobody needs at run time
echo 'module org.jspecify {}' >"$out/module-info.java"
"$jdk/bin/javac" -d "$out/annotations" "$out/module-info.java"
"$jdk/bin/javac" --module-path "$library:$out/annotations" -d "$out/mods/app" "$out"/app/*.java

# check <what> <command...>: the command, which gets the cache's folder and the model as its last arguments
check() {
    local what=$1 printed
    shift
    printed=$(env JDK_JAVA_OPTIONS="\"-Dllamastream.cache.dir=$out/cache of $what\"" "$@" "$model" 2>&1) || fail "$what: $printed"
    [[ $printed == *"generated with $out/cache of $what/"* ]] || fail "$what: $printed"
    echo "$what: ok"
}

check "the class path" "$jdk/bin/java" --enable-native-access=ALL-UNNAMED \
    -cp "$out/mods/app:$out/mods/$(basename "$library"):$out/mods/$(basename "$natives")" app.Generate
check "the module path" "$jdk/bin/java" --enable-native-access=dev.llamastream -p "$out/mods:$out/mods/app" -m app/app.Generate

module=$("$jdk/bin/jar" --describe-module --file="$natives" | sed -n 's/^\(dev\.llamastream\.natives\.[^@ ]*\).*/\1/p')
"$jdk/bin/jlink" --module-path "$out/mods:$out/mods/app" --add-modules "app,$module" --output "$out/image"
check "the image" "$out/image/bin/java" --enable-native-access=dev.llamastream -m app/app.Generate
