package dev.llamastream.internal.ffm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over trees of files as Linux shows them. */
class AvailableMemoryTest {

  private static final long MACHINE = 524L << 10;

  @TempDir private Path root;

  @BeforeEach
  void machine() throws IOException {
    write("proc/meminfo", "MemTotal: 900 kB\nMemAvailable:   500 kB\nSwapFree: 24 kB\n");
  }

  @Test
  void withoutLimitsItIsTheMachinesMemoryAndSwap() throws IOException {
    assertThat(available()).isEqualTo(MACHINE);
    v2("/", "max", 1_000, 0);
    write("proc/self/cgroup", "0::/\n");
    assertThat(available()).isEqualTo(MACHINE);
  }

  @Test
  void nothingIsLimitedWhereThereIsNoProc() {
    assertThat(new AvailableMemory(root.resolve("absent"), root.resolve("absent")).bytes())
        .isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void pagesOfFilesCountAsFree() throws IOException {
    write("proc/self/cgroup", "0::/\n");
    v2("/", "300000", 299_000, 250_000);
    noSwap("cgroup");
    assertThat(available()).isEqualTo(251_000);
  }

  @Test
  void eachGroupAroundTheProcessLimitsIt() throws IOException {
    write("proc/self/cgroup", "0::/pod/container\n");
    v2("/pod/container", "400000", 100_000, 0);
    v2("/pod", "200000", 150_000, 10_000);
    noSwap("cgroup/pod/container");
    noSwap("cgroup/pod");
    assertThat(available()).isEqualTo(60_000);

    v2("/pod", "max", 150_000, 10_000);
    assertThat(available()).isEqualTo(300_000);
  }

  @Test
  void aContainerThatSeesItsGroupAsTheRootIsFound() throws IOException {
    v2("/", "300000", 100_000, 20_000);
    noSwap("cgroup");
    write("proc/self/cgroup", "0::/docker/0123\n");
    assertThat(available()).isEqualTo(220_000);
    write("proc/self/cgroup", "0::/../../elsewhere\n");
    assertThat(available()).isEqualTo(220_000);
  }

  @Test
  void swapCountsAsFarAsTheGroupMayUseIt() throws IOException {
    write("proc/self/cgroup", "0::/\n");
    v2("/", "300000", 100_000, 0);
    assertThat(available()).as("no limit of its own").isEqualTo(200_000 + (24 << 10));
    write("cgroup/memory.swap.max", "5000\n");
    write("cgroup/memory.swap.current", "1000\n");
    assertThat(available()).isEqualTo(204_000);
    write("cgroup/memory.swap.current", "9000\n");
    assertThat(available()).isEqualTo(200_000);
  }

  @Test
  void versionOneIsReadToo() throws IOException {
    write("proc/self/cgroup", "9:name=systemd:/\n4:hugetlb,memory:/pod/container\n0::/\n");
    v1("/pod/container", "9223372036854771712", 100_000, 30_000, 0);
    assertThat(available()).isEqualTo(MACHINE);

    v1("/pod", "300000", 250_000, 30_000, 7_000);
    assertThat(available()).isEqualTo(50_000 + 37_000 + (24 << 10));

    write("cgroup/memory/pod/memory.memsw.limit_in_bytes", "310000\n");
    write("cgroup/memory/pod/memory.memsw.usage_in_bytes", "250000\n");
    assertThat(available()).isEqualTo(60_000 + 37_000);
  }

  @Test
  void whatCannotBeReadLimitsNothing() throws IOException {
    write("proc/self/cgroup", "nonsense\n0::/\n4:memory:/a\n");
    write("cgroup/memory.max", "many\n");
    write("cgroup/memory.current", "\n");
    write("cgroup/memory/a/memory.limit_in_bytes", "");
    assertThat(available()).isEqualTo(MACHINE);
  }

  private long available() {
    return new AvailableMemory(root.resolve("proc"), root.resolve("cgroup")).bytes();
  }

  private void v2(String group, String limit, long usage, long files) throws IOException {
    write("cgroup" + group + "/memory.max", limit + "\n");
    write("cgroup" + group + "/memory.current", usage + "\n");
    write(
        "cgroup" + group + "/memory.stat",
        "anon 5\nfile 7\ninactive_file " + (files - files / 3) + "\nactive_file " + files / 3);
  }

  private void noSwap(String group) throws IOException {
    write(group + "/memory.swap.max", "0\n");
    write(group + "/memory.swap.current", "0\n");
  }

  private void v1(String group, String limit, long usage, long inactive, long active)
      throws IOException {
    String directory = "cgroup/memory" + group;
    write(directory + "/memory.limit_in_bytes", limit + "\n");
    write(directory + "/memory.usage_in_bytes", usage + "\n");
    write(
        directory + "/memory.stat",
        "inactive_file 1\ntotal_inactive_file " + inactive + "\ntotal_active_file " + active);
  }

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
