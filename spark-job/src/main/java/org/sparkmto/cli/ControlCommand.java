package org.sparkmto.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.control.AgentSettings;
import org.sparkmto.experiment.NamedOptions;
import org.sparkmto.experiment.control.ControlExperiment;
import org.sparkmto.experiment.control.ControlPlan;
import org.sparkmto.report.Report;
import org.sparkmto.report.SweepReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares methods on ten control tasks that one agent learns. */
@Command(
    name = "control",
    description = {
      "Compares methods on ten control tasks that one agent learns.",
      "Pendulums, cart-poles, a mountain car, an acrobot and arms that reach; the agent is a soft",
      "actor-critic with a head for each task, and the method weighs the tasks' losses. Executors",
      "play episodes, the driver learns. Needs no data. Writes results.json, tables and a page"
          + " with",
      "learning curves; give the command again to go on after an interruption: runs that are over",
      "are kept."
    },
    sortOptions = false,
    footer = {
      "%nExample:",
      "  spark-mto control --method ew,pcgrad,aligned-mtl --seeds 1,2 --out reports/control",
      "  spark-mto control --method cagrad:c=0.5 --rounds 10 --updates 20 --out reports/try"
    })
final class ControlCommand extends SubCommand {
  @Spec private CommandSpec spec;
  @Mixin private SparkOptions spark;

  @Option(
      names = "--method",
      paramLabel = "NAME[:option=value,...]",
      description =
          "A method with its options, or several separated by commas. Repeatable. Default: "
              + "ew,pcgrad,cagrad,nash-mtl,aligned-mtl. `spark-mto methods` lists all.")
  private List<String> methods = List.of("ew,pcgrad,cagrad,nash-mtl,aligned-mtl");

  @Option(
      names = "--seeds",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,2,3",
      description = "Seeds; every method is run with each. Default: ${DEFAULT-VALUE}.")
  private List<Long> seeds;

  @Mixin private DescentOptions descent;

  @Option(
      names = "--hidden",
      paramLabel = "N",
      defaultValue = "64",
      description = "Width of the two hidden layers. Default: ${DEFAULT-VALUE}.")
  private int hidden;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "32",
      description = "Steps of each task in a batch. Default: ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "100",
      description =
          "Rounds of a run; in each, an episode of every task is played, and the agent learns."
              + " Default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      defaultValue = "5",
      description =
          "Rounds of random actions, after the last of which learning begins. Default:"
              + " ${DEFAULT-VALUE}.")
  private int warmUp;

  @Option(
      names = "--updates",
      paramLabel = "N",
      defaultValue = "100",
      description = "Learning steps of a round. Default: ${DEFAULT-VALUE}.")
  private int updates;

  @Option(
      names = "--every",
      paramLabel = "N",
      defaultValue = "10",
      description = "Rounds after which the policy is judged. Default: ${DEFAULT-VALUE}.")
  private int every;

  @Option(
      names = "--judged",
      paramLabel = "N",
      defaultValue = "20",
      description = "Episodes of each task by which it is judged. Default: ${DEFAULT-VALUE}.")
  private int judged;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where tables and page go, and runs that are over are kept.")
  private String out;

  @Override
  Work prepare() {
    AgentSettings usual = AgentSettings.usual();
    ControlPlan plan =
        new ControlPlan(
            NamedOptions.all(methods),
            seeds,
            new AgentSettings(
                hidden,
                batch,
                descent.rate(),
                usual.discount(),
                usual.follow(),
                usual.temperature()),
            descent.optimizer(),
            rounds,
            warmUp,
            updates,
            every,
            judged);
    return () -> run(plan);
  }

  private void run(ControlPlan plan) throws IOException {
    ControlExperiment.check(out, spark.hadoop());
    PrintWriter console = spec.commandLine().getOut();
    try (SparkSession session = spark.open("spark-mto control " + out)) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
      console.print(SweepReport.markdown(ControlExperiment.run(context, plan, out, System.err)));
      console.printf("%n%s/%s%n", out, Report.PAGE);
      console.flush();
    }
  }
}
