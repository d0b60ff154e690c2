package org.sparkmto.configuration;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.sparkmto.method.BilevelMethod;
import org.sparkmto.method.BufferMethod;
import org.sparkmto.method.ElementMethod;
import org.sparkmto.method.GramMethod;
import org.sparkmto.method.LayerwiseMethod;
import org.sparkmto.method.LeadingDirections;
import org.sparkmto.method.Level;
import org.sparkmto.method.LossMethod;
import org.sparkmto.method.Method;
import org.sparkmto.method.Method.SecondQuestion;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.method.SampledMethod;
import org.sparkmto.method.TaskwiseMethod;
import org.sparkmto.method.ValueFunctionMethod;
import org.sparkmto.network.LayerShape;
import org.sparkmto.network.ParameterLayout;
import org.sparkmto.network.SharedPart;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/**
 * Section {@code look}: how often, at what and how closely a method looks at the gradients of the
 * tasks. Whatever it sees so, the update is the exact gradient of the losses in the weights that
 * follow.
 *
 * @param every in every how many steps
 * @param parameters patterns of the names of the shared parameters that are looked at; empty for
 *     all
 * @param samples what part of the batch is looked at; empty for all of it
 * @param directions how many directions of the gradients at z go through the network; empty for one
 *     for each task
 * @param sketch how many numbers of each gradient are kept; empty for all
 * @param factors whether inner products may be taken from factors of gradients
 */
