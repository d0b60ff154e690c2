package org.sparkmto.exchange;

import com.codahale.metrics.MetricRegistry;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.resource.ResourceInformation;

/** Both ends of the plugin in this JVM: every question goes straight to the driver's side. */
class Wire implements PluginContext {
  /** From now on every channel of this JVM is joined to the desks of this JVM. */
  static void connect() {
    new AggregatorPlugin().executorPlugin().init(new Wire(), Map.of());
  }

  private final DriverPlugin driver = new AggregatorPlugin().driverPlugin();

  @Override
  public Object ask(Object message) throws Exception {
    return driver.receive(message);
  }

  @Override
  public void send(Object message) {
    throw new UnsupportedOperationException("nothing is sent without an answer");
  }

  @Override
  public MetricRegistry metricRegistry() {
    return new MetricRegistry();
  }

  @Override
  public SparkConf conf() {
    return new SparkConf(false);
  }

  @Override
  public String executorID() {
    return "1";
  }

  @Override
  public String hostname() {
    return "127.0.0.1";
  }

  @Override
  public Map<String, ResourceInformation> resources() {
    return Map.of();
  }
}
