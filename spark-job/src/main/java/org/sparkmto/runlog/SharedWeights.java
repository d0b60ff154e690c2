package org.sparkmto.runlog;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.sparkmto.json.Json;

/**
 * The weights of the task gradients in the gradient of the shared parameters: one for each task,
 * and from some methods several.
 *
 * @param blocks what the several are of
 * @param weights block after block, each with one number for every task
 */
public record SharedWeights(Blocks blocks, List<List<Double>> weights) {

  /** What a task has several weights for. */
  public enum Blocks {
    /** One weight for each task. */
    ONE,
    /** One for each part of the batch; together the parts are the batch, so weights add up. */
    PARTS,
    /** One for each group of shared parameters, side by side. */
    GROUPS;

    private String field() {
      return this == PARTS ? "parts" : "groups";
    }
  }

  /**
   * Takes copies.
   *
   * @throws IllegalArgumentException if there is no block, if blocks have different lengths, or if
   *     there are several of {@link Blocks#ONE}
   */
  public SharedWeights {
    weights = weights.stream().map(List::copyOf).toList();
    long lengths = weights.stream().mapToInt(List::size).distinct().count();
    if (lengths != 1 || (blocks == Blocks.ONE && weights.size() > 1)) {
      throw new IllegalArgumentException(
          weights.size() + " blocks of weights that do not fit " + blocks);
    }
  }

  /**
   * Weights as a method answers them, in one row.
   *
   * @param row block after block
   * @param tasks how many tasks a block has
   * @throws IllegalArgumentException if they do not fill blocks
   */
  public static SharedWeights of(Blocks blocks, double[] row, int tasks) {
    List<Double> values = new ArrayList<>();
    for (double value : row) {
      values.add(value);
    }
    return cut(blocks, values, tasks);
  }

  private static SharedWeights cut(Blocks blocks, List<Double> row, int tasks) {
    List<List<Double>> weights = new ArrayList<>();
    if (tasks < 1 || row.size() % tasks != 0) {
      throw new IllegalArgumentException(row.size() + " weights of " + tasks + " tasks");
    }
    for (int from = 0; from < row.size(); from += tasks) {
      weights.add(row.subList(from, from + tasks));
    }
    return new SharedWeights(blocks, weights);
  }

  /** How many tasks. */
  public int tasks() {
    return weights.get(0).size();
  }

  /**
   * One number for a task, to be compared with methods that have one: the sum over the parts of a
   * batch, the mean over groups of parameters.
   */
  public double ofTask(int task) {
    double sum = 0;
    for (List<Double> block : weights) {
      sum += block.get(task);
    }
    return blocks == Blocks.GROUPS ? sum / weights.size() : sum;
  }

  /** {@code [w, ..]} for one each, {@code {"parts": [[w, ..], ..]}} or "groups" for several. */
  JsonNode toJson() {
    if (blocks == Blocks.ONE) {
      return Json.array(weights.get(0));
    }
    var node = Json.object();
    var rows = node.putArray(blocks.field());
    weights.forEach(block -> rows.add(Json.array(block)));
    return node;
  }

  /**
   * Reads what {@link #toJson} wrote, and the single row of format 1.
   *
   * @param ofRow what the blocks of a single row of several numbers a task are
   */
  static SharedWeights parse(JsonNode node, int tasks, Blocks ofRow)
      throws UnreadableLineException {
    try {
      if (node.isArray()) {
        Blocks blocks = node.size() > tasks ? ofRow : Blocks.ONE;
        return requireTasks(cut(blocks, Json.numbers(node), tasks), tasks);
      }
      for (Blocks blocks : List.of(Blocks.PARTS, Blocks.GROUPS)) {
        if (node.has(blocks.field())) {
          List<List<Double>> weights = new ArrayList<>();
          node.get(blocks.field()).forEach(block -> weights.add(Json.numbers(block)));
          return requireTasks(new SharedWeights(blocks, weights), tasks);
        }
      }
    } catch (IllegalArgumentException e) {
      throw StepLine.otherTasks();
    }
    throw new UnreadableLineException("a step without weights");
  }

  private static SharedWeights requireTasks(SharedWeights weights, int tasks)
      throws UnreadableLineException {
    if (weights.tasks() != tasks) {
      throw StepLine.otherTasks();
    }
    return weights;
  }
}
