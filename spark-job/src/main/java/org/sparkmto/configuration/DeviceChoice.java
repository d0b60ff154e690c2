package org.sparkmto.configuration;

/** Where ranks are to compute: key {@code cluster.device}. */
public enum DeviceChoice {
  /** On the GPUs that Spark has given them, if libtorch can use these; else on the CPU. */
  AUTO,
  /** On the CPU, whatever Spark has. */
  CPU,
  /** On a GPU each, or not at all. */
  CUDA
}
