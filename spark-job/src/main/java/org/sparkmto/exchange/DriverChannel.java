package org.sparkmto.exchange;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.api.plugin.PluginContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkmto.timing.StepPhase;

/** The executor's end of the channel to the driver, for one attempt. */
public final class DriverChannel {
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(10);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(200);
  private static final int LONGEST_REASON = 2000;

  private static final Logger LOG = LoggerFactory.getLogger(DriverChannel.class);

  private static volatile PluginContext connection;

  private final String attempt;
  private final boolean here;
  private boolean stops;

  /** The channel for an attempt; the desk of the same name must be open on the driver. */
  public DriverChannel(String attempt) {
    this(attempt, false);
  }

  private DriverChannel(String attempt, boolean here) {
    this.attempt = attempt;
    this.here = here;
  }

  /** The channel to a desk of this process, for ranks that are threads of it, without Spark. */
  public static DriverChannel here(String attempt) {
    return new DriverChannel(attempt, true);
  }

  /** Name of the attempt. */
  String attempt() {
    return attempt;
  }

  static void connect(PluginContext context) {
    connection = context;
  }

  /** Says that the task of a rank runs; to be the first thing that it does. */
  public void started(int rank) {
    ask(Message.STARTED, out -> out.writeInt(rank));
  }

  /**
   * Says that this rank is ready to join the group, and waits until all are. From then on they join
   * at once, so nobody waits in the group itself for a rank that never came.
   *
   * @throws ExchangeException if they are not before the deadline, or the attempt is over
   */
  void awaitReady(int rank, int ranks, Deadline deadline) throws InterruptedException {
    Set<Integer> missing = all(ranks);
    for (Pause pause = new Pause(); ; pause.take()) {
      try {
        Attendance.ranks(ask(Message.READY, out -> out.writeInt(rank))).forEach(missing::remove);
      } catch (IOException e) {
        throw damaged(e);
      }
      if (missing.isEmpty()) {
        return;
      }
      refuseToWaitLonger(rank, ranks, missing, "come to", deadline);
    }
  }

  /**
   * Gives this rank's address and waits for those of all others.
   *
   * @return the addresses of all, by rank
   * @throws ExchangeException if they are not known before the deadline, or the attempt is over
   */
  Map<Integer, byte[]> awaitAddresses(int rank, int ranks, byte[] own, Deadline deadline)
      throws InterruptedException {
    return awaitGiven(Message.LISTENS, rank, ranks, own, "give their address in", deadline);
  }

  /**
   * Tells what this rank has found where it runs, and waits until all have told.
   *
   * @param own in words of the caller's; the driver hands them on
   * @return what all have found, by rank
   * @throws ExchangeException if it is not known before the deadline, or the attempt is over
   */
  public Map<Integer, byte[]> awaitPlaces(int rank, int ranks, byte[] own, Duration deadline)
      throws InterruptedException {
    return awaitGiven(
        Message.PLACE, rank, ranks, own, "say where they compute in", Deadline.in(deadline));
  }

  /** Gives this rank's address and gets those known so far; refused once the attempt is over. */
  Map<Integer, byte[]> addresses(int rank, byte[] own) {
    return given(Message.LISTENS, rank, own);
  }

  /**
   * Gives what rank 0 has made for all to join by, and waits until every rank has asked for it. Who
   * has it can join, so it goes over this channel alone, which Spark authenticates.
   *
   * @param own the id, of rank 0; nothing, of the others
   * @return what all have given, by rank
   * @throws ExchangeException if they have not before the deadline, or the attempt is over
   */
  Map<Integer, byte[]> awaitIds(int rank, int ranks, byte[] own, Deadline deadline)
      throws InterruptedException {
    return awaitGiven(Message.ID, rank, ranks, own, "join their GPUs in", deadline);
  }

  /**
   * Tells what memory this rank offers to share, and waits until all have told. Goes over this
   * channel alone, as it says where that memory is.
   *
   * @return what all have told, by rank
   * @throws ExchangeException if they have not before the deadline, or the attempt is over
   */
  Map<Integer, byte[]> awaitMemory(int rank, int ranks, byte[] own, Deadline deadline)
      throws InterruptedException {
    return awaitGiven(Message.MEMORY, rank, ranks, own, "offer memory in", deadline);
  }

  /** The same of whether this rank sees what all have offered. */
  Map<Integer, byte[]> awaitSeen(int rank, int ranks, byte[] own, Deadline deadline)
      throws InterruptedException {
    return awaitGiven(
        Message.SEEN, rank, ranks, own, "say whether they see the memory of", deadline);
  }

