#!/usr/bin/env bash
# Opens a model by name and serves a few requests with everything on the module path: what the command's jar runs with, and the natives' jar. Linux or macOS, a JDK 25; after
# mvn -f reactor.xml package.
set -euo pipefail
cd "$(dirname "$0")/../.."
jdk=$(./llamastream --jdk)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

fail() {
    echo "server/test/modules.sh: $*" >&2
    exit 1
}

natives=$(ls natives/target/llamastream-natives-*-"$(./llamastream --platform)".jar 2>/dev/null || true)
[ -n "$natives" ] || fail "there is no natives jar: mvn -f reactor.xml package"
# by name: a jar of a former version may still lie in cli/target/lib
"$jdk/bin/jar" --extract --dir "$out" --file cli/target/llamastream-cli.jar META-INF/MANIFEST.MF
modules=$natives
for jar in $(tr -d '\r' <"$out/META-INF/MANIFEST.MF" \
    | awk '/^Class-Path: / { on = 1; printf "%s", substr($0, 13); next } on && /^ / { printf "%s", substr($0, 2); next } { on = 0 }'); do
    modules+=:cli/target/$jar
done

echo 'void main() { System.out.println(dev.llamastream.fixture.TinyModel.defaultPath()); }' >"$out/Write.java"
model=$("$jdk/bin/java" -cp target/test-classes "$out/Write.java")

mkdir "$out/app"
cat >"$out/app/module-info.java" <<'MODULE'
module app {
  requires dev.llamastream.server;
  requires dev.llamastream.store;
  requires java.net.http;
}
MODULE
cat >"$out/app/Serve.java" <<'PROGRAM'
package app;

import dev.llamastream.Model;
import dev.llamastream.engine.Engine;
import dev.llamastream.server.LlamaServer;
import dev.llamastream.server.ServerParams;
import dev.llamastream.store.ModelStore;
import dev.llamastream.store.Models;
import dev.llamastream.store.PullListener;
import dev.llamastream.store.StoreParams;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;

public class Serve {
  public static void main(String[] arguments) throws Exception {
    System.out.println(ModelStore.open(StoreParams.fromEnvironment()).resolve("smollm2:135m"));
    try (Model model = Models.open(arguments[0], PullListener.NONE);
        Engine engine = Engine.open(model);
        LlamaServer server = LlamaServer.start(engine, model, ServerParams.builder().port(0).build());
        HttpClient client = HttpClient.newHttpClient()) {
      for (String path : List.of("/", "/health", "/metrics", "/v1/models", "/stream?prompt=a&max_tokens=1")) {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
        int status = client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).statusCode();
        System.out.println(path + " " + status);
        if (status != 200) {
          System.exit(1);
        }
      }
    }
  }
}
PROGRAM
"$jdk/bin/javac" --module-path "$modules" -d "$out/classes" "$out"/app/*.java

# serve <options...>: prints what the program says
serve() {
    "$jdk/bin/java" --enable-native-access=dev.llamastream "-Dllamastream.cache.dir=$out/cache" "$@" \
        -p "$modules:$out/classes" -m app/app.Serve "$model" 2>&1
}

printed=$(serve --add-exports io.vertx.core/io.vertx.core.net.impl=dev.llamastream.server) || fail "$printed"
if printed=$(serve); then fail "served without --add-exports"; fi
[[ $printed == *"java needs --add-exports io.vertx.core/io.vertx.core.net.impl=dev.llamastream.server"* ]] || fail "$printed"
echo "the server on the module path: ok"
