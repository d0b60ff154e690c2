package org.sparkmto.configuration;

import java.io.Serializable;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.method.Vector;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.network.Replica;
import org.sparkmto.network.ScriptFiles;
import org.sparkmto.options.ConfigurationException;

/**
 * What a network is asked for whose method tells it a preference.
 *
 * @param shares one per task, none negative, of sum 1
 */
public record Preference(List<Double> shares) implements Serializable {
  private static final int MOST_OF_A_FRONT = 200;
  private static final int DIGITS = 4;

  public Preference {
    shares = new ArrayList<>(shares); // serialisable
  }

  private static Preference of(Vector shares) {
    return new Preference(Arrays.stream(shares.toArray()).boxed().toList());
  }

  /**
   * A preference as people write it.
   *
   * @param text one number per task with commas between them, of any sum
   * @throws ConfigurationException if a number is negative, or none above zero
   */
  public static Preference parse(String text) {
    List<Double> numbers = new ArrayList<>();
    try {
      for (String number : text.split(",", -1)) {
        numbers.add(Double.valueOf(number.strip()));
      }
    } catch (NumberFormatException e) {
      throw unlike(text, e);
    }
    double sum = numbers.stream().mapToDouble(Double::doubleValue).sum();
    if (numbers.stream().anyMatch(number -> !(number >= 0)) || !(sum > 0 && sum < 1e300)) {
      throw unlike(text, null);
    }
    return new Preference(numbers.stream().map(number -> number / sum).toList());
  }

  private static ConfigurationException unlike(String text, Exception cause) {
    return new ConfigurationException(
        "'"
            + text
            + "' is no preference: one number per task with commas between them, none negative,"
            + " such as 0.3,0.7",
        cause);
  }

  /**
   * All preferences whose shares are multiples of one part in {@code steps}.
   *
   * @param steps 1 or more
   * @throws ConfigurationException if they are too many to evaluate
   */
  public static List<Preference> front(int steps, int tasks) {
    double count = 1;
    for (int task = 1; task < tasks; task++) {
      count = count * (steps + task) / task;
    }
    if (steps < 1 || count > MOST_OF_A_FRONT) {
      throw new ConfigurationException(
          "%d steps are %.0f preferences of %d tasks; a front has 1 step or more and at most %d of them"
              .formatted(steps, steps < 1 ? 0 : count, tasks, MOST_OF_A_FRONT));
    }
    List<Preference> all = new ArrayList<>();
    add(all, new ArrayList<>(), steps, steps, tasks);
    return all;
  }

  private static void add(
      List<Preference> all, List<Double> begun, int left, int steps, int tasks) {
    boolean last = begun.size() == tasks - 1;
    for (int part = last ? left : 0; part <= left; part++) {
      List<Double> shares = new ArrayList<>(begun);
      shares.add(part / (double) steps);
      if (last) {
        all.add(new Preference(shares));
      } else {
        add(all, shares, left - part, steps, tasks);
      }
    }
  }

  /**
   * Refuses a network of files with a method that tells it a preference, before there are data.
   *
   * @throws ConfigurationException if they do not go together
   */
  static void check(MethodEntry.Made method, String network) {
    if (method.method().drawnPreference().isPresent() && network.equals(ScriptFiles.NETWORK)) {
      throw new ConfigurationException(
          "method = %s tells the network a preference as channels of its image, and the files of '%s' read the image alone; take a built-in network"
              .formatted(method.entry().name(), network));
    }
  }

  /**
   * The plan of a network as a method needs it: with a preference as a further input if the method
   * draws one, and asked for what is usual.
   *
   * @throws ConfigurationException if the network cannot have one
   */
  public static NetworkPlan toldTo(NetworkPlan plan, MethodEntry.Made method) {
    return method
        .method()
        .drawnPreference()
        .map(
            drawn ->
                ConfigurationSection.checked(
                    "method = " + method.entry().name(),
                    () -> of(drawn.usual(plan.tasks().size())).askedOf(plan)))
        .orElse(plan);
  }

  /** What a network is asked for where nobody says; empty if its method tells it no preference. */
  public static Optional<Preference> usual(MethodEntry.Made method, int tasks) {
    return method.method().drawnPreference().map(drawn -> of(drawn.usual(tasks)));
  }

  /** That a network is told preferences, and by which it is judged; empty if it is told none. */
  public static Optional<String> words(NetworkPlan plan) {
    return plan.isConditioned()
        ? Optional.of(
            "its network is told a preference in every step, as %d further channels of its image, and judged by %s"
                .formatted(plan.tasks().size(), new Preference(plan.preference())))
        : Optional.empty();
  }

  private NetworkPlan askedOf(NetworkPlan plan) {
    return plan.preferring(shares);
  }

  /**
   * Checks that a model can be asked.
   *
   * @param plan its network
   * @param run its run
   * @throws ConfigurationException if its network has no preference as an input, or there are not
   *     as many tasks
   */
  public void require(NetworkPlan plan, String run) {
    if (!plan.isConditioned()) {
      throw new ConfigurationException(
          run
              + " can be asked for no preference: its method told its network none, as `cosmos`"
              + " does; leave out --preference");
    }
    ConfigurationSection.checked("--preference", () -> askedOf(plan));
  }

  /** Asks a network that it was checked for. */
  public void askOf(Replica replica) {
    replica.answerFor(shares);
  }

  /** Its shares with colons between them. */
  @Override
  public String toString() {
    return shares.stream()
        .map(share -> BigDecimal.valueOf(share).setScale(DIGITS, RoundingMode.HALF_UP))
        .map(share -> share.signum() == 0 ? "0" : share.stripTrailingZeros().toPlainString())
        .collect(Collectors.joining(":"));
  }
}
