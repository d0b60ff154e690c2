package org.sparkmto.experiment;

import java.util.List;
import org.sparkmto.exchange.Transport;
import org.sparkmto.trial.StepCosts;

/**
 * What a step would take on some cluster: the costs of its parts on one machine, put together as
 * the step does. What depends on samples is a straight line through two sizes of batches; what a
 * rank computes is divided by its speed; messages are a latency and their bytes by the bandwidth.
 * Input is not part of it, nor is waiting for a slower rank.
 */
public final class CostModel {
  private final StepCosts costs;
  private final ClusterShape cluster;
  private final int batch;
  private final int tasks;
  private final Transport transport;

  /** What a method sees of the tasks' gradients. */
  public enum Sight {
    /** Nothing, or the losses. */
    NOTHING("equal weights", "method.name = ew"),
    /** Inner products at the representation. */
    REPRESENTATION("level = representation", "method { name = imtl-g, level = representation }"),
    /** Inner products at the shared parameters. */
    PARAMETERS("level = parameters", "method { name = mgda, level = parameters }");

    private final String words;
    private final String method;

    Sight(String words, String method) {
      this.words = words;
      this.method = method;
    }
  }

  /**
   * What a step takes.
   *
   * @param look keys of section look; empty for a look at everything in every step
   * @param seconds of a step
   * @param sent bytes that a rank sends
   * @param toDriver bytes that the driver receives
   * @param memory bytes that a rank holds outside the Java heap, activations included
   */
  public record Prediction(
      Sight sight, String look, double seconds, double sent, double toDriver, double memory) {

    /** The way to its gradient, for people: the level, or the keys of the look. */
    public String what() {
      return look.isEmpty() ? sight.words : "look." + look;
    }

    /** A method and a look of that way, as HOCON. */
    public String lines() {
      return sight.method + (look.isEmpty() ? "" : "\nlook { " + look + " }");
    }
  }

  /**
   * A model.
   *
   * @param batch samples of the global batch
   * @param tasks K, which need not be that of the measurement; heads are as costly for each
   * @param transport of gradients between ranks; their rounding costs nothing here
   */
  public CostModel(
      StepCosts costs, ClusterShape cluster, int batch, int tasks, Transport transport) {
    this.costs = costs;
    this.cluster = cluster;
    this.batch = batch;
    this.tasks = tasks;
    this.transport = transport;
  }

  private interface Part {
    double of(StepCosts.OfBatch batch);
  }

  /** A part of a step for so many samples of a rank, in seconds or bytes of that machine. */
  private double line(Part part, double samples) {
    StepCosts.OfBatch small = costs.batches().get(0);
    StepCosts.OfBatch large = costs.batches().get(1);
    double slope =
        (part.of(large) - part.of(small)) / Math.max(1, large.samples() - small.samples());
    return Math.max(0, part.of(large) + slope * (samples - large.samples()));
  }

  private double samples() {
    return Math.ceil((double) batch / cluster.ranks());
  }

  /** Of this number of tasks: heads take so many times what they took. */
  private double withHeads(Part step) {
    double more = (double) tasks / costs.tasks() - 1;
    return (line(step, samples()) + more * line(StepCosts.OfBatch::heads, samples()))
        / cluster.speed();
  }

  private double pass(double samples) {
    return line(StepCosts.OfBatch::pass, samples) / cluster.speed();
  }

  /** Bytes of a gradient on its way. */
  private double gradient() {
    return (double) transport.bytes() * costs.total();
  }

  /** Bytes of its shared part on its way. */
  private double sharedBytes() {
    return (double) transport.bytes() * costs.shared();
  }

  private double sent(double bytesOfSum) {
    return 2.0 * (cluster.ranks() - 1) / cluster.ranks() * bytesOfSum;
  }

  private double memory(double rows) {
    double vectors = Float.BYTES * (3.0 + costs.state()) * costs.total();
    return vectors
        + Float.BYTES * rows
        + line(batch -> batch.activations(), samples()) * withTasks(0.5);
  }

  /** Activations of heads are taken for a part of all that grows with the tasks. */
  private double withTasks(double part) {
    return 1 - part + part * tasks / costs.tasks();
  }

  private double numbers() {
    return 8.0 * (2 * tasks + (double) tasks * tasks);
  }

  /** The driver's work and the way to it, and what all ranks get to know. */
  private double asking() {
    return cluster.driver() + cluster.sum(numbers());
  }

  /** Equal weights, or any method that sees losses at most. */
  public Prediction plain() {
    return new Prediction(
        Sight.NOTHING,
        "",
        withHeads(StepCosts.OfBatch::plain) + asking() + cluster.sum(gradient()),
        sent(gradient()),
        8.0 * 2 * tasks,
        memory(0));
  }

  /** Inner products at the representation. */
  public Prediction atRepresentation() {
    return new Prediction(
        Sight.REPRESENTATION,
        "",
        withHeads(StepCosts.OfBatch::atZ) + asking() + cluster.sum(gradient()),
        sent(gradient() + numbers()),
        numbers(),
        memory(0));
  }

  /** Seconds of the inner products of so many rows of one float. */
  private double gram(double rows) {
    return costs.gram() * Math.pow(rows / costs.tasks(), 1.5) / cluster.speed();
  }

