package org.sparkmto.exchange;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.sparkmto.timing.StepPhase;

/**
 * The driver's end of the channel: one desk per attempt at a segment. A question that names another
 * attempt is refused, so a rank that outlived its attempt learns that it is over.
 */
public final class DriverDesk implements AutoCloseable {
  private static final Map<String, DriverDesk> OPEN = new ConcurrentHashMap<>();

  private final String attempt;
  private final Function<StepReport, StepAnswer> aggregator;
  private final Consumer<RankFailure> failures;
  private final BooleanSupplier stops;
  private final BiConsumer<Integer, Map<StepPhase, Double>> times;
  private final Consumer<Map<Integer, byte[]>> places;
  private final Attendance attendance = new Attendance();
  private volatile long bytesReceived;
  private boolean closed;

  private DriverDesk(
      String attempt,
      Function<StepReport, StepAnswer> aggregator,
      Consumer<RankFailure> failures,
      BooleanSupplier stops,
      BiConsumer<Integer, Map<StepPhase, Double>> times,
      Consumer<Map<Integer, byte[]>> places) {
    this.attempt = attempt;
    this.aggregator = aggregator;
    this.failures = failures;
    this.stops = stops;
    this.times = times;
    this.places = places;
  }

  /**
   * Opens the desk of an attempt.
   *
   * @param attempt its name, unique in this driver
   * @param aggregator answers the report of a step; called by one thread at a time
   * @param failures hears of ranks that give up, each before its peers can see it
   * @param stops says, when a report is answered, whether its step is to be the last
   * @param times hears now and then of a rank how many seconds each phase of its steps has taken in
   *     this attempt; called by one thread at a time
   * @param places hears what ranks have found where they run, by rank, each time one tells it;
   *     called by one thread at a time
   */
  public static DriverDesk open(
      String attempt,
      Function<StepReport, StepAnswer> aggregator,
      Consumer<RankFailure> failures,
      BooleanSupplier stops,
      BiConsumer<Integer, Map<StepPhase, Double>> times,
      Consumer<Map<Integer, byte[]>> places) {
    DriverDesk desk = new DriverDesk(attempt, aggregator, failures, stops, times, places);
    if (OPEN.putIfAbsent(attempt, desk) != null) {
      throw new IllegalStateException("attempt " + attempt + " is already open");
    }
    return desk;
  }

  /** Opens the desk of an attempt that makes all its steps. */
  public static DriverDesk open(
      String attempt, Function<StepReport, StepAnswer> aggregator, Consumer<RankFailure> failures) {
    return open(attempt, aggregator, failures, () -> false, (rank, seconds) -> {}, found -> {});
  }

  /** Opens the desk of an attempt whose failures are learnt from Spark alone. */
  public static DriverDesk open(String attempt, Function<StepReport, StepAnswer> aggregator) {
    return open(attempt, aggregator, failure -> {});
  }

  /** Number of ranks whose task has begun to run. */
  public synchronized int started() {
    return attendance.started();
  }

  /** Bytes of the questions received so far. */
  public long bytesReceived() {
    return bytesReceived;
  }

  /** Ends the attempt; when this returns, its aggregator is not called any more. */
  @Override
  public synchronized void close() {
    closed = true;
    OPEN.remove(attempt, this);
  }

  static byte[] answer(byte[] question) {
    try {
      DataInputStream in = Message.reader(question);
      byte kind = in.readByte();
      String attempt = in.readUTF();
      DriverDesk desk = OPEN.get(attempt);
      if (desk == null) {
        return over(attempt);
      }
      return desk.answer(kind, in, question.length);
    } catch (IOException e) {
      return Message.refused("a damaged message: " + e);
    }
  }

  private static byte[] over(String attempt) {
    return Message.refused("attempt " + attempt + " is over");
  }

  private synchronized byte[] answer(byte kind, DataInputStream in, int length) throws IOException {
    if (closed) {
      // It was found open, and closed before its turn came.
      return over(attempt);
    }
    bytesReceived += length;
    return switch (kind) {
      case Message.STARTED -> attendance.rankStarted(in);
      case Message.READY -> attendance.rankReady(in);
      case Message.LISTENS -> attendance.rankListens(in);
      case Message.ID -> attendance.rankIdentified(in);
      case Message.MEMORY -> attendance.rankOffersMemory(in);
      case Message.SEEN -> attendance.rankSees(in);
      case Message.PLACE -> {
        byte[] known = attendance.rankPlaced(in);
        places.accept(attendance.places());
        yield known;
      }
      case Message.FAILED -> {
        failures.accept(new RankFailure(in.readInt(), in.readUTF(), in.readBoolean()));
        yield Message.of(Message.OK, out -> {});
      }
      case Message.TIMES -> {
        int rank = in.readInt();
        Map<StepPhase, Double> seconds = new EnumMap<>(StepPhase.class);
        for (StepPhase phase : StepPhase.values()) {
          seconds.put(phase, in.readDouble());
        }
        times.accept(rank, seconds);
        yield Message.of(Message.OK, out -> {});
      }
      case Message.WEIGH -> weigh(StepCodec.readReport(in));
      default -> Message.refused("a message of unknown kind " + kind);
    };
  }

  private byte[] weigh(StepReport report) {
    StepAnswer answer;
    try {
      answer = Objects.requireNonNull(aggregator.apply(report), "the aggregator gave no answer");
    } catch (RuntimeException e) {
      // The rank fails with this reason, and its failure brings the exception's trace to the log.
      return Message.refused("step " + report.step() + ": " + e);
    }
    boolean last = stops.getAsBoolean();
    return Message.of(
        Message.OK,
        out -> {
          out.writeBoolean(last);
          StepCodec.write(answer, out);
        });
  }
}
