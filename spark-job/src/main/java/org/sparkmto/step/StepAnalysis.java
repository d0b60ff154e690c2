package org.sparkmto.step;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.sparkmto.analysis.GradientSums;
import org.sparkmto.configuration.AnalyzeSection;
import org.sparkmto.data.Batch;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.method.LayerwiseMethod.Groups;
import org.sparkmto.method.Vector;
import org.sparkmto.network.Cut;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.ForwardPass;
import org.sparkmto.network.Replica;
import org.sparkmto.network.RepresentationGradients;
import org.sparkmto.network.TaskRows;
import org.sparkmto.random.Draws;
import org.sparkmto.timing.StepPhase;

/**
 * The gradients of a step for themselves, exact over ranks and whatever the method is: before the
 * step those of the tasks' mean losses and of single samples, each rank with its slice of all;
 * after it what each task contributed to the update. It leaves nothing behind that the training
 * could see.
 *
 * <p>The gradient of a sample is what goes through its part of z, in a pass of the whole batch, so
 * batch normalisation is that of the step.
 */
final class StepAnalysis {
  private final AnalyzeSection section;
  private final Draws draws;
  private final int batch;

  /**
   * The analyses of a run.
   *
   * @param draws of the run's seed
   * @param batch samples of a global batch
   */
  StepAnalysis(AnalyzeSection section, Draws draws, int batch) {
    this.section = section;
    this.draws = draws.of(AnalyzeSection.NAME);
    this.batch = batch;
  }

  boolean isDue(long step) {
    return section.isDue(step);
  }

  /** What has been seen of a step that is under way. */
  final class Begun implements AutoCloseable {
    private final GradientRoute route;
    private final GradientRows rows;
    private final List<List<ParameterGroups.Range>> layers;
    private final GradientSums sums;
    private final double[] ofBatch;
    private final double[] ofSamples;

    private Begun(GradientRoute route, Batch samples, StepExchange exchange) {
      this.route = route;
      Replica replica = route.replica();
      int tasks = replica.layout().heads().size();
      layers = ParameterGroups.of(replica.layout(), Groups.LAYER);
      sums = new GradientSums(new GradientSums.Shape(layers.size(), tasks, section.samples()));
      ofSamples = new double[tasks * section.samples()];
      rows = new GradientRows(replica, route.group(), 1 + section.samples());
      ofBatch = new double[tasks];
      try {
        look(samples, exchange);
        replica.clock().spend(StepPhase.GRAM, this::addPairs);
      } catch (RuntimeException | Error e) {
        // Nobody has what this would be, to close it.
        rows.close();
        throw e;
      }
    }

    private void look(Batch samples, StepExchange exchange) {
      Replica replica = route.replica();
      try (FlatVector statistics = replica.buffers().zerosBeside(replica.buffers().length())) {
        statistics.copy(replica.buffers());
        try (ForwardPass pass = route.forward(samples, Cut.AT_REPRESENTATION, true)) {
          RepresentationGradients gradients = pass.backwardHeads();
          double[] labelled = exchange.totals(pass).labelled();
          System.arraycopy(labelled, 0, ofBatch, 0, labelled.length);
          rows.look(0, gradients, ofBatch);
          look(samples, gradients, exchange.step());
        }
        replica.buffers().copy(statistics);
      }
    }

    private void look(Batch own, RepresentationGradients gradients, long step) {
      RankGroup group = route.group();
      int tasks = ofBatch.length;
      int[] drawn = draws.at(step).permutation(batch);
      int first = (int) ((long) group.rank() * batch / group.size());
      for (int sample = 0; sample < section.samples(); sample++) {
        int at = drawn[sample] - first;
        boolean here = at >= 0 && at < own.samples();
        double[] labels = here ? route.replica().labelled(own.every(1, at, 1)) : new double[tasks];
        group.sum(labels);
        System.arraycopy(labels, 0, ofSamples, sample * tasks, tasks);
        rows.look(1 + sample, gradients, here ? at : -1, labels);
      }
    }