  /** An exact step at the parameters: from all gradients, or from factors where that is quicker. */
  public Prediction everything() {
    Prediction byRows = byRows();
    Prediction byFactors = look();
    return byFactors.seconds() < byRows.seconds() ? byFactors : byRows;
  }

  /** All gradients of the shared parameters, in slices. */
  private Prediction byRows() {
    double slice = (double) costs.shared() / cluster.ranks();
    double seconds =
        withHeads(StepCosts.OfBatch::atZ)
            + (tasks - 1) * pass(samples())
            + slice * (gram(tasks) + costs.combine() * tasks / costs.tasks() / cluster.speed())
            + tasks * cluster.slices(sharedBytes())
            + asking()
            + cluster.slices(sharedBytes())
            + cluster.sum(gradient() - sharedBytes());
    double bytes =
        (tasks + 1) * sharedBytes() * (cluster.ranks() - 1) / cluster.ranks()
            + sent(gradient() - sharedBytes());
    return new Prediction(
        Sight.PARAMETERS, "", seconds, bytes, numbers(), memory(tasks * slice + costs.shared()));
  }

  /**
   * A look at so many rows and the update behind it. The factors of gradients are of the whole
   * batch on every rank, which makes its share of their products; where they would be more work
   * than gradients, these are taken.
   */
  private double looking(double rows) {
    double slice = (double) costs.shared() / cluster.ranks();
    double share = rows / costs.tasks();
    double passes = rows * line(StepCosts.OfBatch::look, samples()) / cluster.speed();
    double byFactors =
        passes
            + line(StepCosts.OfBatch::products, batch) * share / cluster.ranks() / cluster.speed()
            + cluster.sum(Float.BYTES * factors(rows));
    double byRows =
        rows * pass(samples()) + slice * gram(rows) + rows * cluster.slices(sharedBytes());
    return Math.min(byFactors, byRows);
  }

  /** Floats of factors and of what is taken as rows beside them. */
  private double factors(double rows) {
    return Math.min(
        line(StepCosts.OfBatch::factors, batch) * rows / costs.tasks(),
        (rows + 1) * costs.shared());
  }

  /** All inner products from factors, and an update besides. */
  private Prediction look() {
    double floats = factors(tasks);
    return new Prediction(
        Sight.PARAMETERS,
        "",
        withHeads(StepCosts.OfBatch::atZ) + looking(tasks) + asking() + cluster.sum(gradient()),
        sent(Float.BYTES * floats + gradient()),
        numbers(),
        memory(floats));
  }

  /** An exact step in every so many. */
  public Prediction seldom(int steps) {
    return every(steps, everything());
  }

  /** A look in every so many steps. */
  public Prediction every(int steps, Prediction look) {
    Prediction between = plain();
    return new Prediction(
        look.sight(),
        (look.look().isEmpty() ? "" : look.look() + ", ") + "every = " + steps,
        (look.seconds() + (steps - 1) * between.seconds()) / steps,
        (look.sent() + (steps - 1) * between.sent()) / steps,
        (look.toDriver() + (steps - 1) * between.toDriver()) / steps,
        look.memory());
  }

  /** The leading directions of the gradients at z. */
  public Prediction directions(int count) {
    return new Prediction(
        Sight.PARAMETERS,
        "directions = " + count,
        withHeads(StepCosts.OfBatch::atZ) + looking(count) + asking() + cluster.sum(gradient()),
        sent(Float.BYTES * factors(count) + gradient()),
        numbers(),
        memory(factors(count)));
  }

  /** Sketches of all gradients. */
  public Prediction sketch(int length) {
    double sketches = (double) Float.BYTES * tasks * length;
    return new Prediction(
        Sight.PARAMETERS,
        "sketch = " + length,
        withHeads(StepCosts.OfBatch::atZ)
            + tasks * (pass(samples()) + costs.shared() * costs.sketch() / cluster.speed())
            + length * gram(tasks)
            + cluster.sum(sketches)
            + asking()
            + cluster.sum(gradient()),
        sent(sketches + gradient()),
        numbers(),
        memory(2.0 * costs.shared() + (double) tasks * length));
  }

  /** All ways, equal weights first. */
  public List<Prediction> all() {
    return List.of(
        plain(),
        atRepresentation(),
        everything(),
        seldom(10),
        directions(Math.min(8, tasks)),
        sketch(8192),
        every(10, sketch(8192)));
  }

  /** The way that is proposed, and why. */
  public record Advice(Prediction way, String reason) {}

  /**
   * Proposes a way for a method of inner products: exact where that is no more than three steps of
   * equal weights and fits, else at the representation; what it misses is in docs/looks.md.
   */
  public Advice advice() {
    Prediction plain = plain();
    Prediction everything = everything();
    boolean fits = everything.memory() <= cluster.memory();
    if (fits && everything.seconds() <= 3 * plain.seconds()) {
      return new Advice(everything, "exact, for no more than three steps of equal weights");
    }
    if (tasks <= 10 && fits && everything.seconds() <= 8 * plain.seconds()) {
      return new Advice(
          everything, "exact; level = representation is the cheap one if that is too slow");
    }
    return new Advice(
        atRepresentation(),
        "with %d tasks, gradients of the parameters take %.0f steps of equal weights%s; if you want them, %s"
            .formatted(
                tasks,
                everything.seconds() / plain.seconds(),
                fits ? "" : " and more memory than a rank has",
                (fits ? seldom(10) : every(10, sketch(8192))).what()));
  }
}
