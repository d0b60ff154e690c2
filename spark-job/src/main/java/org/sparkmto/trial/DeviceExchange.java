package org.sparkmto.trial;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.configuration.DeviceChoice;
import org.sparkmto.exchange.ExchangeException;
import org.sparkmto.exchange.NcclGroup;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.exchange.Transport;
import org.sparkmto.method.Slices;
import org.sparkmto.network.Device;
import org.sparkmto.network.FlatVector;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.training.Placement;
import org.sparkmto.training.RankGpu;

/**
 * Whether devices of this machine exchange what they must: every operation of a group on numbers
 * whose sums are exact, steps of methods on several ranks beside the same on one, a peer that is
 * lost, and that two ranks cannot have one GPU.
 */
public final class DeviceExchange {
  private static final Duration DEADLINE = Duration.ofMinutes(2);

  /** Of the operations among which one waits for a lost peer. */
  private static final Duration SHORT = Duration.ofSeconds(5);

  /** What ending the wait may take besides. */
  private static final Duration ENDING = Duration.ofSeconds(20);

  private static final int TIMED = 9;

  private final List<Device> devices;
  private final int large;

  /**
   * What was found.
   *
   * @param what was tried
   * @param apart how far what came of it is from what it should be; NaN if it did not come to that
   * @param sameBits whether it came to the same bits twice
   * @param millis that it took; a step's of steps
   * @param words about it; empty if there is nothing to say
   */
  public record Finding(String what, double apart, boolean sameBits, double millis, String words) {}

  private DeviceExchange(List<Device> devices, int large) {
    this.devices = devices;
    this.large = large;
  }

  /**
   * The exchange that can be tried beside a device: of all GPUs of the machine, which may be a
   * single one, or of two ranks on the CPU.
   *
   * @param large how many numbers there are in what is timed
   */
  public static DeviceExchange beside(Device device, int large) {
    return new DeviceExchange(
        device.isCuda() ? Device.gpus() : List.of(Device.CPU, Device.CPU), large);
  }

  /** Where the ranks are, for people. */
  public String where() {
    return devices.get(0).isCuda()
        ? String.join(", ", devices.stream().map(Device::toString).toList())
        : devices.size() + " x " + devices.get(0);
  }

  /** Ranks that have joined, to be closed by the caller. */
  public DeviceRanks join() {
    return DeviceRanks.join(devices, DEADLINE, Transport.FLOAT32);
  }

  private interface Operation {
    /** Gives back what should be {@link #number} times the sum of the ranks, counted from 1. */
    float[] run(RankGroup group, FlatVector own);
  }

  /** Every operation of a group, on vectors that are cut evenly and on some that are not. */
  public List<Finding> operations(DeviceRanks ranks) {
    int even = 1000 * ranks.size();
    List<Finding> found = new ArrayList<>();
    found.add(operation(ranks, "a sum", even + 1, DeviceExchange::summed));
    found.add(
        operation(
            ranks, "slices of one length", even, (group, own) -> sliced(group, own, 0, even)));
    found.add(
        operation(
            ranks, "slices of two", even + 1, (group, own) -> sliced(group, own, 0, even + 1)));
    found.add(
        operation(ranks, "a piece of the first", even, (group, own) -> sliced(group, own, 1, 999)));
    found.add(timed(ranks, large("a sum of"), group -> whole -> group.sum(whole)));
    Slices slices = new Slices(large, ranks.size());
    found.add(
        timed(
            ranks,
            large("slices of"),
            group ->
                whole -> {
                  Tensor own =
                      whole.narrow(0, slices.start(group.rank()), slices.length(group.rank()));
                  Tensor sums = own.clone();
                  group.beginSlices(whole, sums, slices).end();
                  group.gatherSlices(sums, whole, slices);
                }));
    return found;
  }

  private String large(String what) {
    return String.format(Locale.ROOT, "%s %,d", what, large);
  }

  private static Finding operation(
      DeviceRanks ranks, String what, int length, Operation operation) {
    long begin = System.nanoTime();
    List<float[]> first = ranks.each((group, device) -> once(group, device, length, operation));
    double millis = (System.nanoTime() - begin) / 1e6;
    List<float[]> again = ranks.each((group, device) -> once(group, device, length, operation));
    int sum = ranks.size() * (ranks.size() + 1) / 2;
    double apart = 0;
    boolean same = true;
    for (int rank = 0; rank < first.size(); rank++) {
      float[] found = first.get(rank);
      for (int i = 0; i < found.length; i++) {
        apart = Math.max(apart, Math.abs(found[i] - sum * number(i)));
        same &= found[i] == again.get(rank)[i];
      }
    }
    return new Finding(what, apart, same, millis, "");
  }

  /** A whole number, small enough for exact sums. */
  private static float number(int index) {
    return 1 + index % 1000;
  }

