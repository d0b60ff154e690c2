package org.sparkmto.experiment;

import java.io.IOException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkmto.options.ConfigurationException;

/**
 * Ends executors as a machine that fails does: an executor that is due sends {@code kill -9} to
 * itself, without a word to Spark or to its rank. It works on every kind of cluster, as nobody has
 * to reach the machine. Executors ask the driver whether they are due; while {@link #begin} has not
 * been called, none is.
 */
public final class KillPlugin implements SparkPlugin {
  private static final long ASK_MILLIS = 100;
  private static final String PLUGINS = "spark.plugins";
  private static final String TASKS = "org.sparkmto.training.RankTask";
  private static final String WORKER = "Executor task launch worker";
  private static final String NO_TASK = "no task";

  private static final Logger LOG = LoggerFactory.getLogger(KillPlugin.class);

  private static volatile Kills kills;

  /**
   * Adds it to the settings of a session that is not open yet.
   *
   * @throws ConfigurationException if driver and executors are one process
   */
  public static void prepare(SparkConf conf) {
    if (conf.get("spark.master").startsWith("local")) {
      throw new ConfigurationException(
          "--kill-every needs executors of their own, and %s has none; deploy/standalone/start starts a cluster on this machine"
              .formatted(conf.get("spark.master")));
    }
    String own = KillPlugin.class.getName();
    String others = conf.get(PLUGINS, "");
    conf.set(PLUGINS, others.isEmpty() ? own : others + "," + own);
  }

  /** Kills from now on. */
  static void begin(Kills wanted) {
    kills = wanted;
  }

  /** Kills nobody any more. */
  static void end() {
    kills = null;
  }

  /**
   * What an executor asks or tells.
   *
   * @param where what its rank is doing, if it ends itself now; else empty
   */
  private record Message(String executor, String where) implements Serializable {}

  @Override
  public DriverPlugin driverPlugin() {
    return new DriverPlugin() {
      @Override
      public Object receive(Object message) {
        Kills now = kills;
        if (now == null || !(message instanceof Message asked)) {
          return false;
        }
        if (asked.where().isEmpty()) {
          return now.due(asked.executor(), System.nanoTime());
        }
        now.done(asked.executor(), asked.where(), System.nanoTime());
        return true;
      }
    };
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new ExecutorPlugin() {
      @Override
      public void init(PluginContext context, Map<String, String> extraConf) {
        Thread thread = new Thread(() -> live(context), "soak-kill");
        thread.setDaemon(true);
        thread.start();
      }
    };
  }

  private static void live(PluginContext context) {
    String name = context.executorID();
    try {
      while (!ask(context, new Message(name, ""))) {
        Thread.sleep(ASK_MILLIS);
      }
      if (ask(context, new Message(name, where()))) {
        kill();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean ask(PluginContext context, Message message) throws InterruptedException {
    try {
      return (boolean) context.ask(message);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      LOG.debug("the driver does not answer now", e);
      return false;
    }
  }

  /** The rank's part of its task that is under way. */
  private static String where() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(thread -> thread.getKey().getName().startsWith(WORKER))
        .flatMap(thread -> Arrays.stream(thread.getValue()))
        .filter(frame -> frame.getClassName().startsWith(TASKS))
        .findFirst()
        .map(StackTraceElement::getMethodName)
        .orElse(NO_TASK);
  }

  private static void kill() {
    try {
      new ProcessBuilder("kill", "-9", String.valueOf(ProcessHandle.current().pid())).start();
    } catch (IOException e) {
      LOG.error("this executor cannot kill itself, and lives on", e);
    }
  }
}