  /** Gives this rank's id and gets those known so far; refused once the attempt is over. */
  Map<Integer, byte[]> ids(int rank, byte[] own) {
    return given(Message.ID, rank, own);
  }

  private Map<Integer, byte[]> awaitGiven(
      byte kind, int rank, int ranks, byte[] own, String what, Deadline deadline)
      throws InterruptedException {
    for (Pause pause = new Pause(); ; pause.take()) {
      Map<Integer, byte[]> known = given(kind, rank, own);
      Set<Integer> missing = all(ranks);
      missing.removeAll(known.keySet());
      if (missing.isEmpty()) {
        return known;
      }
      refuseToWaitLonger(rank, ranks, missing, what, deadline);
    }
  }

  private Map<Integer, byte[]> given(byte kind, int rank, byte[] own) {
    try {
      return Attendance.addresses(
          ask(
              kind,
              out -> {
                out.writeInt(rank);
                out.writeInt(own.length);
                out.write(own);
              }));
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  private static Set<Integer> all(int ranks) {
    return IntStream.range(0, ranks).boxed().collect(Collectors.toCollection(TreeSet::new));
  }

  private void refuseToWaitLonger(
      int rank, int ranks, Set<Integer> missing, String what, Deadline deadline) {
    if (deadline.passed()) {
      throw new ExchangeException(
          "rank %d of %d waited %s for %s to %s attempt %s"
              .formatted(rank, ranks, deadline, named(missing), what, attempt));
    }
  }

  /** "rank 3" or "ranks 1, 2, 5". */
  static String named(Set<Integer> ranks) {
    String numbers = ranks.stream().map(String::valueOf).collect(Collectors.joining(", "));
    return (ranks.size() == 1 ? "rank " : "ranks ") + numbers;
  }

  /** Longer and longer, so that many ranks that wait for one do not keep the driver busy. */
  private static final class Pause {
    private Duration next = SHORTEST_PAUSE;

    void take() throws InterruptedException {
      Thread.sleep(next.toMillis());
      next = next.compareTo(LONGEST_PAUSE) < 0 ? next.plus(SHORTEST_PAUSE) : next;
    }
  }

  /** Tells why this rank gives up; to be called before the group closes. */
  public void failed(RankFailure failure) {
    String reason = failure.reason();
    String shortened =
        reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON) + " ...";
    ask(
        Message.FAILED,
        out -> {
          out.writeInt(failure.rank());
          out.writeUTF(shortened);
          out.writeBoolean(failure.lasting());
        });
  }

  /** Rank 0 reports a step and gets the weights of the tasks. */
  public StepAnswer weigh(StepReport report) {
    DataInputStream in = ask(Message.WEIGH, out -> StepCodec.write(report, out));
    try {
      stops = in.readBoolean();
      return StepCodec.readAnswer(in);
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  /** Whether the driver said with its last answer that the step is to be the last. */
  public boolean stops() {
    return stops;
  }

  /**
   * Tells how long the phases of a rank's steps have taken in this attempt. Nobody waits for an
   * answer, and what does not arrive is not missed: the next time tells it, too.
   */
  public void spent(int rank, Map<StepPhase, Double> seconds) {
    PluginContext context = connection;
    if (context == null) {
      return;
    }
    byte[] message =
        Message.of(
            Message.TIMES,
            out -> {
              out.writeUTF(attempt);
              out.writeInt(rank);
              for (StepPhase phase : StepPhase.values()) {
                out.writeDouble(seconds.get(phase));
              }
            });
    try {
      context.send(message);
    } catch (IOException e) {
      LOG.debug("the driver is not told how long the steps of {} take", attempt, e);
    }
  }

  private static UncheckedIOException damaged(IOException e) {
    return new UncheckedIOException("the driver's answer is damaged", e);
  }

  private DataInputStream ask(byte kind, Message.Body body) {
    PluginContext context = connection;
    if (context == null && !here) {
      throw new ExchangeException(
          "this executor has no channel to the driver: spark.plugins must name "
              + AggregatorPlugin.class.getName());
    }
    byte[] question =
        Message.of(
            kind,
            out -> {
              out.writeUTF(attempt);
              body.write(out);
            });
    Object reply;
    try {
      reply = here ? DriverDesk.answer(question) : context.ask(question);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExchangeException("interrupted while asking the driver of " + attempt, e);
    } catch (Exception e) {
      throw new ExchangeException("the driver does not answer " + attempt, e);
    }
    DataInputStream in = Message.reader((byte[]) reply);
    try {
      if (in.readByte() != Message.OK) {
        throw new ExchangeException("the driver refused " + attempt + ": " + in.readUTF());
      }
    } catch (IOException e) {
      throw damaged(e);
    }
    return in;
  }
}
