package org.sparkmto.exchange;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The newest numbers of a run as gauges of Spark's metrics system, on the driver. They appear when
 * they are first set and go when the run ends; {@code running}, the number of runs under way, is
 * always there. Where {@code spark.plugins} does not name {@link AggregatorPlugin}, nobody sees
 * them. Of two runs at once in one driver, each name has the number that was set last.
 */
public final class RunGauges implements AutoCloseable {
  /** Name of the gauge of the number of runs. */
  static final String RUNNING = "running";

  private static final AtomicInteger RUNS = new AtomicInteger();
  private static final Map<String, Double> NUMBERS = new ConcurrentHashMap<>();
  private static volatile MetricRegistry connected = new MetricRegistry();

  private final MetricRegistry registry = connected;
  private final Set<String> own = ConcurrentHashMap.newKeySet();
  private boolean closed;

  private RunGauges() {}

  /** From now on gauges are made in this registry, which Spark has asked the plugin to fill. */
  static void connect(MetricRegistry registry) {
    registry.registerGauge(RUNNING, RUNS::get);
    connected = registry;
  }

  /** The gauges of a run that begins. */
  public static RunGauges open() {
    RUNS.incrementAndGet();
    return new RunGauges();
  }

  /** Sets a gauge. */
  public void set(String name, double value) {
    NUMBERS.put(name, value);
    if (own.add(name)) {
      registry.gauge(name, () -> number(name));
    }
  }

  /** Takes away those whose names begin so. */
  public void remove(String prefix) {
    List<String> gone = own.stream().filter(name -> name.startsWith(prefix)).toList();
    gone.forEach(registry::remove);
    gone.forEach(NUMBERS::remove);
    gone.forEach(own::remove);
  }

  private static Gauge<Double> number(String name) {
    return () -> NUMBERS.getOrDefault(name, Double.NaN);
  }

  /** Takes the gauges away. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    own.forEach(registry::remove);
    NUMBERS.keySet().removeAll(own);
    RUNS.decrementAndGet();
  }
}
