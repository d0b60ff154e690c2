package org.sparkmto.experiment.golden;

import static org.sparkmto.experiment.golden.Findings.EXACT;

import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import org.sparkmto.method.Weighing;

/**
 * One method's entry of a case, in the hands of its check.
 *
 * @param of the case
 * @param name the entry's name, matched by the rule's pattern
 * @param fields what the file says
 * @param findings where the check writes
 */
record CaseEntry(GoldenCase of, Matcher name, Fields fields, Findings findings) {

  /** The share of what was added up below which a sum is taken for rounding. */
  static final double CANCELLED = 1e-5;

  /** A number above zero, as a suffix of a name. */
  static final String NUMBER = "([0-9]+(?:\\.[0-9]+)?(?:e-?[0-9]+)?)";

  /**
   * An option that a field or a group of the name may give.
   *
   * @throws MalformedEntryException if both do and differ
   */
  double option(String field, int group, double fallback) {
    String suffix = group <= name.groupCount() ? name.group(group) : null;
    if (suffix == null) {
      return fields.number(field, fallback);
    }
    double named = Double.parseDouble(suffix);
    if (fields.number(field, named) != named) {
      throw new MalformedEntryException(
          "its name says " + suffix + ", its field '" + field + "' " + fields.number(field));
    }
    return named;
  }

  int tasks() {
    return of.tasks();
  }

  Gradients gradients() {
    return of.gradients();
  }

  /** The method before its first step, with the recorded draws. */
  Trial trial(String method, Map<String, ?> options) {
    return new Trial(method, options, tasks(), of.draws());
  }

  /** The method's answer to the case in a first step. */
  Weighing weigh(String method, Map<String, ?> options) {
    return trial(method, options).gradients(0, of.losses(), gradients());
  }

  /** Our weights; a refusal is a failure of the entry. */
  double[] weights(Weighing weighing) {
    weighing.failure().ifPresent(why -> findings.fail("ours refuses: " + why));
    return weighing.shared().toArray();
  }

  /** Compares weights by themselves and by what they move; those of zero gradients move nothing. */
  void compareWeights(String what, double[] ours, double[] theirs, double tolerance) {
    findings.within(what, weightError(what, ours, theirs), tolerance);
  }

  /**
   * Compares weights of products and quotients, where every one carries all its digits, each
   * relative to itself.
   */
  void compareEach(String what, double[] ours, double[] theirs) {
    compareEach(what, ours, theirs, 0);
  }

  /**
   * Compares weights that may be what is left of a sum, each relative to itself or to a share of
   * the largest.
   */
  void compareSums(String what, double[] ours, double[] theirs) {
    compareEach(what, ours, theirs, CANCELLED);
  }

  private void compareEach(String what, double[] ours, double[] theirs, double floor) {
    findings.within(what, eachError(what, ours, theirs, floor), EXACT);
    findings.within(what, weightError(what, ours, theirs), EXACT);
  }

  /** The largest error of a weight relative to itself, or to a share of the largest weight. */
  double eachError(String what, double[] ours, double[] theirs, double floor) {
    Fields.requireSize(what, theirs.length, ours.length);
    int[] moving = gradients().moving();
    double[] expected = pick(theirs, moving);
    return Findings.eachError(pick(ours, moving), expected, floor * Findings.largest(expected));
  }

  double weightError(String what, double[] ours, double[] theirs) {
    Fields.requireSize(what, theirs.length, ours.length);
    int[] moving = gradients().moving();
    double[] norms = pick(gradients().norms(), moving);
    double[] own = pick(ours, moving);
    double[] expected = pick(theirs, moving);
    double[] ownMoves = product(own, norms);
    double[] expectedMoves = product(expected, norms);
    return Math.max(
        Findings.error(own, expected, Findings.largest(expected)),
        Findings.error(ownMoves, expectedMoves, Findings.largest(expectedMoves)));
  }

  /**
   * Compares a combined gradient. Where the gradients cancel, rounding of the weights shows: the
   * scale is at least 1e-5 of what was added up.
   */
  void compareCombined(String what, double[] weights, double[] theirs, double tolerance) {
    compareCombined(what, gradients(), weights, theirs, tolerance);
  }

  void compareCombined(
      String what, Gradients rows, double[] weights, double[] theirs, double tolerance) {
    double scale = Math.max(Findings.largest(theirs), CANCELLED * rows.magnitude(weights));
    findings.near(what, rows.combined(weights), theirs, scale, tolerance);
  }

  /** Compares the weights in one field and the gradient in another; each may be missing. */
  void compare(double[] ours, String weightsField, String gradientField, double tolerance) {
    if (fields.has(weightsField)) {
      compareWeights(weightsField, ours, fields.vector(weightsField), tolerance);
    }
    compareGradient(ours, gradientField, tolerance);
  }

  /** Compares the gradient in a field, which may be missing. */
  void compareGradient(double[] ours, String field, double tolerance) {
    if (fields.has(field)) {
      compareCombined(field, ours, fields.vector(field), tolerance);
    }
  }

  /** The condition of the gradients that are not zero. */
  Conditioning conditioning() {
    return Conditioning.of(gradients().of(gradients().moving()));
  }

  /** Weights of the unit gradients that are not zero. */
  double[] moves(double[] weights) {
    int[] moving = gradients().moving();
    return product(pick(weights, moving), pick(gradients().norms(), moving));
  }

  /** Compares weights of a closed form, and what they combine to, by {@link Conditioning}. */
  void compareClosedForm(String what, double[] ours, double[] theirs, double least) {
    Conditioning conditioning = conditioning();
    findings.within(
        what, weightError(what, ours, theirs), Math.max(least, conditioning.ofWeights()));
    double[] combined = gradients().combined(theirs);
    double scale = Math.max(Findings.largest(combined), CANCELLED * gradients().magnitude(ours));
    double bound = conditioning.ofCombination(moves(theirs)) / scale;
    findings.near(
        what + " combined", gradients().combined(ours), combined, scale, Math.max(least, bound));
  }

  static double[] pick(double[] values, int[] places) {
    return Arrays.stream(places).mapToDouble(place -> values[place]).toArray();
  }

  static double[] product(double[] left, double[] right) {
    double[] product = new double[left.length];
    Arrays.setAll(product, k -> left[k] * right[k]);
    return product;
  }

  static double[] quotient(double[] left, double[] right) {
    double[] quotient = new double[left.length];
    Arrays.setAll(quotient, k -> left[k] / right[k]);
    return quotient;
  }
}
