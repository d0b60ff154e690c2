package org.sparkmto.training;

import java.util.Optional;
import org.sparkmto.method.BilevelMethod;
import org.sparkmto.method.BufferMethod;
import org.sparkmto.method.ElementMethod;
import org.sparkmto.method.GramMethod;
import org.sparkmto.method.LayerwiseMethod;
import org.sparkmto.method.LossMethod;
import org.sparkmto.method.Method;
import org.sparkmto.method.Method.SecondQuestion;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.method.SampledMethod;
import org.sparkmto.method.TaskwiseMethod;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/** Section {@code look}: how often a method looks at the gradients of the tasks. */
record LookSection(int every) {
  static final String NAME = "look";

  /** A look in every step. */
  static final LookSection ALWAYS = new LookSection(1);

  static final ConfigurationSection KEYS =
      ConfigurationSection.of(
          NAME,
          "",
          Option.of(
              "every",
              Option.count(1),
              1,
              "In every how many steps a method that weighs by inner products of the task"
                  + " gradients looks at them; the steps between take the weights of the last look"
                  + " and are one backward pass of the weighted losses each (as published for"
                  + " Nash-MTL). The method sees the losses of looks alone. 1 means in every"
                  + " step, exact. With more a run is another one, and repeats its bits on the"
                  + " same number of ranks as ever."));

  /**
   * The section, for a method.
   *
   * @throws ConfigurationException if weights of a look mean nothing to the steps behind it
   */
  static LookSection of(Options options, MethodEntry.Made made) {
    LookSection look = new LookSection(options.count("every"));
    look.check(made);
    return look;
  }

  /** What is said behind what a method sees; empty where it looks in every step. */
  String words() {
    return every == 1 ? "" : ", in one of " + every + " steps";
  }

  /** Whether a step looks. */
  boolean looks(long step) {
    return step % every == 0;
  }

  private void check(MethodEntry.Made made) {
    if (every == 1) {
      return;
    }
    made.method()
        .accept(new WithoutUse())
        .ifPresent(
            reason -> {
              throw new ConfigurationException(
                  "look.every = %d, but %s %s; set it to 1"
                      .formatted(every, made.entry().name(), reason));
            });
  }

  /** Why a kind of method must, or may as well, look in every step. */
  private static final class WithoutUse implements Method.Visitor<Optional<String>> {
    @Override
    public Optional<String> losses(LossMethod method) {
      return Optional.of("sees no gradients: each of its steps is one backward pass already");
    }

    @Override
    public Optional<String> gram(GramMethod method) {
      return method.secondQuestion() == SecondQuestion.NONE
          ? Optional.empty()
          : Optional.of("looks at what every update has done");
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
  }
}
