package org.sparkmto.network;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.sparkmto.data.Batch;
import org.sparkmto.data.Column;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.random.Draws;
import org.sparkmto.timing.StepClock;
import org.sparkmto.timing.StepPhase;

/**
 * One rank's copy of the network: its parameters, their gradient and its buffers, each one flat
 * vector, and the pass over a batch. All copies that start from the same seed are equal. Not
 * thread-safe; one rank is one thread.
 */
public final class Replica implements AutoCloseable {
  private final NetworkPlan plan;
  private final Device device;
  private final Network network;
  private final ParameterBook book;
  private final ParameterLayout layout;
  private final List<ParameterLayout.Entry> bufferEntries;
  private final FlatVector parameters;
  private final FlatVector gradient;
  private final FlatVector buffers;
  private final LearnedTensors learned;
  private final Weights weights;
  private final HeadDropout dropout;
  private final Draws draws;
  private final StepClock clock = new StepClock();
  private NetworkPlan ofStep;
  private NetworkPlan ofAnswers;
  private long step;
  private List<Objective> objectives = List.of();
  private Optional<Boolean> copyable = Optional.empty();
  private boolean encoderStatisticsFrozen;
  private PassSettings settings = PassSettings.USUAL;

  private Replica(NetworkPlan plan, Draws draws, Device device, ScalarType numbers) {
    this.plan = plan;
    this.ofStep = plan;
    this.ofAnswers = plan;
    this.device = device;
    this.draws = draws.of("dropout");
    NetworkPlan.Declared declared = plan.declare();
    book = declared.book();
    network = declared.network();
    dropout = declared.dropout();
    layout = ParameterLayout.of(book);
    bufferEntries = ParameterLayout.place(book.buffers());
    parameters = FlatVector.zeros(layout.total(), device, numbers);
    gradient = FlatVector.zeros(layout.total(), device, numbers);
    buffers =
        FlatVector.zeros(
            bufferEntries.stream().mapToLong(ParameterLayout.Entry::elements).sum(),
            device,
            numbers);
    learned = new LearnedTensors(book, parameters, gradient, buffers);
    weights = new Weights(plan, layout.entries(), parameters, bufferEntries, buffers);
  }

  /**
   * A network with its starting weights.
   *
   * @param draws the draws of the run's seed; each weight is a function of them, its parameter's
   *     name and its index, so every rank starts with the same
   */
  public static Replica of(NetworkPlan plan, Draws draws) {
    return of(plan, draws, Device.CPU);
  }

  /** The same on a device, where everything of it lies and is computed. */
  public static Replica of(NetworkPlan plan, Draws draws, Device device) {
    return started(new Replica(plan, draws, device, ScalarType.Float), draws);
  }

  /**
   * The same with everything in doubles, on the CPU: parameters, passes, gradients, and what routes
   * and groups make of them. It starts at the same floats. A witness of what is exact: two ways to
   * the same sums differ by so little that next to nothing comes to lie on the other side of a
   * corner. Files, and what it predicts, are of floats as ever.
   */
  public static Replica inDoubles(NetworkPlan plan, Draws draws) {
    return started(new Replica(plan, draws, Device.CPU, ScalarType.Double), draws);
  }

  private static Replica started(Replica replica, Draws draws) {
    NetworkPlan plan = replica.plan;
    ParameterBook book = plan.declare().book();
    replica.weights.start(book.sharedParameters(), draws);
    book.headParameters().forEach(head -> replica.weights.start(head, draws));
    replica.weights.start(book.buffers(), draws);
    replica.network.start();
    plan.priors().forEach((task, prior) -> replica.weights.set(plan.outputBias(book, task), prior));
    return replica;
  }

  /** What this is a copy of. */
  public NetworkPlan plan() {
    return plan;
  }

  /** Where it lies and computes. */
  public Device device() {
    return device;
  }

  /** Where the time of this rank's steps goes; it stands still until somebody starts it. */
  public StepClock clock() {
    return clock;
  }

