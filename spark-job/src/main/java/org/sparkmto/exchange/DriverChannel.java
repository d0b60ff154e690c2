package org.sparkmto.exchange;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.function.IntPredicate;
import org.apache.spark.api.plugin.PluginContext;

/** The executor's end of the channel to the driver, for one attempt. */
public final class DriverChannel {
  private static final Duration ASK_AGAIN = Duration.ofMillis(10);
  private static final int LONGEST_REASON = 2000;

  private static volatile PluginContext connection;

  private final String attempt;

  /** The channel for an attempt; the desk of the same name must be open on the driver. */
  public DriverChannel(String attempt) {
    this.attempt = attempt;
  }

  static void connect(PluginContext context) {
    connection = context;
  }

  /**
   * Rank 0 says where the others find it, and waits until all of them have asked. From then on they
   * join at once, so nobody waits in the group itself for a rank that never came.
   *
   * @throws ExchangeException if they do not within the deadline, or the attempt is over
   */
  public void leaderListens(int port, int ranks, Duration deadline) throws InterruptedException {
    ask(Message.LEADER_LISTENS, out -> out.writeInt(port));
    await(
        Message.WHO_IS_HERE,
        out -> {},
        followers -> followers == ranks - 1,
        deadline,
        "some of the " + ranks + " ranks did not come");
  }

  /**
   * A rank other than 0 asks where rank 0 listens, and waits until it does.
   *
   * @return its port
   * @throws ExchangeException if it does not within the deadline, or the attempt is over
   */
  public int leaderPort(int rank, Duration deadline) throws InterruptedException {
    return await(
        Message.WHERE_IS_LEADER,
        out -> out.writeInt(rank),
        port -> port >= 0,
        deadline,
        "rank 0 did not listen");
  }

  private int await(
      byte kind, Message.Body body, IntPredicate enough, Duration deadline, String otherwise)
      throws InterruptedException {
    long end = System.nanoTime() + deadline.toNanos();
    while (true) {
      try {
        int answer = ask(kind, body).readInt();
        if (enough.test(answer)) {
          return answer;
        }
      } catch (IOException e) {
        throw new UncheckedIOException("the driver's answer is damaged", e);
      }
      if (System.nanoTime() > end) {
        throw new ExchangeException(
            attempt + ": " + otherwise + " within " + deadline.toMillis() / 1000.0 + " s");
      }
      Thread.sleep(ASK_AGAIN.toMillis());
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
      return StepCodec.readAnswer(in);
    } catch (IOException e) {
      throw new UncheckedIOException("the driver's answer is damaged", e);
    }
  }

  private DataInputStream ask(byte kind, Message.Body body) {
    PluginContext context = connection;
    if (context == null) {
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
      reply = context.ask(question);
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
      throw new UncheckedIOException("the driver's answer is damaged", e);
    }
    return in;
  }
}
