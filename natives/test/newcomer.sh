#!/usr/bin/env bash
# Uses a release as its users do. It is deployed into a folder, with this machine's libraries in the place of those that are not built. Then
# a project of one dependency and twelve lines generates text: with an empty local repository, and without a compiler of C on the PATH.
# Gradle resolves it too. Linux or macOS, a JDK 25, the network; after mvn -f reactor.xml -pl natives -am package.
set -euo pipefail
cd "$(dirname "$0")/../.."
JAVA_HOME=$(./llamastream --jdk)
export JAVA_HOME MAVEN_OPTS="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow" # Maven's own libraries use it
platform=$(./llamastream --platform)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

fail() {
    echo "natives/test/newcomer.sh: $*" >&2
    exit 1
}

natives/test/published.sh "$out/published"
echo 'void main() { System.out.println(dev.llamastream.fixture.TinyModel.defaultPath()); }' >"$out/Write.java"
model=$("$JAVA_HOME/bin/java" -cp target/test-classes "$out/Write.java")

mvn -q -B -f reactor.xml -pl natives,natives/all,natives/bom -am -Prelease deploy -Dmaven.test.skip -Dmodel.skip -Djacoco.skip \
    "-Dnatives.published=$out/published" "-DaltDeploymentRepository=staging::file:$out/repository"
version=$(ls -d "$out"/repository/dev/llamastream/llamastream/*/)
version=$(basename "$version")
echo "deployed: $version"

# All that mvn and java need.
mkdir "$out/bin"
for tool in mvn bash sh env uname dirname basename readlink expr ls cat sed tr; do
    ln -s "$(command -v $tool)" "$out/bin"
done

# newcomer <what> <dependencies>: a project with them is compiled, and runs.
newcomer() {
    local what=$1 folder="$out/$1" printed
    mkdir "$folder" "$folder/src"
    cat >"$folder/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>newcomer</groupId>
  <artifactId>hello</artifactId>
  <version>1</version>
  <properties>
    <maven.compiler.source>25</maven.compiler.source>
    <maven.compiler.target>25</maven.compiler.target>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <repositories>
    <repository>
      <id>staging</id>
      <url>file:$out/repository</url>
    </repository>
  </repositories>
  $2
  <build><sourceDirectory>src</sourceDirectory></build>
</project>
POM
    cat >"$folder/src/Hello.java" <<'PROGRAM'
import dev.llamastream.*;
import java.nio.file.Path;
public class Hello {
  public static void main(String[] arguments) {
    try (Model model = Model.load(Path.of(arguments[0]));
        Context context = new Context(model, ContextParams.builder().contextSize(64).build())) {
      context.generateStream("Hello", 8).forEachRemaining(System.out::print);
    }
  }
}
PROGRAM
    PATH=$out/bin mvn -q -B -f "$folder" "-Dmaven.repo.local=$out/m2" compile dependency:build-classpath -Dmdep.outputFile="$folder/classpath"
    printed=$(PATH=$out/bin XDG_CACHE_HOME=$folder/cache "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED \
        -cp "$folder/target/classes:$(cat "$folder/classpath")" Hello "$model" 2>&1) || fail "$what: $printed"
    [ -n "$printed" ] || fail "$what: no text"
    [[ $printed != *WARNING* ]] || fail "$what: $printed"
    echo "Maven, $what: ok"
}

newcomer "one dependency" "
  <dependencies>
    <dependency><groupId>dev.llamastream</groupId><artifactId>llamastream-all</artifactId><version>$version</version></dependency>
  </dependencies>"
newcomer "the library and the natives of one platform" "
  <dependencyManagement>
    <dependencies>
      <dependency>
        <groupId>dev.llamastream</groupId><artifactId>llamastream-bom</artifactId><version>$version</version><type>pom</type><scope>import</scope>
      </dependency>
    </dependencies>
  </dependencyManagement>
  <dependencies>
    <dependency><groupId>dev.llamastream</groupId><artifactId>llamastream</artifactId></dependency>
    <dependency>
      <groupId>dev.llamastream</groupId><artifactId>llamastream-natives</artifactId><classifier>$platform</classifier><scope>runtime</scope>
    </dependency>
  </dependencies>"

mvn -q -B -f natives/test/gradle.xml dependency:build-classpath -Dmdep.includeTypes=jar "-Dmdep.outputFile=$out/gradle"
"$JAVA_HOME/bin/java" --sun-misc-unsafe-memory-access=allow --add-opens=java.base/java.lang=ALL-UNNAMED -cp "$(cat "$out/gradle")" \
    natives/test/Resolve.java "$out/repository" "$version" "$out/gradle-work"
