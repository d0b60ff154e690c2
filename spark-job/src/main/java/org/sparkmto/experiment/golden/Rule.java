package org.sparkmto.experiment.golden;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which check reads an entry.
 *
 * @param name the whole name of the entries that it reads; groups hold options
 */
record Rule(Pattern name, Check check) {

  /** Compares what a registered method answers with what an entry says. */
  @FunctionalInterface
  interface Check {
    /**
     * Checks.
     *
     * @throws MalformedEntryException if a field is missing or of another shape
     * @throws NotOfferedException if there is nothing here to compare it with
     */
    void check(CaseEntry entry);
  }

  private static final List<Rule> ALL =
      Stream.of(
              LossRules.all(),
              GradNormRules.all(),
              ProjectionRules.all(),
              SolverRules.all(),
              SequenceRules.all())
          .flatMap(List::stream)
          .toList();

  static Rule of(String name, Check check) {
    return new Rule(Pattern.compile(name), check);
  }

  /** A rule for what only gradients that are not zero can tell. */
  static Rule ofGradients(String name, Check check) {
    return of(
        name,
        entry -> {
          if (entry.gradients().moving().length == 0) {
            throw new NotOfferedException("all gradients are zero: no weight moves anything");
          }
          check.check(entry);
        });
  }

  /** The rule and its match for an entry's name. */
  static Optional<Found> find(String entry) {
    return ALL.stream()
        .map(rule -> new Found(rule, rule.name.matcher(entry)))
        .filter(found -> found.match().matches())
        .findFirst();
  }

  record Found(Rule rule, Matcher match) {}
}
