package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.cli.CommandHere;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.options.ConfigurationException;

/** Runs that end before their last step, by their time limit or because they are asked to. */
class EarlyEndsTest extends StripesRuns {
  /** So short that every start of a run makes one step. */
  private static final String ONE_STEP = "training.hours = 1e-12";

  private static final String NO_LIMIT = "training.hours = 0";

  @BeforeAll
  static void start() {
    open("local[2]");
  }

  public static TrainingConfiguration run(String name, String... settings) {
    return StripesRuns.run(name, settings)
        .with("cluster.ranks = 2, training.steps = 7, checkpoint { every-steps = 4, keep = 9 }");
  }

  /** With batch normalisation every rank has running statistics of its own until a segment ends. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pcgrad | method { name = pcgrad, level = parameters } | network.width = 2",
        "mao    | method.name = mao, optimizer.name = adam     | average.decay = 0.8",
        "ew     | method.name = ew | network { name = resnet18, width = 4, features = null, hidden"
            + " = null }, training.batch = 40, average.last-epochs = 3",
      })
  void aRunThatItsTimeLimitCutsAnywhereEndsInTheBitsOfTheWholeRun(
      String name, String method, String more) {
    String[] settings = {method, more, "selection { model = best, patience = 9 }"};
    Path whole = folder.resolve("whole-" + name);
    Path cut = folder.resolve("cut-" + name);
    Runs.train(spark, run("whole-" + name, settings));
    TrainingConfiguration limited = run("cut-" + name, settings);
    Runs.train(spark, limited.with(ONE_STEP));
    for (int again = 0; again < 2; again++) {
      Runs.train(spark, limited.with(ONE_STEP), TrainingRun.Start.RESUME);
    }
    assertThat(Runs.steps(cut)).hasSize(3);
    Runs.train(spark, limited.with(NO_LIMIT), TrainingRun.Start.RESUME);
    assertThat(Runs.model(cut)).isEqualTo(Runs.model(whole));
    for (String file : List.of(Checkpoint.WEIGHTS, Checkpoint.OPTIMIZER, Checkpoint.AGGREGATOR)) {
      assertThat(Runs.bytes(cut.resolve("checkpoints/step-00000007/" + file)))
          .as(file)
          .isEqualTo(Runs.bytes(whole.resolve("checkpoints/step-00000007/" + file)));
    }
    assertThat(Runs.steps(cut)).isEqualTo(LongStream.range(0, 7).boxed().toList());
    assertThat(Runs.lines(cut, "evaluation")).isEqualTo(Runs.lines(whole, "evaluation"));
  }

  @Test
  void aRunThatEndsByItsTimeLimitLeavesAModelAndSaysSoEverywhere() throws IOException {
    TrainingConfiguration limited = run("limited").with(ONE_STEP);
    String because = "by its time limit, training.hours = 1.0E-12; --resume goes on";
    String said = Runs.train(spark, limited);
    assertThat(said).contains("ends early, after step 1, " + because).contains("done: ");
    Path run = folder.resolve("limited");
    TrainedModel model = TrainedModel.open(run.toString(), new Configuration());
    assertThat(model.step()).isEqualTo(1);
    assertThat(model.caution())
        .contains("the run of this model ended after step 1 of 7 " + because);
    assertThat(RunDirectory.of(run.toString(), new Configuration()).isComplete()).isFalse();
    assertThat(Runs.lines(run, "end")).hasSize(1);
    assertThat(CommandHere.run("report", run.toString()).code()).isZero();
    assertThat(Files.readString(run.resolve("report.html")))
        .contains("The run ended after step 1 of 7 " + because + ".");

    Runs.train(spark, limited.with(NO_LIMIT), TrainingRun.Start.RESUME);
    assertThat(RunDirectory.of(run.toString(), new Configuration()).isComplete()).isTrue();
    assertThat(Runs.lines(run, "end")).isEmpty();
    assertThat(TrainedModel.open(run.toString(), new Configuration()).caution()).isEmpty();
  }

  /** Asks as a signal does, when the first step is told. */
  private static String trainAndStop(TrainingConfiguration configuration, RunStop.Signal signal)
      throws InterruptedException {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream console =
        new PrintStream(said, true, StandardCharsets.UTF_8) {
          @Override
          public PrintStream printf(java.util.Locale locale, String format, Object... values) {
            assertThat(RunStop.ask(signal)).contains(Duration.ofSeconds(60));
            assertThat(RunStop.ask(signal)).isEmpty();
            return super.printf(locale, format, values);
          }
        };
    try {
      TrainingRun.run(spark, configuration, TrainingRun.Start.NEW, console);
      return said.toString(StandardCharsets.UTF_8);
    } catch (StoppedException e) {
      assertThat(e.exitCode()).isEqualTo(signal.exitCode());
      return e.getMessage();
    }
  }