    /** What this rank's slice has of every layer, in the caller's scope. */
    private interface OfPart {
      void add(int layer, Tensor columns);
    }

    private void eachLayer(Tensor matrix, OfPart part) {
      for (int layer = 0; layer < layers.size(); layer++) {
        for (ParameterGroups.Range range : layers.get(layer)) {
          ParameterGroups.Range own = range.within(rows.start(), rows.start() + rows.length());
          if (own.length() > 0) {
            try (PointerScope scope = new PointerScope()) {
              part.add(layer, matrix.narrow(1, own.from() - rows.start(), own.length()));
            }
          }
        }
      }
    }

    private void addPairs() {
      int tasks = ofBatch.length;
      int samples = section.samples();
      try (PointerScope scope = new PointerScope()) {
        eachLayer(
            rows.matrix(),
            (layer, all) -> {
              Tensor means = all.narrow(0, 0, tasks);
              sums.addTasks(layer, TaskRows.gram(means), TaskRows.opposed(means));
              sums.addMagnitudes(layer, TaskRows.magnitudes(means));
              for (int sample = 0; sample < samples; sample++) {
                Tensor one = all.narrow(0, (1L + sample) * tasks, tasks);
                sums.addSample(layer, sample, TaskRows.gram(one), TaskRows.opposed(one));
              }
              for (int task = 0; task < tasks && samples > 0; task++) {
                Tensor one =
                    all.view(1L + samples, tasks, all.size(1))
                        .select(1, task)
                        .narrow(0, 1, samples);
                sums.addTask(layer, task, TaskRows.gram(one), TaskRows.opposed(one));
              }
              if (samples > 0) {
                Tensor mean = meansOfSamples(all);
                sums.addSamples(layer, TaskRows.gram(mean), TaskRows.opposed(mean));
              }
            });
      }
    }

    /** A row for each sample: the mean over the tasks that have a label in it. */
    private Tensor meansOfSamples(Tensor all) {
      int tasks = ofBatch.length;
      int samples = section.samples();
      Tensor means = torch.zeros_like(all.narrow(0, 0, samples));
      for (int sample = 0; sample < samples; sample++) {
        double[] shares = new double[tasks];
        for (int task = 0; task < tasks; task++) {
          shares[task] = ofSamples[sample * tasks + task] > 0 ? 1 : 0;
        }
        double labelled = Math.max(1, Arrays.stream(shares).sum());
        Tensor own = all.narrow(0, (1L + sample) * tasks, tasks);
        means
            .select(0, sample)
            .copy_(TaskRows.combined(own, Vector.of(shares).dividedBy(labelled).toArray()));
      }
      return means;
    }

    /** Hears that the step was made, and tells the driver all of it. */
    void end(StepExchange exchange, double clipped) {
      route.replica().clock().spend(StepPhase.GRAM, () -> addContributions(exchange, clipped));
      route.group().sum(sums.values());
      sums.label(ofBatch, ofSamples);
      exchange.analysed(sums);
    }

    private void addContributions(StepExchange exchange, double clipped) {
      try (PointerScope scope = new PointerScope()) {
        Tensor parts = rows.block(0);
        if (!route.leaveContributions(parts, rows.start(), exchange)) {
          double[] untold = new double[ofBatch.length];
          Arrays.fill(untold, Double.NaN);
          sums.addContributions(0, untold);
          return;
        }
        eachLayer(
            parts,
            (layer, columns) -> {
              double[] found = TaskRows.magnitudes(columns);
              Arrays.setAll(found, task -> clipped * found[task]);
              sums.addContributions(layer, found);
            });
      }
    }

    @Override
    public void close() {
      rows.close();
    }
  }

  /**
   * Looks at the gradients of a step that is about to be made.
   *
   * @param own this rank's part of its batch
   */
  Begun begin(GradientRoute route, Batch own, StepExchange exchange) {
    return new Begun(route, own, exchange);
  }
}