  /** Where each parameter lies in {@link #parameters} and {@link #gradient}. */
  public ParameterLayout layout() {
    return layout;
  }

  /** Where each buffer lies in {@link #buffers}. */
  public List<ParameterLayout.Entry> bufferEntries() {
    return bufferEntries;
  }

  /** All parameters; what is written here is what the network computes with. */
  public FlatVector parameters() {
    return parameters;
  }

  /** The gradient that the last backward pass left. */
  public FlatVector gradient() {
    return gradient;
  }

  /** Running statistics of batch normalisation; empty for a network without it. */
  public FlatVector buffers() {
    return buffers;
  }

  /** Parameters and buffers by name, to be written into a file or read from one. */
  public Weights weights() {
    return weights;
  }

  /**
   * Whether the batch normalisation of the shared part uses its running statistics in training,
   * too, and leaves them as they are.
   */
  public void freezeEncoderStatistics(boolean frozen) {
    encoderStatisticsFrozen = frozen;
  }

  /**
   * Says how passes in training are made from now on.
   *
   * @throws ConfigurationException if they cannot be made so where this replica is
   */
  public void makePasses(PassSettings how) {
    how.precision()
        .unusable(parameters.tensor().device().type())
        .ifPresent(
            reason -> {
              throw new ConfigurationException(reason);
            });
    settings = how;
    book.normaliseBy(how.statistics());
  }

  /** Says which step the next passes are of; what they draw is a function of it. */
  public void at(long number) {
    step = number;
  }

  /**
   * Says what the next passes in training ask for, of a network that has a preference as an input.
   * What it predicts and how it is judged does not change.
   *
   * @param preference one share per task
   * @throws IllegalStateException if the network has no such input
   */
  public void askFor(List<Double> preference) {
    ofStep = asked(preference);
  }

  /**
   * Says what is asked for in what it predicts from now on, and by what it is judged; at first,
   * what its plan says.
   *
   * @param preference one share per task
   * @throws IllegalStateException if the network has no such input
   */
  public void answerFor(List<Double> preference) {
    ofAnswers = asked(preference);
  }

  private NetworkPlan asked(List<Double> preference) {
    if (!plan.isConditioned()) {
      throw new IllegalStateException("the network has no preference as an input");
    }
    return plan.preferring(preference);
  }

  /**
   * Runs a batch forward in training mode; the caller closes the pass. Its backward passes leave
   * what they find in {@link #gradient}.
   */
  public ForwardPass forward(Batch batch, Cut cut) {
    return forward(batch, cut, true);
  }

  /**
   * As {@link #forward(Batch, Cut)}.
   *
   * @param reachesEncoder whether backward passes may go on through the shared part; where nothing
   *     asks for its gradient, it is quicker and smaller without
   */
  public ForwardPass forward(Batch batch, Cut cut, boolean reachesEncoder) {
    return atOnce(batch, cut, reachesEncoder);
  }

  /**
   * The same of a batch in pieces, of which one at a time is in memory; where that matters to whom
   * takes gradients, all ranks have as many.
   *
   * @param pieces in order, at least one
   * @param expected if not empty, the weights that {@link ForwardPass#backward} is likely to be
   *     asked for, but for a factor; it saves a forward pass of several pieces if it is
   */
  public ForwardPass forward(
      List<Batch> pieces, Cut cut, boolean reachesEncoder, double[] expected) {
    return pieces.size() == 1
        ? atOnce(pieces.get(0), cut, reachesEncoder)
        : new PiecewisePass(
            pieces,
            plan.tasks().size(),
            cut,
            reachesEncoder,
            layout.shared(),
            expected,
            learned,
            piece -> atOnce(piece, cut, reachesEncoder));
  }

  /** How many elements of a batch are labelled, by task, as a pass over it would say. */
  public double[] labelled(Batch batch) {
    try (PointerScope scope = new PointerScope()) {
      return Target.all(batch, plan, Device.CPU).stream().mapToDouble(Target::labelled).toArray();
    }
  }