  @Test
  void aRunThatIsAskedToEndMakesItsStepAndSaysHowToGoOn() throws InterruptedException {
    assertThat(RunStop.ask(RunStop.Signal.INT))
        .as("no run is under way")
        .isEqualTo(Optional.empty());
    Runs.train(spark, run("undisturbed"));
    TrainingConfiguration asked = run("asked");
    Path run = folder.resolve("asked");
    assertThat(trainAndStop(asked, RunStop.Signal.TERM))
        .isEqualTo(
            "stopped by SIGTERM after step 1 of 7: file:%s/checkpoints/step-00000001 is its checkpoint, and the same command with --resume goes on from there"
                .formatted(run));
    assertThat(run.resolve("model")).doesNotExist();
    assertThat(Runs.steps(run)).containsExactly(0L);
    assertThat(Runs.lines(run, "end").get(0).path("reason").asText())
        .isEqualTo("because SIGTERM asked it to");
    Runs.train(spark, asked, TrainingRun.Start.RESUME);
    assertThat(Runs.model(run)).isEqualTo(Runs.model(folder.resolve("undisturbed")));
  }

  @Test
  void aStoreOfBaselinesGoesOnWithThoseThatTheirTimeLimitEnded() {
    String store = "baselines.directory = \"" + folder.resolve("store") + "\"";
    TrainingConfiguration limited = run("compared", store).with(ONE_STEP);
    Runs.trainSingleTasks(spark, limited);
    assertThatThrownBy(() -> Runs.train(spark, limited))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(" ended after step 1 of 7 by its time limit")
        .hasMessageContaining("nothing was evaluated there");
    assertThat(Runs.trainSingleTasks(spark, limited.with(NO_LIMIT))).contains("steps 1 to 7");
    Runs.train(spark, limited);
    assertThat(Runs.trainSingleTasks(spark, limited)).contains("there already");
  }

  /** As where a scheduler ends driver and executors at the same time. */
  @Test
  void aRunWhoseStepIsLostWhenItIsAskedToEndEndsAtItsLastCheckpoint() {
    TrainingConfiguration two = run("lost").with("training.steps = 2");
    Runs.train(spark, two);
    PrintStream failing =
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8) {
          @Override
          public PrintStream printf(java.util.Locale locale, String format, Object... values) {
            RunStop.ask(RunStop.Signal.TERM);
            throw new IllegalStateException("lost");
          }
        };
    TrainingConfiguration longer = two.with("training.steps = 7");
    assertThatThrownBy(() -> TrainingRun.run(spark, longer, TrainingRun.Start.RESUME, failing))
        .isInstanceOf(StoppedException.class)
        .hasMessageContaining("stopped by SIGTERM after step 2 of 7")
        .hasMessageContaining("step-00000002 is its checkpoint");
    Runs.train(spark, longer, TrainingRun.Start.RESUME);
    assertThat(Runs.steps(folder.resolve("lost"))).hasSize(7);
  }

  /** As a program does that trains in a thread of its own and no longer wants the result. */
  @Test
  void aThreadThatIsInterruptedLeavesItsRunAndIsNoFailure() throws InterruptedException {
    Runs.train(spark, run("whole"));
    TrainingConfiguration left = run("left");
    Thread training = Thread.currentThread();
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream interrupting =
        new PrintStream(said, true, StandardCharsets.UTF_8) {
          @Override
          public PrintStream printf(java.util.Locale locale, String format, Object... values) {
            training.interrupt();
            return super.printf(locale, format, values);
          }
        };
    assertThatThrownBy(() -> TrainingRun.run(spark, left, TrainingRun.Start.NEW, interrupting))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).as("told by the exception alone").isFalse();
    assertThat(said.toString(StandardCharsets.UTF_8)).doesNotContain("again");
    Runs.train(spark, left, TrainingRun.Start.RESUME);
    assertThat(Runs.model(folder.resolve("left"))).isEqualTo(Runs.model(folder.resolve("whole")));
  }

  @Test
  void noOtherRunBeginsAfterOneThatWasAskedToEnd() {
    TrainingConfiguration single = run("singles").with("training.steps = 1");
    assertThatThrownBy(
            () -> {
              PrintStream asking =
                  new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8) {
                    @Override
                    public PrintStream printf(
                        java.util.Locale locale, String format, Object... values) {
                      RunStop.ask(RunStop.Signal.INT);
                      return this;
                    }
                  };
              SingleTaskBaselines.train(spark, single, TrainingRun.Start.NEW, asking);
            })
        .isInstanceOf(StoppedException.class)
        .hasMessageContaining("singles/row had ended and left its model");
    assertThat(folder.resolve("singles").toFile().list()).containsExactly("row");
  }
}
