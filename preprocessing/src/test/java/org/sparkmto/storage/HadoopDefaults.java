package org.sparkmto.storage;

import org.apache.hadoop.conf.Configuration;

/**
 * Hadoop's defaults, read from its jars once for all tests: that takes longer than many of them.
 */
public final class HadoopDefaults {
  private static final Configuration READ = new Configuration();

  static {
    READ.size();
  }

  private HadoopDefaults() {}

  /** A configuration of its own for a test. */
  public static Configuration copy() {
    return new Configuration(READ);
  }
}
