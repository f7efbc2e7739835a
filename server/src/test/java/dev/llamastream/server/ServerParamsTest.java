package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ServerParamsTest {

  /** For each option one that is not its default. */
  private static Map<String, Object> values() {
    Map<String, Object> values = new HashMap<>();
    for (String name : List.of("host", "apiToken", "modelName")) {
      values.put(name, "x");
    }
    for (String name :
        List.of(
            "port",
            "maxConnections",
            "maxStreams",
            "requestsPerMinute",
            "requestsPerSocket",
            "sendBuffer")) {
      values.put(name, 3);
    }
    for (String name :
        List.of(
            "headerTimeout",
            "bodyTimeout",
            "idleTimeout",
            "stallTimeout",
            "heartbeat",
            "idleUnload")) {
      values.put(name, Duration.ofSeconds(3));
    }
    values.put("apiKeys", List.of("x", "y"));
    values.put("memoryBudget", 3L);
    values.put("tls", new ServerParams.Tls(Path.of("cert.pem"), Path.of("key.pem")));
    values.put("allowedHosts", List.of("example.com"));
    values.put("corsOrigins", List.of("*"));
    values.put("bodyLimit", 3000);
    values.put("socketSendBuffer", 3);
    values.put("requestDefaults", RequestDefaults.builder().maxTokens(3).build());
    values.put("modelLibrary", new OllamaLibraryTest.FakeLibrary());
    values.put("metrics", new ServerMetrics());
    return values;
  }

  @Test
  void everyOptionIsKeptCopiedAndCompared() throws ReflectiveOperationException {
    Map<String, Object> values = values();
    List<String> names = new ArrayList<>();
    ServerMetrics same = new ServerMetrics(); // a default makes a new one each time
    ServerParams defaults = ServerParams.builder().metrics(same).build();
    for (Method setter : setters()) {
      names.add(setter.getName());
      ServerParams.Builder builder = ServerParams.builder().metrics(same);
      Object value = values.get(setter.getName());
      if (value instanceof ServerParams.Tls(Path certificate, Path key)) {
        setter.invoke(builder, certificate, key);
        value = Optional.of(value);
      } else {
        setter.invoke(builder, value);
      }
      ServerParams params = builder.build();
      Method accessor = ServerParams.class.getMethod(setter.getName());
      assertThat(accessor.invoke(params)).isEqualTo(value);
      assertThat(params).as(setter.getName()).isNotEqualTo(defaults);
      ServerParams copy = params.toBuilder().build();
      assertThat(copy).as(setter.getName()).isEqualTo(params).hasSameHashCodeAs(params);
    }
    assertThat(names).containsExactlyInAnyOrderElementsOf(values.keySet());
  }

  private static List<Method> setters() {
    return Stream.of(ServerParams.Builder.class.getMethods())
        .filter(method -> method.getReturnType() == ServerParams.Builder.class)
        .toList();
  }

  @Test
  void theTokenIsNotTold() {
    assertThat(ServerParams.builder().apiToken("secret").build())
        .hasToString("ServerParams[host=127.0.0.1, port=3000]");
  }
}
