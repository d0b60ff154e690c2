package org.sparkmto.retraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.cli.CommandHere;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Split;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.Png;
import org.sparkmto.training.Cluster;
import org.sparkmto.training.StripesDataset;
import org.sparkmto.training.TrainedModel;

/** Retrainings one after the other, as a scheduler starts them. */
class RetrainingTest {
  private static final String ALWAYS =
      "retrain.promote-if { better-by = -1000, no-task-worse-by = 1000 }";
  private static final String NEVER = "retrain.promote-if.better-by = 1000";

  @TempDir static Path folder;
  @TempDir Path own;

  private static JavaSparkContext spark;
  private static Path november;
  private static Path december;
  private static final Configuration HADOOP = new Configuration();

  private final List<String> said = new ArrayList<>();

  @BeforeAll
  static void start() {
    november = data("sets/november", "aa", "row", "column");
    december = data("sets/december", "bb", "column", "diagonal");
  }

  /** One Spark for all, but that a command which found it under way has stopped it at its end. */
  private static JavaSparkContext spark() {
    if (spark == null || spark.sc().isStopped()) {
      SparkConf conf =
          new SparkConf(false)
              .setMaster("local[2]")
              .setAppName("retraining tests")
              .set("spark.ui.enabled", "false")
              .set("spark.driver.host", "127.0.0.1")
              .set("spark.driver.bindAddress", "127.0.0.1");
      Cluster.prepare(conf);
      spark = new JavaSparkContext(conf);
    }
    return spark;
  }

  @AfterAll
  static void stop() {
    if (spark != null) {
      spark.stop();
    }
  }

