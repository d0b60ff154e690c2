package org.sparkmto.experiment;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.method.Methods;
import org.sparkmto.naming.Counted;
import org.sparkmto.optimizer.Optimizer;
import org.sparkmto.optimizer.Optimizers;
import org.sparkmto.random.Draws;

/**
 * Paths of methods over the two-task toy problem, from several starting points.
 *
 * @param methods registered methods with their options
 * @param optimizer update rule of the point, and of what methods learn
 * @param rate its constant learning rate, above 0
 * @param steps updates of every path
 * @param starts where the paths start
 * @param seed of the methods' random draws
 */
public record ToyExperiment(
    List<NamedOptions> methods,
    NamedOptions optimizer,
    double rate,
    int steps,
    List<ToyPoint> starts,
    long seed) {
  /** All points of all paths are kept until they are drawn. */
  private static final int MOST_STEPS = 1_000_000;

  /**
   * Checks everything.
   *
   * @throws IllegalArgumentException if a name, an option or a number is wrong
   */
  public ToyExperiment {
    methods = List.copyOf(methods);
    starts = List.copyOf(starts);
    Optimizer known = rule(optimizer);
    double ofPath = rate;
    methods.forEach(method -> new ToyMethod(made(method), known, ofPath, Draws.of(0)));
    if (!(rate > 0) || Double.isInfinite(rate)) {
      throw new IllegalArgumentException("the rate must be a number above 0, not " + rate);
    }
    if (steps < 1 || steps > MOST_STEPS) {
      throw new IllegalArgumentException(
          "the steps must be from 1 to " + MOST_STEPS + ", not " + steps);
    }
    if (methods.isEmpty() || starts.isEmpty()) {
      throw new IllegalArgumentException("there must be at least one method and one start");
    }
  }

  static MethodEntry.Made made(NamedOptions method) {
    return Methods.byName(method.name(), method.options());
  }

  static Optimizer rule(NamedOptions optimizer) {
    return Optimizers.byName(optimizer.name(), optimizer.options());
  }

  /** The paths of one method. */
  public static final class Panel {
    private final NamedOptions method;
    private final List<ToyPath> paths;
    private final int fallbacks;
    private final Optional<String> reason;

    private Panel(
        NamedOptions method, List<ToyPath> paths, int fallbacks, Optional<String> reason) {
      this.method = method;
      this.paths = List.copyOf(paths);
      this.fallbacks = fallbacks;
      this.reason = reason;
    }

    NamedOptions method() {
      return method;
    }

    List<ToyPath> paths() {
      return paths;
    }

    /** Where every path ended, and when it came below the target, as lines for people. */
    public String toText() {
      StringBuilder text = new StringBuilder(method + "\n");
      String form = "  %-18s %-22s %10s %10s %10s  %14s%s%n";
      Optional<ToyPoint> wish = wish();
      text.append(
          form.formatted(
              "start",
              "end",
              "L1",
              "L2",
              "(L1+L2)/2",
              "below -15 at",
              wish.map(point -> "  from " + point).orElse("")));
      for (ToyPath path : paths) {
        ToyProblem.Step last = ToyProblem.at(path.end());
        text.append(
            form.formatted(
                path.at(0),
                path.end(),
                decimals(last.loss1()),
                decimals(last.loss2()),
                decimals(last.mean()),
                path.arrival().isPresent() ? "step " + path.arrival().getAsInt() : "-",
                wish.map(point -> "  " + decimals(point.distance(path.end()))).orElse("")));
      }
      reason.ifPresent(
          why ->
              text.append(
                  String.format(
                      Locale.ROOT,
                      "  %s took equal weights; the first because: %s%n",
                      Counted.of(fallbacks, "step"),
                      why)));
      return text.toString();
    }

    /** Where the weighted sum is least that the method was told of; empty if it was not. */
    private Optional<ToyPoint> wish() {
      return Stream.of("preferences", "weights")
          .map(method.options()::get)
          .filter(value -> value instanceof List<?> list && list.size() == 2)
          .map(value -> (List<?>) value)
          .map(list -> ToyProblem.best(number(list.get(0)), number(list.get(1))))
          .findFirst();
    }

    private static double number(Object value) {
      return ((Number) value).doubleValue();
    }

    private static String decimals(double value) {
      return String.format(Locale.ROOT, "%.5f", value);
    }
  }

  /** Runs one method from every start. */
  public Panel run(NamedOptions method) {
    List<ToyPath> paths = new ArrayList<>();
    int fallbacks = 0;
    Optional<String> reason = Optional.empty();
    for (int i = 0; i < starts.size(); i++) {
      ToyMethod rule =
          new ToyMethod(made(method), rule(optimizer), rate, Draws.of(seed).of("start").at(i));
      paths.add(ToyPath.follow(starts.get(i), rule, rule(optimizer), rate, steps));
      fallbacks += rule.fallbacks();
      reason = reason.or(rule::firstReason);
    }
    return new Panel(method, paths, fallbacks, reason);
  }

  /** Draws the paths, one panel per method. */
  public BufferedImage plot(List<Panel> panels) {
    String title =
        String.format(
            Locale.ROOT, "Two-task toy problem: %s, rate %s, %,d steps", optimizer, rate, steps);
    return new ToyPlot(title, panels).draw();
  }
}
