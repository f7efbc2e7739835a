package dev.llamastream.cli.batch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IdSetTest {

  @Test
  void knowsEachTextOnce() {
    IdSet ids = new IdSet();
    int added = 0;
    for (int i = 0; i < 20_000; i++) {
      added += ids.add("request-" + i) ? 1 : 0;
    }
    assertThat(added).isEqualTo(20_000);
    for (int i = 0; i < 20_000; i++) {
      added += ids.add("request-" + i) ? 1 : 0;
    }
    assertThat(added).isEqualTo(20_000);
    assertThat(ids.add("")).isTrue();
    assertThat(ids.add("")).isFalse();
  }
}
