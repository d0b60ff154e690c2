package org.sparkmto.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.cli.CommandHere;
import org.sparkmto.cluster.BuiltFiles;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.ImageFile;

/**
 * Runs the program of notebooks/ in an application of its own, by the Python of PYSPARK_PYTHON or
 * python3, and reads in this one what it has left.
 */
class PySparkIT {
  private static final String FOR_A_SHORT_RUN =
      "--conf spark.ui.enabled=false --conf spark.sql.shuffle.partitions=2"
          + " --driver-java-options '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' pyspark-shell";

  @TempDir private static Path folder;

  @Test
  void aPipelineFittedFromPythonAnswersTheSameInAnotherApplication() throws Exception {
    assumeTrue(
        python(List.of("-c", "import pyspark.ml; assert pyspark.__version__[:3] == '4.1'")) == 0,
        "python3 is not here, or has no PySpark 4.1 with numpy (pip install 'pyspark==4.1.*'"
            + " numpy; PYSPARK_PYTHON may name another Python)");
    Path raw = folder.resolve("raw");
    Path work = folder.resolve("work");
    CommandHere.done(
        "samples", "portraits", "--out", "" + raw, "--train", "30", "--val", "10", "--test", "9");
    Stream<Path> jars =
        Stream.concat(Stream.of(BuiltFiles.classesJar()), BuiltFiles.nativeJars().stream());
    int code =
        python(
            List.of(
                Path.of("..", "notebooks", "pyspark_portraits.py").toAbsolutePath().toString(),
                jars.map(Path::toString).collect(Collectors.joining(",")),
                raw.toString(),
                work.toString(),
                "2"));
    String said = Files.readString(folder.resolve("said"));
    assertThat(code).as(said).isZero();
    assertThat(said).contains("prediction_glasses", "glasses right: ", "/model");

    try (SparkSession spark = Photos.session()) {
      Dataset<Row> answers = spark.read().parquet(work.resolve("answers").toString());
      Dataset<Row> asked =
          answers.select("image", "smiles", "hat", "glasses", "age", "head", "split", "held");
      PipelineModel model = PipelineModel.load(work.resolve("pipeline").toString());
      List<Row> here = model.transform(asked.coalesce(1)).collectAsList();
      List<Row> there = answers.coalesce(1).collectAsList();
      assertThat(here).hasSize(9);
      for (int i = 0; i < here.size(); i++) {
        for (String same :
            List.of("image", "prediction_smiles", "prediction_hat", "prediction_glasses")) {
          assertThat(here.get(i).<Object>getAs(same)).isEqualTo(there.get(i).getAs(same));
        }
        assertThat(here.get(i).<Float>getAs("prediction_age"))
            .isEqualTo(there.get(i).<Float>getAs("prediction_age"));
        assertThat(here.get(i).<byte[]>getAs("prediction_head"))
            .isEqualTo(there.get(i).<byte[]>getAs("prediction_head"));
        assertThat(size(here.get(i).getAs("prediction_head"))).isEqualTo("48x48");
      }
    }
  }

  private static String size(byte[] png) throws UnreadableSampleException {
    Image image = ImageFile.decode(png);
    return image.height() + "x" + image.width();
  }

  /** The exit code; what is said goes to a file. */
  private static int python(List<String> arguments) throws InterruptedException {
    String program = System.getenv("PYSPARK_PYTHON");
    List<String> command = new ArrayList<>(List.of(program == null ? "python3" : program));
    command.addAll(arguments);
    ProcessBuilder process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("said").toFile());
    process.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    process.environment().put("JAVA_HOME", System.getProperty("java.home"));
    process.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    process.environment().put("PYSPARK_SUBMIT_ARGS", FOR_A_SHORT_RUN);
    try {
      return process.start().waitFor();
    } catch (IOException e) {
      return -1; // there is no such program
    }
  }
}
