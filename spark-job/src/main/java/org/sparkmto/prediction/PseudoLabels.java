package org.sparkmto.prediction;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.data.Column;
import org.sparkmto.data.DataContractException;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Task;
import org.sparkmto.naming.Nearest;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.options.Option;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.job.ExtendedDataset;
import org.sparkmto.preprocessing.output.OutputDirectory;
import org.sparkmto.training.TrainedModel;

/**
 * Pseudo tasks: a data set gets the answers of a trained model as labels, in columns and tasks of
 * their own, so that others can be trained on them as auxiliary tasks (IAL, section IV-D). What the
 * data set had stays, byte for byte in every sample.
 */
public final class PseudoLabels {
  private PseudoLabels() {}

  /**
   * Refuses whatever {@link #write} would refuse and can be without a cluster; writes nothing.
   *
   * @throws ConfigurationException if the model is not there, or does not fit the data set
   * @throws DataContractException if the data set is not whole
   * @throws PreprocessingException if the output may not be written
   */
  public static void check(PseudoLabelRequest request, Configuration hadoop) {
    ExtendedDataset.examine(request.output(), hadoop, request.overwrite());
    Asked.of(request, hadoop);
  }

  /**
   * Writes the data set with the new tasks. Its manifest is written last.
   *
   * @param console receives lines about what is odd
   * @return what it holds
   * @throws ConfigurationException if the model is not there, or does not fit the data set
   * @throws DataContractException if the data set is not whole
   * @throws PreprocessingException if the output may not be written, or an answer cannot be a label
   */
  public static DatasetManifest write(
      SparkSession spark, PseudoLabelRequest request, Consumer<String> console) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    OutputDirectory output = ExtendedDataset.examine(request.output(), hadoop, request.overwrite());
    Asked asked = Asked.of(request, hadoop);
    asked.model().caution().ifPresent(console);
    asked.dataset().caution().ifPresent(console);
    try {
      return asked.extended(request, hadoop).write(spark, output);
    } catch (PreprocessingException e) {
      throw e;
    } catch (Exception e) { // also those of Spark, which it does not declare
      throw Prediction.own(e, request.run());
    } finally {
      spark.sparkContext().setJobDescription(null);
    }
  }

  /** A model, a data set, and what the one says of the other. */
  private record Asked(TrainedModel model, DatasetDirectory dataset, List<PseudoTask> tasks) {
    static Asked of(PseudoLabelRequest request, Configuration hadoop) {
      TrainedModel model = TrainedModel.open(request.run(), hadoop);
      DatasetDirectory dataset = DatasetDirectory.open(request.data(), hadoop);
      NetworkPlan plan = model.plan();
      requireInputs(plan, dataset);
      List<TaskColumn> answers = TaskColumn.of(plan, Map.of());
      Set<String> wanted = new TreeSet<>(request.tasks());
      List<PseudoTask> tasks = new ArrayList<>();
      for (int i = 0; i < answers.size(); i++) {
        Task task = answers.get(i).task();
        if (request.tasks().isEmpty() || wanted.remove(task.name())) {
          tasks.add(task(request, answers.get(i), i));
        }
      }
      if (!wanted.isEmpty()) {
        String first = wanted.iterator().next();
        throw new ConfigurationException(
            "the model of %s has no task '%s'%s"
                .formatted(model.run(), first, Nearest.hint(first, model.tasks())));
      }
      requireNew(tasks, dataset.manifest());
      return new Asked(model, dataset, tasks);
    }

    private static PseudoTask task(PseudoLabelRequest request, TaskColumn answers, int output) {
      Task task = answers.task();
      boolean soft = request.kind() == PseudoLabelRequest.Kind.SOFT;
      if (soft && !task.kind().hasLabels()) {
        throw new ConfigurationException(
            "task '%s' is of kind %s, which has numbers and no probabilities; take --kind hard for it"
                .formatted(task.name(), task.kind().label()));
      }
      String name = request.prefix() + task.name();
      String column = name.strip().replaceAll("[^A-Za-z0-9_]", "_");
      double threshold = request.threshold(task.kind().hasPixels());
      return PseudoTask.of(name, column, answers, output, soft, threshold);
    }

    private static void requireInputs(NetworkPlan plan, DatasetDirectory dataset) {
      for (Column input : plan.inputs()) {
        List<Column> there = dataset.manifest().columns();
        boolean fits =
            there.stream()
                .anyMatch(
                    column ->
                        column.role() == Column.Role.INPUT
                            && column.name().equals(input.name())
                            && column.type() == input.type()
                            && column.shape().equals(input.shape()));
        if (!fits) {
          throw new ConfigurationException(
              "the model looks at '%s', %s %s, which data set %s has not; its inputs are %s"
                  .formatted(
                      input.name(),
                      input.type().label(),
                      input.shape(),
                      dataset.root(),
                      there.stream()
                          .filter(column -> column.role() == Column.Role.INPUT)
                          .map(
                              column ->
                                  "'%s', %s %s"
                                      .formatted(
                                          column.name(), column.type().label(), column.shape()))
                          .toList()));
        }
      }
    }

    private static void requireNew(List<PseudoTask> tasks, DatasetManifest manifest) {
      Set<String> taken = new HashSet<>();
      manifest.tasks().forEach(task -> taken.add(task.name().toLowerCase(Locale.ROOT)));
      manifest.columns().forEach(column -> taken.add(column.name().toLowerCase(Locale.ROOT)));
      for (PseudoTask pseudo : tasks) {
        Set<String> own = new TreeSet<>(List.of(pseudo.task().name()));
        pseudo.columns().forEach(column -> own.add(column.name()));
        for (String name : own) {
          if (!taken.add(name.toLowerCase(Locale.ROOT))) {
            throw new ConfigurationException(
                "the data set has a task or column '%s' already; name another --prefix"
                    .formatted(name));
          }
        }
      }
    }

    ExtendedDataset extended(PseudoLabelRequest request, Configuration hadoop) {
      List<Column> columns = new ArrayList<>(dataset.manifest().columns());
      List<Task> all = new ArrayList<>(dataset.manifest().tasks());
      Map<String, String> settings = new TreeMap<>();
      for (PseudoTask pseudo : tasks) {
        columns.addAll(pseudo.columns());
        all.add(pseudo.task());
        String prefix = "pseudo." + pseudo.task().name() + ".";
        settings.put(prefix + "run", model.run());
        settings.put(prefix + "sha256", model.digest());
        settings.put(prefix + "step", Long.toString(model.step()));
        settings.put(prefix + "task", pseudo.answers().task().name());
        settings.put(prefix + "kind", Option.spelled(request.kind()));
        settings.put(prefix + "threshold", Double.toString(pseudo.threshold()));
        dataset
            .manifest()
            .splits()
            .forEach((name, split) -> settings.put(prefix + "of." + name, split.digest()));
      }
      return new ExtendedDataset(
          dataset,
          columns,
          all,
          new PseudoLabelReader.Opener(model, dataset, tasks, hadoop),
          settings);
    }
  }
}
