package org.sparkmto.configuration;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.sparkmto.data.Task;
import org.sparkmto.method.BilevelMethod;
import org.sparkmto.method.BufferMethod;
import org.sparkmto.method.ElementMethod;
import org.sparkmto.method.GramMethod;
import org.sparkmto.method.LayerwiseMethod;
import org.sparkmto.method.LossMethod;
import org.sparkmto.method.Method;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.method.SampledMethod;
import org.sparkmto.method.TaskwiseMethod;
import org.sparkmto.method.ValueFunctionMethod;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/** Section {@code update}: how the combined gradient becomes a step of the parameters. */
public record UpdateSection(
    double clipNorm,
    Decay decay,
    double encoderRate,
    double headRate,
    double learnedRate,
    long freezeEncoderSteps,
    List<String> freezeHeads) {

  /** What the optimiser's weight decay is for. */
  public enum Decay {
    ALL,
    MATRICES
  }

  /** {@link #freezeEncoderSteps} of an encoder that never moves. */
  private static final long FOR_GOOD = -1;

  static final String NAME = "update";
  private static final String CLIP_NORM = "clip-norm";
  private static final String DECAY = "decay";
  private static final String ENCODER_RATE = "encoder-rate";
  private static final String HEAD_RATE = "head-rate";
  private static final String LEARNED_RATE = "learned-rate";
  private static final String FREEZE = "freeze-encoder-steps";
  private static final String FREEZE_HEADS = "freeze-heads";

  /** The key of {@link #freezeHeads}. */
  static final String FREEZE_HEADS_KEY = NAME + "." + FREEZE_HEADS;

  static final ConfigurationSection KEYS =
      ConfigurationSection.of(
          NAME,
          "",
          Option.of(
              CLIP_NORM,
              Option.notNegative(),
              0,
              "The combined gradient of all parameters that move is shortened to this length where"
                  + " it is longer, as PyTorch's clip_grad_norm_ does; 0 never. The same on any"
                  + " number of ranks. A step that was clipped has its length before in"
                  + " metrics.jsonl."),
          Option.of(
              DECAY,
              Option.choice(Decay.class),
              Decay.ALL,
              "What optimizer.weight-decay is for: all parameters, or matrices, which leaves out"
                  + " those with a single axis, that is biases and the parameters of"
                  + " normalisation."),
          Option.of(
              ENCODER_RATE,
              Option.notNegative(),
              1,
              "The learning rate of the shared parameters, as a factor of the schedule's."),
          Option.of(
              HEAD_RATE,
              Option.notNegative(),
              1,
              "The learning rate of the heads, as a factor of the schedule's."),
          Option.of(
              LEARNED_RATE,
              Option.notNegative(),
              1,
              "The learning rate of what the method learns, as a factor of the schedule's; for a"
                  + " method with rate = schedule."),
          Option.of(
              FREEZE,
              Option.whole(FOR_GOOD, 1L << 53),
              0,
              "So many first steps leave the shared parameters as they are, and their batch"
                  + " normalisation uses the running statistics as they are; -1 freezes them for"
                  + " good."),
          Option.of(
              FREEZE_HEADS,
              Option.texts(),
              List.of(),
              "Tasks whose heads stay as they are in all steps: as drawn, or as in the weights"
                  + " that the run starts from. Their losses count as ever, their batch"
                  + " normalisation uses the running statistics as they are, and they drop"
                  + " nothing. Not for the single-task networks to compare with."));

  static UpdateSection of(Options options) {
    return new UpdateSection(
        options.number(CLIP_NORM),
        options.choice(DECAY, Decay.class),
        options.number(ENCODER_RATE),
        options.number(HEAD_RATE),
        options.number(LEARNED_RATE),
        options.whole(FREEZE),
        options.texts(FREEZE_HEADS));
  }

  /** The places of frozen heads among these tasks. */
  public Set<Integer> frozenHeads(List<Task> tasks) {
    return IntStream.range(0, tasks.size())
        .filter(task -> freezeHeads.contains(tasks.get(task).name()))
        .boxed()
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The first step that moves the shared parameters. */
  public long firstEncoderStep() {
    return freezeEncoderSteps == FOR_GOOD ? Long.MAX_VALUE : freezeEncoderSteps;
  }

  /**
   * Refuses settings that the updates of a method have no place for.
   *
   * @throws ConfigurationException naming them
   */
  void check(MethodEntry.Made made) {
    List<String> refused = new ArrayList<>(made.method().accept(new Refused(this)));
    if (!refused.isEmpty()) {
      throw new ConfigurationException(
          "method "
              + made.entry().name()
              + " cannot be trained with "
              + String.join(", ", refused)
              + ": "
              + made.method().accept(new Reason())
              + "; leave it out or choose another method");
    }
  }

  private List<String> groups() {
    List<String> set = new ArrayList<>();
    if (encoderRate != 1) {
      set.add(NAME + "." + ENCODER_RATE);
    }
    if (headRate != 1) {
      set.add(NAME + "." + HEAD_RATE);
    }
    if (freezeEncoderSteps != 0) {
      set.add(NAME + "." + FREEZE);
    }
    return set;
  }

  private List<String> ofCombined() {
    List<String> set = groups();
    if (!freezeHeads.isEmpty()) {
      set.add(FREEZE_HEADS_KEY);
    }
    if (clipNorm != 0) {
      set.add(NAME + "." + CLIP_NORM);
    }
    if (decay != Decay.ALL) {
      set.add(NAME + "." + DECAY);
    }
    return set;
  }

  /** Everything is possible where one combined gradient makes one step. */
  private abstract static class ByStep<R> implements Method.Visitor<R> {
    abstract R combined();

    @Override
    public R losses(LossMethod method) {
      return combined();
    }

    @Override
    public R gram(GramMethod method) {
      return combined();
    }

    @Override
    public R layerwise(LayerwiseMethod method) {
      return combined();
    }

    @Override
    public R buffered(BufferMethod method) {
      return combined();
    }

    @Override
    public R sampled(SampledMethod method) {
      return combined();
    }

    @Override
    public R elements(ElementMethod method) {
      return combined();
    }
  }

  private static final class Refused extends ByStep<List<String>> {
    private final UpdateSection section;

    Refused(UpdateSection section) {
      this.section = section;
    }

    @Override
    List<String> combined() {
      return List.of();
    }

    @Override
    public List<String> taskwise(TaskwiseMethod method) {
      return section.ofCombined();
    }

    @Override
    public List<String> bilevel(BilevelMethod method) {
      return section.groups();
    }

    @Override
    public List<String> valueFunction(ValueFunctionMethod method) {
      return section.groups();
    }
  }

  private static final class Reason extends ByStep<String> {
    @Override
    String combined() {
      return "";
    }

    @Override
    public String taskwise(TaskwiseMethod method) {
      return "every task has an optimiser of its own, and there is no combined gradient";
    }

    @Override
    public String bilevel(BilevelMethod method) {
      return "its trial step moves all parameters at one rate";
    }

    @Override
    public String valueFunction(ValueFunctionMethod method) {
      return "the steps of its lower level move all parameters at one rate";
    }
  }
}
