package org.sparkmto.training;

import java.util.function.Supplier;
import org.sparkmto.data.DataContractException;
import org.sparkmto.options.ConfigurationException;

/** What went wrong on an executor, as the one sentence that it had for it. */
final class ExecutorTrouble {
  private ExecutorTrouble() {}

  /**
   * Runs a job of Spark's.
   *
   * @throws ConfigurationException if a task threw one, in the place of Spark's account of it
   * @throws DataContractException likewise
   */
  static <T> T inOwnWords(Supplier<T> job) {
    try {
      return job.get();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) { // Spark throws its checked SparkException without declaring it
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof ConfigurationException || cause instanceof DataContractException) {
          throw (RuntimeException) cause;
        }
      }
      throw new IllegalStateException(e.getMessage(), e);
    }
  }
}