  private SinglePass atOnce(Batch batch, Cut cut, boolean reachesEncoder) {
    dropout.prepare(draws.at(step), batch.numbers());
    return new SinglePass(
        ofStep,
        objectives(),
        network,
        book.sampleTasks(),
        learned,
        batch,
        device,
        cut,
        !encoderStatisticsFrozen,
        reachesEncoder,
        this::isCopyable,
        settings,
        clock);
  }

  /** Found out when first needed, of a network that does not change. */
  private boolean isCopyable() {
    if (copyable.isEmpty()) {
      copyable = Optional.of(SampleCopies.canGoThrough(network, plan, learned));
    }
    return copyable.get();
  }

  /** Made when first needed: only who trains must know by which losses. */
  List<Objective> objectives() {
    if (objectives.isEmpty()) {
      objectives = Objective.all(plan);
    }
    return objectives;
  }

  /**
   * Runs a batch forward in evaluation mode.
   *
   * @return for every task the outputs, samples by outputs, for tasks of pixels by height and
   *     width; row-major; real numbers in the unit of the target
   */
  public List<float[]> predict(Batch batch) {
    return judge(batch, false, false).outputs();
  }

  /**
   * The same of samples that have targets. Where tasks have each a batch normalisation of their
   * own, a sample goes through the network once, by that of the task that it has a label of; what
   * other tasks say of it then is without meaning, and {@link #predict} asks each by its own.
   */
  public List<float[]> predictLabelled(Batch batch) {
    return judge(batch, false, true).outputs();
  }

  /**
   * Runs a batch forward in evaluation mode and compares it with what is true.
   *
   * @throws IllegalArgumentException if a task has no loss that it could be trained with
   */
  public JudgedBatch judge(Batch batch) {
    return judge(batch, true, true);
  }

  private JudgedBatch judge(Batch batch, boolean losses, boolean labels) {
    return new Evaluated(network, ofAnswers, book.sampleTasks(), device, learned.numbers())
        .judge(batch, losses ? objectives() : List.of(), labels);
  }

  /**
   * Writes the files that the network is made of, where it is made of files, with its weights.
   *
   * @param folder on this machine
   * @return what was written
   */
  public List<Path> saveScripts(Path folder) {
    return network.save(folder);
  }

  /** The layers of a network whose gradients have factors, with the places of one sample. */
  static List<LayerShape> factoredLayers(NetworkPlan plan) {
    Map<String, byte[]> columns = new HashMap<>();
    for (Column column : plan.inputs()) {
      columns.put(column.name(), new byte[Math.toIntExact(column.bytes())]);
    }
    // Its weights are zeros: of what goes through it the shapes alone are asked for.
    try (Replica replica = new Replica(plan, Draws.of(0), Device.CPU, ScalarType.Float);
        PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      List<Tensor> inputs = HostTensors.inputs(new Batch(1, columns), plan, Device.CPU);
      return LayerTap.during(scope, () -> replica.network.encode(inputs, false))
          .layers(replica.learned.shared())
          .stream()
          .map(LayerFactors::shape)
          .toList();
    }
  }

  Network network() {
    return network;
  }

  /** Of which task samples are; null if tasks share their batch normalisation. */
  SampleTasks sampleTasks() {
    return book.sampleTasks();
  }

  LearnedTensors learned() {
    return learned;
  }

  /** Multiplies the gradient of every head by its weight. */
  public void scaleHeadGradients(double[] weights) {
    clock.spend(StepPhase.GRAM, () -> scaleHeads(weights));
  }

  private void scaleHeads(double[] weights) {
    try (PointerScope scope = new PointerScope()) {
      for (int task = 0; task < weights.length; task++) {
        if (weights[task] != 1) {
          gradient
              .tensor()
              .narrow(0, layout.headOffset(task), layout.heads().get(task))
              .mul_(new Scalar(weights[task]));
        }
      }
    }
  }

  @Override
  public void close() {
    network.close();
    learned.close();
    parameters.close();
    gradient.close();
    buffers.close();
  }
}
