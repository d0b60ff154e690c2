package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.cluster.BuiltFiles;

/** The structure of what is measured; never its times. */
class BenchEnginesCommandIT {
  @TempDir private Path folder;

  @Test
  void measuresBothEnginesInTurns() throws IOException {
    List<Path> links = new ArrayList<>();
    for (Path jar : BuiltFiles.dl4jWitness()) {
      links.add(Files.createSymbolicLink(folder.resolve(jar.getFileName()), jar));
    }
    CommandHere bench =
        CommandHere.run("bench", "engines", "--dl4j", folder.toString(), "--quick", "--steps", "1");
    for (Path link : links) {
      Files.delete(link);
    }
    assertThat(bench.code()).as(bench.err()).isZero();
    assertThat(bench.out())
        .containsPattern("DeepLab of width 16, 16x16, batch 2( +[\\d,]+\\.\\d){6}\\n");
  }

  @Test
  void saysHowToGetDl4j() {
    String how = "in the sources, ./mvnw -pl spark-job/src/test/dl4j-witness package";
    CommandHere without = CommandHere.run("bench", "engines");
    assertThat(without.code()).isEqualTo(2);
    assertThat(without.err()).contains("--dl4j DIR is missing", how).hasLineCount(1);
    CommandHere empty = CommandHere.run("bench", "engines", "--dl4j", folder.toString());
    assertThat(empty.code()).isEqualTo(2);
    assertThat(empty.err()).contains("DL4J is not there", how).hasLineCount(1);
  }
}
