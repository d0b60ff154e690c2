package org.sparkmto.exchange;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.apache.spark.api.plugin.PluginContext;

/** The executor's end of the channel to the driver, for one attempt. */
public final class DriverChannel {
  private static final Duration ASK_AGAIN = Duration.ofMillis(10);

  private static volatile PluginContext connection;

  private final String attempt;

  /** The channel for an attempt; the desk of the same name must be open on the driver. */
  public DriverChannel(String attempt) {
    this.attempt = attempt;
  }

  static void connect(PluginContext context) {
    connection = context;
  }

  /** Rank 0 says where the others find it. */
  public void leaderListens(int port) {
    ask(Message.LEADER_LISTENS, out -> out.writeInt(port));
  }

  /**
   * Waits until rank 0 listens.
   *
   * @return its port
   * @throws ExchangeException if it does not within the deadline
   */
  public int leaderPort(Duration deadline) throws InterruptedException {
    long end = System.nanoTime() + deadline.toNanos();
    while (true) {
      try {
        int port = ask(Message.WHERE_IS_LEADER, out -> {}).readInt();
        if (port >= 0) {
          return port;
        }
      } catch (IOException e) {
        throw new UncheckedIOException("the driver's answer is damaged", e);
      }
      if (System.nanoTime() > end) {
        throw new ExchangeException(
            "rank 0 of "
                + attempt
                + " did not listen within "
                + deadline.toMillis() / 1000.0
                + " s");
      }
      Thread.sleep(ASK_AGAIN.toMillis());
    }
  }

  /** Rank 0 reports a step and gets the weights of the tasks. */
  public StepAnswer weigh(StepReport report) {
    DataInputStream in =
        ask(
            Message.WEIGH,
            out -> {
              out.writeLong(report.step());
              out.writeLong(report.epoch());
              Message.writeDoubles(out, report.losses());
              Message.writeDoubles(out, report.gram());
            });
    try {
      return new StepAnswer(Message.readDoubles(in), Message.readDoubles(in));
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
