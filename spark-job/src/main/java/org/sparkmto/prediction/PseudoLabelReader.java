package org.sparkmto.prediction;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkmto.data.Batch;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.evaluation.SplitEvaluation;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.Replica;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.inspection.SampleRow;
import org.sparkmto.preprocessing.inspection.SampleRows;
import org.sparkmto.training.TrainedModel;

/**
 * Rows of a data set with a network's answers behind them. The network answers batches that begin
 * where row groups do, so that an answer's bits depend on the data set alone, not on who asks.
 */
final class PseudoLabelReader implements SampleReader {
  /** Row groups that are kept: a data set that has grown is read at several places in turn. */
  private static final int KEPT = 4;

  private final SampleRows rows;
  private final List<Column> columns;
  private final List<PseudoTask> tasks;
  private final Replica network;
  private final int size;
  private final Deque<Group> groups = new ArrayDeque<>();

  /** A row group, with the answers for one batch of it, by sample. */
  private static final class Group {
    private final SampleRows.Run run;
    private int batch = -1;
    private List<List<byte[]>> answers = List.of();

    Group(SampleRows.Run run) {
      this.run = run;
    }
  }

  private PseudoLabelReader(
      DatasetDirectory dataset, List<PseudoTask> tasks, Replica network, Configuration hadoop) {
    this.rows = new SampleRows(dataset, hadoop);
    this.columns = dataset.manifest().columns();
    this.tasks = tasks;
    this.network = network;
    this.size = SplitEvaluation.samplesAtOnce(network);
  }

  /** Opens such readers on executors, each with a network of its own. */
  static final class Opener implements SampleReader.Opener {
    private static final long serialVersionUID = 1;

    private final String location;
    private final String model;
    private final String root;
    private final String manifest;
    private final ArrayList<PseudoTask> tasks;
    private final SerializableConfiguration hadoop;

    Opener(
        TrainedModel model,
        DatasetDirectory dataset,
        List<PseudoTask> tasks,
        Configuration hadoop) {
      this.location = model.location();
      this.model = model.manifest();
      this.root = dataset.root().toString();
      this.manifest = dataset.manifest().toJson();
      this.tasks = new ArrayList<>(tasks);
      this.hadoop = new SerializableConfiguration(hadoop);
    }

    @Override
    public SampleReader open(RawFiles files) {
      ComputeThreads.use(Math.max(1, TaskContext.get().cpus()));
      DatasetDirectory dataset =
          new DatasetDirectory(new Path(root), DatasetManifest.parse(manifest, root));
      Replica network = TrainedModel.of(location, model, hadoop.value()).replica();
      return new PseudoLabelReader(dataset, tasks, network, hadoop.value());
    }
  }

  @Override
  public List<byte[]> read(RawSample sample) {
    Group group = group(sample);
    int place = (int) (sample.index() - group.run.first());
    SampleRow row = group.run.rows().get(place);
    if (!row.id().equals(sample.id())) {
      throw PreprocessingException.failed(
          "row %d of %s is sample %s and was %s; nobody may change a data set that is read"
              .formatted(sample.index(), sample.source(), row.id(), sample.id()));
    }
    if (group.batch != place / size) {
      group.batch = place / size;
      group.answers = answers(group.run.rows(), group.batch * size);
    }
    List<byte[]> content = new ArrayList<>(row.content());
    content.addAll(group.answers.get(place % size));
    return content;
  }

  private Group group(RawSample sample) {
    for (Group kept : groups) {
      if (kept.run.holds(sample.source(), sample.index())) {
        return kept;
      }
    }
    if (groups.size() == KEPT) {
      groups.removeFirst();
    }
    groups.addLast(new Group(rows.around(sample.source(), sample.index())));
    return groups.getLast();
  }

  /** Of a batch from a row on. It is always as large, because answers depend on that, too. */
  private List<List<byte[]>> answers(List<SampleRow> all, int from) {
    List<SampleRow> asked = all.subList(from, Math.min(all.size(), from + size));
    Map<String, byte[]> inputs = new HashMap<>();
    for (Column input : network.plan().inputs()) {
      int at = Column.position(columns, input.name());
      byte[] bytes = new byte[Math.multiplyExact(size, input.bytes())];
      for (int i = 0; i < asked.size(); i++) {
        System.arraycopy(
            asked.get(i).content().get(at), 0, bytes, i * input.bytes(), input.bytes());
      }
      inputs.put(input.name(), bytes);
    }
    List<float[]> outputs = network.predict(new Batch(size, inputs));
    List<List<byte[]>> content = new ArrayList<>();
    for (int i = 0; i < asked.size(); i++) {
      List<byte[]> added = new ArrayList<>();
      for (PseudoTask task : tasks) {
        added.addAll(task.content(outputs.get(task.output()), i, size));
      }
      content.add(added);
    }
    return content;
  }

  @Override
  public void close() {
    network.close();
  }
}
