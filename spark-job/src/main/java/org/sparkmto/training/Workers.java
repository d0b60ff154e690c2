package org.sparkmto.training;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.DeployMessages;
import org.apache.spark.deploy.master.WorkerInfo;
import org.apache.spark.rpc.RpcAddress;
import org.apache.spark.rpc.RpcTimeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkmto.naming.Counted;
import scala.concurrent.duration.FiniteDuration;
import scala.reflect.ClassTag$;

/**
 * The machines of a standalone cluster, as its master tells them to whoever may submit. Spark has
 * no public call for it; where this one fails, nothing is known.
 *
 * @param count those that are alive
 * @param cores of the largest
 * @param mib memory of the largest
 */
record Workers(int count, int cores, long mib) {
  private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
  private static final String SCHEME = "spark://";
  private static final int SECONDS = 10;

  /** Those of the master that a context is connected to. */
  static Optional<Workers> of(JavaSparkContext spark) {
    // Of several masters, one leads and the others do not answer.
    String url = spark.master();
    if (!url.startsWith(SCHEME) || url.contains(",")) {
      return Optional.empty();
    }
    try {
      RpcTimeout timeout =
          new RpcTimeout(FiniteDuration.apply(SECONDS, "seconds"), "spark.rpc.askTimeout");
      DeployMessages.MasterStateResponse state =
          SparkEnv.get()
              .rpcEnv()
              .setupEndpointRef(RpcAddress.fromSparkURL(url), "Master")
              .askSync(
                  DeployMessages.RequestMasterState$.MODULE$,
                  timeout,
                  ClassTag$.MODULE$.apply(DeployMessages.MasterStateResponse.class));
      WorkerInfo[] alive =
          Arrays.stream(state.workers()).filter(WorkerInfo::isAlive).toArray(WorkerInfo[]::new);
      return Arrays.stream(alive)
          .max(Comparator.comparingInt(WorkerInfo::cores))
          .map(largest -> new Workers(alive.length, largest.cores(), largest.memory()))
          .or(() -> Optional.of(new Workers(0, 0, 0)));
    } catch (RuntimeException | LinkageError e) {
      LOG.info("the master does not tell its workers", e);
      return Optional.empty();
    }
  }

  String words() {
    return count == 0
        ? "the master has no worker"
        : String.format(
            Locale.ROOT,
            "%s %s and %d MiB",
            count == 1 ? "the worker has" : "the largest of " + count + " workers has",
            Counted.of(cores, "core"),
            mib);
  }
}
