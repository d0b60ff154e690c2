package org.sparkmto.exchange;

import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;
import org.sparkmto.timing.StepClock;

/**
 * The Spark plugin through which ranks ask the driver. It uses Spark's own RPC, so it needs no port
 * of its own and is authenticated and encrypted exactly as the cluster is. To be named in {@code
 * spark.plugins} before the Spark context starts. It also shows how a run goes as gauges of Spark's
 * metrics system: {@link RunGauges} on the driver, {@link StepClock} on executors.
 */
public final class AggregatorPlugin implements SparkPlugin {
  @Override
  public DriverPlugin driverPlugin() {
    return new DriverSide();
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new ExecutorSide();
  }

  private static final class DriverSide implements DriverPlugin {
    @Override
    public Map<String, String> init(SparkContext context, PluginContext pluginContext) {
      RunGauges.connect(pluginContext.metricRegistry());
      return Map.of();
    }

    @Override
    public Object receive(Object message) {
      if (!(message instanceof byte[] bytes)) {
        return Message.refused("a message that is not bytes");
      }
      byte[] answer = DriverDesk.answer(bytes);
      // Spark complains of answers that nobody waits for.
      return Message.wantsAnswer(bytes) ? answer : null;
    }
  }

  private static final class ExecutorSide implements ExecutorPlugin {
    @Override
    public void init(PluginContext context, Map<String, String> extraConf) {
      DriverChannel.connect(context);
      StepClock.connect(context.metricRegistry());
    }
  }
}