  /** Stripes with some of their tasks, which say that they hold samples of this digest. */
  private static Path data(String name, String digest, String... tasks) {
    Path root = StripesDataset.write(folder.resolve(name));
    Path file = root.resolve(DatasetManifest.FILE_NAME);
    try {
      DatasetManifest all = DatasetManifest.parse(Files.readString(file), name);
      Map<String, Split> splits = new LinkedHashMap<>();
      all.splits().forEach((split, of) -> splits.put(split, new Split(split, of.files(), digest)));
      DatasetManifest some =
          new DatasetManifest(
              all.dataset(),
              all.writer(),
              all.seed(),
              all.columns(),
              all.tasks().stream().filter(task -> List.of(tasks).contains(task.name())).toList(),
              splits,
              all.statistics(),
              all.histograms(),
              Map.of(),
              all.sources(),
              all.settings(),
              List.of());
      Files.writeString(file, some.toJson());
      return root;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private TrainingConfiguration configuration(Path data, String... settings) {
    List<String> lines = new ArrayList<>();
    lines.add("run.directory = unused, run.seed = 7, data.cache-mib = 16");
    lines.add("data.directory = \"" + data + "\"");
    lines.add("network { name = small-conv, width = 2, features = 6, hidden = 5 }");
    lines.add("training { steps = 4, batch = 24 }, checkpoint.every-steps = 2");
    lines.add("cluster { deadline-seconds = 60, threads = 1, ranks = 1 }");
    lines.add("retrain { directory = \"" + own.resolve("all") + "\", split = val }");
    lines.addAll(List.of(settings));
    return TrainingConfiguration.parse(String.join("\n", lines));
  }

  private RetrainingEvent retrain(String run, TrainingConfiguration configuration) {
    Optional<RetrainingEvent> before = Retraining.decided(configuration, run, HADOOP);
    if (before.isPresent()) {
      return before.get();
    }
    try (Retraining retraining = open(run, configuration)) {
      Optional<RetrainingEvent> decided = retraining.prepare();
      return decided.isPresent()
          ? decided.get()
          : retraining.run(spark(), new PrintStream(PrintStream.nullOutputStream()));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Retraining open(String run, TrainingConfiguration configuration)
      throws InterruptedException {
    return Retraining.open(configuration, run, false, HADOOP, this::hear);
  }

  private void hear(String line) {
    said.add(line);
  }

  private String promoted() {
    String run = TrainedModel.open(own.resolve("all").toString(), HADOOP).run();
    return run.substring(run.lastIndexOf('/') + 1);
  }

  private byte[] weights(String run) throws IOException {
    return Files.readAllBytes(own.resolve("all/runs/" + run + "/model/model.safetensors"));
  }

  @Test
  void aNightAfterTheOtherIsPromotedKeptOrHasNothingNew() throws IOException {
    RetrainingEvent first = retrain("n1", configuration(november));
    assertThat(first.outcome()).isEqualTo(RetrainingEvent.Outcome.PROMOTED);
    assertThat(first.reasons())
        .containsExactly("it is the first model: there is none to compare with");
    assertThat(first.before()).isEmpty();
    assertThat(promoted()).isEqualTo("n1");

    RetrainingEvent nothing = retrain("n2", configuration(november));
    assertThat(nothing.outcome()).isEqualTo(RetrainingEvent.Outcome.NOTHING_NEW);
    assertThat(own.resolve("all/runs/n2")).doesNotExist();

    RetrainingEvent kept = retrain("n3", configuration(december, NEVER));
    assertThat(kept.outcome()).isEqualTo(RetrainingEvent.Outcome.KEPT);
    assertThat(promoted()).isEqualTo("n1");
    assertThat(kept.gained()).containsExactly("diagonal");
    assertThat(kept.lost()).containsExactly("row");
    assertThat(kept.model().orElseThrow().tasks()).containsOnlyKeys("column", "diagonal");
    assertThat(kept.before().orElseThrow().tasks()).containsOnlyKeys("column");
    assertThat(kept.delta()).isFinite();

    // Decided is decided, whatever has changed since; the text is that of the file.
    assertThat(retrain("n3", configuration(december, ALWAYS)).toJson()).isEqualTo(kept.toJson());

    RetrainingEvent again =
        retrain("n4", configuration(december, ALWAYS, "retrain.only-new-data = false"));
    assertThat(again.outcome()).isEqualTo(RetrainingEvent.Outcome.PROMOTED);
    assertThat(promoted()).isEqualTo("n4");
    // From the same model and data the same weights, and so the same comparison.
    assertThat(weights("n4")).isEqualTo(weights("n3"));
    assertThat(again.delta()).isEqualTo(kept.delta());

    String all = own.resolve("all").toString();
    assertThat(CommandHere.run("history", all).out().lines())
        .satisfiesExactly(
            head -> assertThat(head).contains("run", "decision", "Delta_m"),
            n1 -> assertThat(n1).contains("n1 ", " promoted ", " 4 ", "november", "accuracy"),
            n2 -> assertThat(n2).contains("n2 ", " nothing-new "),
            n3 -> assertThat(n3).contains("n3 ", " kept ", " there ", "december"),
            n4 -> assertThat(n4).startsWith("*").contains("n4 ", " promoted ", " %"));
    assertThat(CommandHere.run("history", all, "--promoted").out()).endsWith("/all/runs/n4\n");
    assertThat(CommandHere.run("history", all, "--json").out())
        .contains("\"promoted\" : \"n4\"", "\"gained\" : [ \"diagonal\" ]");

    CommandHere back = CommandHere.run("rollback", all);
    assertThat(back.code()).as(back.err()).isZero();
    assertThat(back.out()).isEqualTo("the model of n1 is promoted; rolled back from n4\n");
    assertThat(promoted()).isEqualTo("n1");
    assertThat(CommandHere.run("rollback", all).err()).contains("there is none before it");
    assertThat(CommandHere.run("rollback", all, "--to", "n3").err())
        .contains("--to n3 was never promoted; there are the models of n1, n4");
    assertThat(CommandHere.run("rollback", all, "--to", "n4").code()).isZero();
    assertThat(promoted()).isEqualTo("n4");
    assertThat(CommandHere.run("history", all).out().lines()).last().asString().startsWith("*");
  }

  @Test
  void theLastModelsStayAndThoseThatTheWayBackLeadsTo() {
    String more = "retrain { keep = 1, only-new-data = false, promote-if.better-by = -1000 }";
    String bound = "retrain.promote-if.no-task-worse-by = 1000, training.steps = 1";
    retrain("a", configuration(november, more, bound));
    retrain("b", configuration(november, more, bound));
    assertThat(said).contains("deleted the models of a, by retrain.keep");
    retrain("c", configuration(november, more, bound, NEVER));
    // The newest model stays for people to look at, the promoted one for those who use it.
    assertThat(own.resolve("all/runs/c/model")).exists();
    assertThat(own.resolve("all/runs/b/model")).exists();
    assertThat(own.resolve("all/runs/a/model")).doesNotExist();
    assertThat(own.resolve("all/runs/a/checkpoints")).doesNotExist();
    assertThat(own.resolve("all/runs/a/metrics.jsonl")).exists();
    assertThat(CommandHere.run("rollback", own.resolve("all").toString(), "--to", "a").err())
        .contains("the model of a is not there any more (retrain.keep); there are those of b");
  }

  @Test
  void whereverItIsKilledTheSameCallEndsInTheSame() throws Exception {
    TrainingConfiguration second = configuration(december, ALWAYS, "retrain.only-new-data = false");
    retrain("n1", configuration(november));
    String before = Files.readString(own.resolve("all/promoted.json"));
    RetrainingEvent whole = retrain("whole", second);
    byte[] weights = weights("whole");
    CommandHere.done("rollback", own.resolve("all").toString());

    // While it trained: a checkpoint is there and no model.
    killAtEvaluation("cut", second);
    assertThat(own.resolve("all/runs/cut/model/model.safetensors")).exists();
    delete(
        "model/manifest.json",
        "model/model.safetensors",
        "checkpoints/step-00000004/manifest.json");
    assertThat(CommandHere.run("history", own.resolve("all").toString()).out())
        .contains("cut ", "not decided", "under way or interrupted");
    said.clear();
    // While it evaluated: once more in the same place, now after the training went on.
    killAtEvaluation("cut", second);
    assertThat(weights("cut")).isEqualTo(weights);
    assertThat(promoted()).isEqualTo("n1");
    RetrainingEvent done = retrain("cut", second);
    assertThat(done.outcome()).isEqualTo(whole.outcome());
    assertThat(done.reasons()).isEqualTo(whole.reasons());
    assertThat(done.model().orElseThrow().tasks()).isEqualTo(whole.model().orElseThrow().tasks());
    assertThat(weights("cut")).isEqualTo(weights);

    // After the decision was written and before readers were told.
    Files.writeString(own.resolve("all/promoted.json"), before);
    assertThat(promoted()).isEqualTo("n1");
    assertThat(retrain("cut", second).toJson()).isEqualTo(done.toJson());
    assertThat(promoted()).isEqualTo("cut");
  }

  private void killAtEvaluation(String run, TrainingConfiguration configuration) {
    assertThatThrownBy(
            () -> {
              try (Retraining cut =
                  Retraining.open(configuration, run, false, HADOOP, this::dieAtEvaluation)) {
                assertThat(cut.prepare()).isEmpty();
                cut.run(spark(), new PrintStream(PrintStream.nullOutputStream()));
              }
            })
        .hasMessage("killed");
  }

  private void dieAtEvaluation(String line) {
    if (line.startsWith("evaluating")) {
      throw new IllegalStateException("killed");
    }
  }

  private void delete(String... files) throws IOException {
    for (String file : files) {
      Files.delete(own.resolve("all/runs/cut/" + file));
    }
  }

  @Test
  void whatHasChangedSinceItWasBegunBeginsItAnew() throws Exception {
    TrainingConfiguration first = configuration(november);
    killAtEvaluation("n1", first);
    RetrainingEvent event = retrain("n1", configuration(december));
    assertThat(said)
        .contains("the data or the promoted model are others than those that n1 was begun with");
    assertThat(event.model().orElseThrow().tasks()).containsOnlyKeys("column", "diagonal");
  }

  @Test
  void ofTwoSchedulersOneWinsAndTheOtherSaysSo() throws Exception {
    try (Retraining winner = open("n1", configuration(november))) {
      assertThat(winner.prepare()).isEmpty();
      assertThatThrownBy(() -> open("n1", configuration(november)))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("is in use by process " + ProcessHandle.current().pid());
    }
    // Nothing came of it, so nothing is left.
    assertThat(own.resolve("all")).doesNotExist();
  }

  @Test
  void aDamagedModelIsNeitherTrainedFromNorGoneBackTo() throws IOException {
    retrain("n1", configuration(november));
    Path file = own.resolve("all/runs/n1/model/model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 3] ^= 1;
    Files.write(file, bytes);
    assertThatThrownBy(() -> retrain("n2", configuration(december)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("the promoted model is damaged or gone")
        .hasMessageContaining("is not what was written")
        .hasMessageContaining("go back with rollback");
    assertThat(own.resolve("all/runs/n2")).doesNotExist();
    Files.delete(own.resolve("all/runs/n1/model/manifest.json"));
    assertThatThrownBy(() -> retrain("n2", configuration(december)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("damaged or gone")
        .hasMessageContaining("/all/runs/n1 holds no trained model");
  }

  @Test
  void theNewestDataSetOfADirectoryIsTrainedOn() {
    // By their names december comes before november.
    RetrainingEvent event =
        retrain("n1", configuration(november, "retrain.data = \"" + folder.resolve("sets") + "\""));
    assertThat(event.data().get("directory")).endsWith("/sets/november");
    assertThatThrownBy(
            () -> retrain("n2", configuration(november, "retrain.data = \"" + own + "\"")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("holds no finished data set");
  }

  @Test
  void aSchedulerReadsTheDecisionAndTheExitCode() {
    spark();
    CommandHere first = command("n1");
    assertThat(first.code()).as(first.err()).isZero();
    assertThat(first.out()).contains("\"decision\" : \"promoted\"");
    assertThat(command("n1")).isEqualTo(new CommandHere(0, first.out(), ""));
    CommandHere nothing = command("n2");
    assertThat(nothing.code()).isEqualTo(4);
    assertThat(nothing.out()).contains("\"decision\" : \"nothing-new\"");
    assertThat(command("n2", "--exit-zero")).isEqualTo(new CommandHere(0, nothing.out(), ""));
    spark();
    CommandHere kept =
        command("n3", "--set", "retrain.only-new-data=false", "--set", NEVER.replace(" ", ""));
    assertThat(kept.code()).as(kept.err()).isEqualTo(3);
    assertThat(kept.out()).contains("\"decision\" : \"kept\"", ", above -1000 %");
    CommandHere wrong = command("n4", "--set", "retrain.split=trian");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).startsWith("spark-mto retrain: ").contains("has no split 'trian'");
  }

  @Test
  void newSamplesOfOwnDataAreAddedByTheSameCall() throws IOException {
    Path raw = own.resolve("raw");
    Path tasks = own.resolve("tasks.conf");
    Files.writeString(
        tasks,
        """
        table = t.csv, size = 12, inputs = [{ column = image }]
        split { column = split, train = [train], val = [val] }
        tasks = [{ name = kind, kind = classification, column = label, classes = [cat, dog] }]
        """);
    String[] with = {
      "--raw",
      raw.toString(),
      "--raw-config",
      tasks.toString(),
      "--set",
      "data.directory=" + own.resolve("shards"),
      "--set",
      "retrain.data=\"\""
    };
    spark();
    write(raw, 20);
    CommandHere first = command("n1", with);
    assertThat(first.code()).as(first.err()).isZero();
    assertThat(first.err()).contains("shards: made of 20 samples");
    spark();
    write(raw, 24);
    CommandHere second = command("n3", with);
    assertThat(second.code()).as(second.err()).isIn(0, 3);
    assertThat(second.err()).contains("shards: added 4 samples; 20 were there");
    assertThat(second.out()).contains("\"samples of train\" : \"18\"");
    assertThat(command("n4", "--raw", raw.toString()).err())
        .contains("--raw and --raw-config go together");
  }

  private static void write(Path raw, int rows) throws IOException {
    Files.createDirectories(raw);
    StringBuilder csv = new StringBuilder("image,label,split\n");
    for (int i = 0; i < rows; i++) {
      byte[] samples = new byte[3 * 12 * 12];
      Arrays.fill(samples, (byte) (7 * i));
      Files.write(raw.resolve(i + ".png"), Png.encode(new Image(3, 12, 12, samples)));
      csv.append(i).append(".png,").append(i % 2 == 0 ? "cat," : "dog,");
      csv.append(i % 4 == 3 ? "val" : "train").append('\n');
    }
    Files.writeString(raw.resolve("t.csv"), csv);
  }

  private CommandHere command(String run, String... more) {
    List<String> words = new ArrayList<>(List.of("retrain", "--run-id", run));
    words.addAll(List.of("--master", "local[2]", "--spark-conf", "spark.ui.enabled=false"));
    for (String set :
        List.of(
            "network { width = 2, features = 6, hidden = 5 }",
            "training { steps = 2, batch = 12 }",
            "cluster.ranks = 1",
            "retrain.split=val",
            "retrain.directory=" + own.resolve("all"),
            "retrain.data=" + folder.resolve("sets"))) {
      words.addAll(List.of("--set", set));
    }
    words.addAll(List.of(more));
    return CommandHere.run(words.toArray(String[]::new));
  }

  @Test
  void whatCannotBeIsRefusedBeforeAnythingIsWritten() throws IOException {
    assertThatThrownBy(() -> retrain("2026-11-29T00:00", configuration(november)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("an identity is a name for a directory");
    assertThatThrownBy(() -> retrain("n1", configuration(november, "retrain.split = test")))
        .hasMessageContaining("has no split 'test'");
    assertThatThrownBy(() -> retrain("n1", configuration(november, "retrain.directory = \"\"")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("retrain.directory is not set");
    assertThat(own.resolve("all")).doesNotExist();
    Files.createDirectories(own.resolve("all/photos"));
    assertThatThrownBy(() -> retrain("n1", configuration(november)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("is not a directory of retrainings (it holds photos)");
    assertThat(CommandHere.run("history", own.resolve("none").toString()).err())
        .contains("holds no retrainings");
  }
}