  private static float[] once(RankGroup group, Device device, int length, Operation operation) {
    float[] numbers = new float[length];
    for (int i = 0; i < length; i++) {
      numbers[i] = (group.rank() + 1) * number(i);
    }
    try (FlatVector own = FlatVector.zeros(length, device)) {
      own.write(0, numbers, 0, length);
      return operation.run(group, own);
    }
  }

  private static float[] summed(RankGroup group, FlatVector own) {
    group.sum(own.tensor());
    return own.toArray();
  }

  /** The first numbers of a vector, by way of its slices, from an offset that stays as it is. */
  private static float[] sliced(RankGroup group, FlatVector own, int from, int to) {
    Slices piece = new Slices(own.length(), group.size()).piece(from, to);
    try (PointerScope scope = new PointerScope();
        FlatVector sums = own.zerosBeside(piece.length(group.rank()));
        FlatVector all = own.zerosBeside(to - from)) {
      group.beginSlices(own.tensor().narrow(0, from, to - from), sums.tensor(), piece).end();
      group.gatherSlices(sums.tensor(), all.tensor(), piece);
      float[] found = new float[to];
      int sum = group.size() * (group.size() + 1) / 2;
      for (int i = 0; i < from; i++) {
        found[i] = sum * number(i);
      }
      all.read(0, found, from, to - from);
      return found;
    }
  }

  private interface Whole {
    void move(Tensor whole);
  }

  private Finding timed(DeviceRanks ranks, String what, Function<RankGroup, Whole> way) {
    List<Double> millis =
        ranks.each(
            (group, device) -> {
              try (FlatVector own = FlatVector.zeros(large, device);
                  PointerScope scope = new PointerScope()) {
                Whole moved = way.apply(group);
                long begin = 0;
                for (int i = 0; i <= TIMED; i++) {
                  if (i == 1) {
                    // Reading waits for the device, as nothing else does.
                    own.read(0, new float[1], 0, 1);
                    begin = System.nanoTime();
                  }
                  moved.move(own.tensor());
                }
                own.read(0, new float[1], 0, 1);
                return (System.nanoTime() - begin) / 1e6 / TIMED;
              }
            });
    double slowest = millis.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    return new Finding(what, 0, true, slowest, "");
  }

  /**
   * Steps of a method on all ranks, beside the same on one rank on the CPU.
   *
   * @param method its name and options, as in the section {@code method} of a configuration
   * @throws ConfigurationException if the problem cannot be trained so
   */
  public Finding steps(DeviceRanks ranks, SyntheticProblem problem, int steps, String method) {
    RankSteps made = new RankSteps(problem, steps);
    DeviceSteps.Course first = made.together(ranks, method, "");
    DeviceSteps.Course again = made.together(ranks, method, "");
    return new Finding(
        method, first.apart(made.alone(method, "")), first.sameBits(again), again.millis(), "");
  }

  /**
   * Whether a rank that waits for a lost one hears of it in time; empty where nobody can be lost.
   */
  public Optional<Finding> loss() {
    if (devices.size() < 2) {
      return Optional.empty();
    }
    try (DeviceRanks ranks = DeviceRanks.join(devices, SHORT, Transport.FLOAT32)) {
      ranks.lose(devices.size() - 1);
      long begin = System.nanoTime();
      List<String> heard = ranks.each((group, device) -> waited(group, device));
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      boolean all = heard.stream().limit(devices.size() - 1).noneMatch(String::isEmpty);
      boolean inTime = took.compareTo(SHORT.plus(ENDING)) < 0;
      return Optional.of(
          new Finding(
              "a lost rank", all && inTime ? 0 : Double.NaN, true, took.toMillis(), heard.get(0)));
    }
  }

  /** What a rank hears that waits for others. */
  private static String waited(RankGroup group, Device device) {
    try (FlatVector own = FlatVector.zeros(1000, device)) {
      group.sum(own.tensor());
      own.read(0, new float[1], 0, 1);
      group.sum(new double[1]);
      return "";
    } catch (ExchangeException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Whether two ranks that have got the same GPU are refused; empty where there is none. */
  public Optional<Finding> sharing() {
    Device device = devices.get(0);
    if (!device.isCuda()) {
      return Optional.empty();
    }
    try {
      Placement.of(DeviceChoice.CUDA, List.of(gpu(0, device), gpu(1, device)));
      return Optional.of(new Finding("two ranks on one GPU", Double.NaN, true, 0, "not refused"));
    } catch (ConfigurationException e) {
      return Optional.of(
          new Finding("two ranks on one GPU", 0, true, 0, String.valueOf(e.getMessage())));
    }
  }

  private static RankGpu gpu(int rank, Device device) {
    return RankGpu.found(
        rank,
        "this machine",
        Optional.of(String.valueOf(device.index())),
        Optional.empty(),
        own -> own.unusable().or(NcclGroup::obstacle),
        Device::uuid);
  }
}
