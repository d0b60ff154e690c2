package org.sparkmto.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.spark.resource.ResourceInformation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What deploy/gpu/discover tells Spark, read by Spark's own reader. */
class DiscoverScriptTest {
  @TempDir private Path folder;

  private LoggedProcess discover(int code, Map<String, String> environment) {
    LoggedProcess process =
        LoggedProcess.start(
            "discover",
            folder,
            environment,
            List.of(BuiltFiles.deploy().resolve("gpu/discover").toString()));
    assertThat(process.waitFor(Duration.ofSeconds(30))).as(process::stderr).isEqualTo(code);
    return process;
  }

  private void finds(List<String> addresses, Map<String, String> environment) {
    LoggedProcess process = discover(0, environment);
    ResourceInformation found = ResourceInformation.parseJson(process.stdout());
    assertThat(found.name()).isEqualTo("gpu");
    assertThat(found.addresses()).containsExactlyElementsOf(addresses);
    assertThat(process.stderr()).isEmpty();
  }

  private void refuses(String words, Map<String, String> environment) {
    LoggedProcess process = discover(1, environment);
    assertThat(process.stderr()).startsWith("discover: ").contains(words).hasLineCount(1);
    assertThat(process.stdout()).as("what Spark shows").isEqualTo(process.stderr());
  }

  /** A folder of the PATH whose nvidia-smi does this. */
  private Map<String, String> smi(String does) throws IOException {
    Path script = folder.resolve("nvidia-smi");
    Files.writeString(script, "#!/bin/sh\n" + does + "\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
    return Map.of("PATH", folder + ":" + System.getenv("PATH"));
  }

  @Test
  void reportsTheNumbersOfNvidiaSmi() throws IOException {
    finds(List.of("0", "1"), smi("[ \"$1\" = --query-gpu=index ] && printf '0\\n1\\n'"));
    refuses("nvidia-smi says: no driver", smi("echo no driver; echo more; exit 9"));
    refuses("nvidia-smi names no GPU", smi("exit 0"));
  }

  @Test
  void reportsWhatExecutorsSeeOrWhatItIsTold() {
    finds(List.of("MIG-8a/1/0", "3"), Map.of("CUDA_VISIBLE_DEVICES", "MIG-8a/1/0, 3"));
    finds(List.of("2"), Map.of("CUDA_VISIBLE_DEVICES", "2,3", "SPARK_MTO_GPUS", "2"));
    refuses("CUDA_VISIBLE_DEVICES = '' names no GPU", Map.of("CUDA_VISIBLE_DEVICES", ""));
    refuses("names GPU 1 twice", Map.of("SPARK_MTO_GPUS", "1,1"));
    refuses("names '\"x', which is no GPU", Map.of("SPARK_MTO_GPUS", "0,\"x"));
  }
}
