package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.training.StripesDataset;

/**
 * What can be refused without Spark is refused before it starts. Here it could not: it is told to
 * load a plugin that does not exist.
 */
class BeforeSparkTest {
  private static final String NO_SUCH_PLUGIN = "no.such.Plugin";

  @TempDir static Path folder;

  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void write() throws IOException {
    StripesDataset.write(folder.resolve("stripes"));
    Files.writeString(Files.createDirectories(folder.resolve("full")).resolve("letter"), "dear");
    Files.writeString(
        folder.resolve("run.conf"),
        """
        run.directory = %1$s/run
        data.directory = %1$s/stripes
        network { width = 2, features = 6, hidden = 5 }
        training { steps = 4, batch = 24 }
        """
            .formatted(folder));
  }

  private int run(String line) {
    List<String> arguments =
        new ArrayList<>(Arrays.asList(line.replace("DIR", folder.toString()).split(" ", -1)));
    arguments.addAll(
        List.of("--master", "local[2]", "--spark-conf", "spark.plugins=" + NO_SUCH_PLUGIN));
    return Main.run(
        Main.subCommands(),
        new PrintWriter(new StringWriter(), true),
        new PrintWriter(err, true),
        arguments.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "train -c DIR/run.conf --set run.directory=DIR/full | it holds letter",
        "train -c DIR/run.conf --set data.directory=DIR/none | there is no data set at",
        "train -c DIR/run.conf --set data.validation=dev | has no split 'dev'",
        "train -c DIR/run.conf --set training.batch=241 | 241 samples is larger than the split",
        "train -c DIR/run.conf --set cluster.ranks=30 | training.batch = 24 leaves some of 30",
        "train -c DIR/run.conf --set method.weights=[1] | method: ",
        "train -c DIR/run.conf --tasks one --set run.directory=DIR/stripes --set"
            + " data.directory=DIR/none | there is no data set at",
        "evaluate DIR/none | holds no trained model; there is no such run",
        "robustness DIR/none --data DIR/stripes --out DIR/table | holds no corrupted data sets",
        "predict DIR/none --out DIR/answers | holds no trained model; there is no such run",
        "predict DIR/none --out DIR/full | is not empty and holds no prediction",
        "preprocess celeba --raw DIR/none --out DIR/shards | none",
        "preprocess celeba --raw DIR/full --out DIR/full | is not empty and holds no data set",
        "preprocess celeba --raw DIR/full --out DIR/shards --set sise=3 | sise",
        "preprocess celeba --raw DIR/full --out DIR/shards --append | others have fixed",
        "preprocess celeba --raw DIR/full --out DIR/shards --append --overwrite | contradict",
        "corrupt DIR/none --out DIR/corrupted | there is no data set at",
        "corrupt DIR/stripes --out DIR/corrupted | has no split 'test'",
        "corrupt DIR/stripes --out DIR/full --mixed --split val | is not empty and holds no data"
            + " set",
        "corrupt DIR/stripes --out DIR/corrupted --corruption frog | unknown corruption 'frog'",
        "corrupt DIR/stripes --out DIR/corrupted --severity 0 | severity 0 is not one of 1 to 5",
        "samples faces --out DIR/full | is not empty and holds no set of samples",
        "compare -c DIR/run.conf --split val --out DIR/full | is not empty and not the directory of"
            + " a",
        "compare -c DIR/run.conf --out DIR/all --split dev | has no split 'dev'",
      })
  void isRefused(String line, String message) {
    assertThat(run(line.strip())).as(err::toString).isEqualTo(ExitCode.WRONG_CONFIGURATION);
    assertThat(err.toString()).contains(message.strip()).doesNotContain(NO_SUCH_PLUGIN);
    assertThat(err.toString().lines()).hasSize(1);
  }

  @Test
  void whatIsRightNeedsSpark() {
    assertThat(run("train -c DIR/run.conf")).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString()).contains(NO_SUCH_PLUGIN);
    assertThat(folder.resolve("run")).doesNotExist();
  }
}