public record LookSection(
    int every,
    List<String> parameters,
    Optional<SampleShare> samples,
    Optional<LeadingDirections.Limit> directions,
    OptionalInt sketch,
    boolean factors) {
  /** Its name. */
  public static final String NAME = "look";

  private static final String EVERY = "every";
  private static final String PARAMETERS = "parameters";
  private static final String SAMPLES = "samples";
  private static final String DIRECTIONS = "directions";
  private static final String SKETCH = "sketch";
  private static final String FACTORS = "factors";

  /** A look at everything in every step. */
  public static final LookSection ALWAYS =
      new LookSection(1, List.of(), Optional.empty(), Optional.empty(), OptionalInt.empty(), true);

  static final ConfigurationSection KEYS =
      ConfigurationSection.of(
          NAME,
          "",
          Option.of(
              EVERY,
              Option.count(1),
              1,
              "In every how many steps a method that weighs by inner products of the task"
                  + " gradients looks at them; the steps between take the weights of the last look"
                  + " and are one backward pass of the weighted losses each (as published for"
                  + " Nash-MTL). The method sees the losses of looks alone. 1 means in every"
                  + " step, exact. With more a run is another one, and repeats its bits on the"
                  + " same number of ranks as ever."),
          Option.of(
              PARAMETERS,
              Option.texts(),
              List.of(),
              "Names of the shared parameters whose gradients a look multiplies, with * for any"
                  + " letters, such as [\"*layer4.*\"]; empty for all. The backward passes of a"
                  + " look end behind the last of them; the update is one more, through the whole"
                  + " network. For methods at the parameters, as are the other keys below."),
          Option.of(
              SAMPLES,
              Option.parsed("a share such as 1/8", SampleShare::parse),
              "1",
              "What part of every batch a look sees, such as 1/8: drawn anew for each, and in two"
                  + " halves, so that a product of two tasks' gradients is of independent samples"
                  + " and right in the mean. Batch normalisation sees a half at a time there, and"
                  + " its running statistics stay. 1 means all samples, together."),
          Option.of(
              DIRECTIONS,
              Option.parsed(
                  "a number such as 8 or a share such as 90%", LeadingDirections.Limit::parse),
              "100%",
              "How many directions of the task gradients at the representation a look sends through"
                  + " the network instead of one gradient for each task, or which share of their"
                  + " squared lengths these must have. Exact with as many as tasks. 100% means the"
                  + " gradients of the tasks themselves."),
          Option.of(
              SKETCH,
              Option.count(0),
              0,
              "How many numbers of each task's gradient a look keeps and sends, of a sum with drawn"
                  + " signs; products differ by about sqrt(2 / d) of the lengths. Less memory and"
                  + " traffic with large networks; the passes are the same. 0 means whole"
                  + " gradients, shared out among the ranks."),
          Option.of(
              FACTORS,
              Option.flag(),
              true,
              "Whether inner products at the parameters may be taken from what goes into a layer"
                  + " and what comes back to it, without the gradient of its weight, layer by"
                  + " layer where that is less work; exact up to rounding. An exact step then ends"
                  + " with one more backward pass, of the losses in their weights, where that is"
                  + " less work altogether. false means by gradients, which are all kept."));

  /** Keeps a copy. */
  public LookSection {
    parameters = List.copyOf(parameters);
  }

  /** One n-th of a batch. */
  record SampleShare(int nth) {
    static final SampleShare ALL = new SampleShare(1);

    static SampleShare parse(String text) {
      String[] parts = text.split("/", -1);
      double share =
          parts.length == 2
              ? Double.parseDouble(parts[0]) / Double.parseDouble(parts[1])
              : Double.parseDouble(text);
      long nth = Math.round(1 / share);
      if (!(share > 0 && share <= 1) || Math.abs(nth * share - 1) > 1e-9 || nth > 1 << 20) {
        throw new IllegalArgumentException("'" + text + "' is not one n-th of a batch");
      }
      return new SampleShare((int) nth);
    }

    /** Parts of a batch of which a look sees two. */
    int parts() {
      return 2 * nth;
    }

    @Override
    public String toString() {
      return nth == 1 ? "1" : "1/" + nth;
    }
  }

  /**
   * The section, for a method.
   *
   * @throws ConfigurationException if weights of such a look mean nothing to the method
   */
  static LookSection of(Options options, MethodEntry.Made made) {
    LookSection look =
        new LookSection(
            options.count(EVERY),
            options.texts(PARAMETERS),
            Optional.of(options.value(SAMPLES, SampleShare.class))
                .filter(share -> !share.equals(SampleShare.ALL)),
            Optional.of(options.value(DIRECTIONS, LeadingDirections.Limit.class))
                .filter(limit -> !limit.equals(LeadingDirections.Limit.ALL)),
            IntStream.of(options.count(SKETCH)).filter(numbers -> numbers > 0).findFirst(),
            options.flag(FACTORS));
    look.check(made);
    return look;
  }

  /** What is said behind what a method sees; empty where it looks at everything in every step. */
  public String words() {
    List<String> words = new ArrayList<>();
    if (every > 1) {
      words.add("in one of " + every + " steps");
    }
    if (!parameters.isEmpty()) {
      words.add("of parameters " + String.join(" ", parameters));
    }
    samples.ifPresent(share -> words.add("of " + share + " of the batch"));
    directions.ifPresent(limit -> words.add("from " + limit + " directions"));
    sketch.ifPresent(numbers -> words.add("from sketches of " + numbers + " numbers"));
    return words.stream().map(word -> ", " + word).collect(Collectors.joining());
  }

  /** Whether a step looks. */
  public boolean looks(long step) {
    return step % every == 0;
  }

  /** Whether what a look sees is something else than the gradients of all tasks. */
  public boolean isPartial() {
    return !narrowed().isEmpty();
  }

  private List<String> narrowed() {
    List<String> keys = new ArrayList<>();
    if (!parameters.isEmpty()) {
      keys.add(PARAMETERS + " = " + parameters);
    }
    samples.ifPresent(share -> keys.add(SAMPLES + " = " + share));
    directions.ifPresent(limit -> keys.add(DIRECTIONS + " = " + limit));
    sketch.ifPresent(numbers -> keys.add(SKETCH + " = " + numbers));
    return keys;
  }

  /** Parts of a batch, of all of which every rank needs samples. */
  public int parts() {
    return samples.map(SampleShare::parts).orElse(1);
  }

  /** Parts that a batch is cut into by a method and its look. */
  public int partsWith(Method method) {
    return method.parts() * parts();
  }

  /** The shared parameters that are looked at. */
  public SharedPart part(ParameterLayout layout) {
    if (parameters.isEmpty()) {
      return SharedPart.ALL;
    }
    List<Pattern> patterns = parameters.stream().map(LookSection::pattern).toList();
    return SharedPart.named(
        layout, name -> patterns.stream().anyMatch(pattern -> pattern.matcher(name).matches()));
  }

  private static Pattern pattern(String written) {
    String[] pieces = written.split("\\*", -1);
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < pieces.length; i++) {
      regex.append(i == 0 ? "" : ".*").append(Pattern.quote(pieces[i]));
    }
    return Pattern.compile(regex.toString());
  }

  /**
   * Refuses patterns that no shared parameter has.
   *
   * @throws ConfigurationException naming one, and some parameters that there are
   */
  public void require(ParameterLayout layout) {
    List<String> shared =
        layout.entries().stream()
            .filter(entry -> entry.offset() < layout.shared())
            .map(ParameterLayout.Entry::name)
            .toList();
    for (String written : parameters) {
      Pattern pattern = pattern(written);
      if (shared.stream().noneMatch(name -> pattern.matcher(name).matches())) {
        throw new ConfigurationException(
            "look.parameters = \"%s\" is the name of no shared parameter of the network; they are called %s"
                .formatted(written, some(shared)));
      }
    }
  }

  private static String some(List<String> names) {
    return names.size() <= 4
        ? String.join(", ", names)
        : "%s, %s ... %s".formatted(names.get(0), names.get(1), names.get(names.size() - 1));
  }

  /**
   * Floats that a rank keeps of the gradients of a method of Gram matrices at the parameters.
   *
   * @param factored layers of which the passes may give factors, with the places of one sample
   */
  public long floatsPerRank(
      ParameterLayout layout, List<LayerShape> factored, int batch, int ranks) {
    int tasks = layout.heads().size();
    SharedPart part = part(layout);
    int blocks = samples.isPresent() ? 2 : 1;
    if (sketch.isPresent()) {
      return 2 * part.elements(layout) + (long) blocks * rows(tasks) * sketch.getAsInt();
    }
    FactorChoice choice =
        isPartial() ? FactorChoice.ofLook(rows(tasks), blocks) : FactorChoice.ofUpdate(tasks);
    return choice.floats(layout, part, factored, (batch + parts() - 1) / parts(), ranks);
  }

  /** Rows that a look fills at most, for each block. */
  public int rows(int tasks) {
    return directions.map(limit -> Math.min(limit.most(), tasks)).orElse(tasks);
  }

  private void check(MethodEntry.Made made) {
    if (directions.isPresent() && samples.isPresent()) {
      throw new ConfigurationException(
          "look.directions and look.samples are both set, but the two halves of a look's samples"
              + " have different directions; leave one out");
    }
    if (every > 1) {
      refuse(made, EVERY + " = " + every, "set it to 1", new WithoutUse(true, made));
    }
    for (String key : narrowed()) {
      refuse(made, key, "leave it out", new WithoutUse(false, made));
    }
  }

  /** Whether a method weighs by inner products of gradients at the parameters alone. */
  public static boolean isFor(MethodEntry.Made made) {
    return made.method().accept(new WithoutUse(false, made)).isEmpty();
  }

  private static void refuse(MethodEntry.Made made, String key, String what, WithoutUse reasons) {
    made.method()
        .accept(reasons)
        .ifPresent(
            reason -> {
              throw new ConfigurationException(
                  "look.%s, but %s %s; %s".formatted(key, made.entry().name(), reason, what));
            });
  }

  /**
   * Why a kind of method must, or may as well, look at everything in every step.
   *
   * @param seldom whether the question is how often, and not at what
   */
  private record WithoutUse(boolean seldom, MethodEntry.Made made)
      implements Method.Visitor<Optional<String>> {
    @Override
    public Optional<String> losses(LossMethod method) {
      return Optional.of("sees no gradients: each of its steps is one backward pass already");
    }

    @Override
    public Optional<String> gram(GramMethod method) {
      if (seldom) {
        return method.secondQuestion() == SecondQuestion.NONE
            ? Optional.empty()
            : Optional.of("looks at what every update has done");
      }
      return made.level().equals(Optional.of(Level.PARAMETERS))
          ? Optional.empty()
          : Optional.of(
              "looks at the representation, where inner products cost no pass through the network"
                  + " (method.level = parameters is what it would be for)");
    }

    @Override
    public Optional<String> layerwise(LayerwiseMethod method) {
      return Optional.of(
          "weighs groups of parameters each by itself, which no single backward pass can do");
    }

    @Override
    public Optional<String> buffered(BufferMethod method) {
      return Optional.of("takes the gradients of every step into its averages");
    }

    @Override
    public Optional<String> sampled(SampledMethod method) {
      return Optional.of("combines gradients of parts of every batch");
    }

    @Override
    public Optional<String> elements(ElementMethod method) {
      return Optional.of("acts on the elements of every step's gradients");
    }

    @Override
    public Optional<String> taskwise(TaskwiseMethod method) {
      return Optional.of("moves by the gradient of each task in every step");
    }

    @Override
    public Optional<String> bilevel(BilevelMethod method) {
      return Optional.of("tries every step before it makes it");
    }

    @Override
    public Optional<String> valueFunction(ValueFunctionMethod method) {
      return Optional.of("goes down some steps before it makes one");
    }
  }
}
