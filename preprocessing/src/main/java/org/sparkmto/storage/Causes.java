package org.sparkmto.storage;

import java.util.ArrayList;
import java.util.List;

/** What lies behind a failure: libraries wrap errors, and the innermost says what happened. */
public final class Causes {
  /** A chain of causes may be a circle. */
  private static final int MOST = 20;

  private Causes() {}

  /** The failure, its cause, the cause of that, and so on; at least one, at most twenty. */
  public static List<Throwable> of(Throwable failure) {
    List<Throwable> causes = new ArrayList<>();
    for (Throwable cause = failure;
        cause != null && causes.size() < MOST;
        cause = cause.getCause()) {
      causes.add(cause);
    }
    return causes;
  }

  /** The last of them. */
  public static Throwable innermost(Throwable failure) {
    List<Throwable> causes = of(failure);
    return causes.get(causes.size() - 1);
  }
}
