package org.sparkmto.tracking;

import java.io.IOException;

/** An answer of the server that says no. */
final class MlflowException extends IOException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String code;

  /**
   * An answer.
   *
   * @param status of HTTP
   * @param code MLflow's own, such as RESOURCE_DOES_NOT_EXIST; may be empty
   */
  MlflowException(int status, String code, String message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  /** Of HTTP. */
  int status() {
    return status;
  }

  /** Whether the same request would get the same answer later. */
  boolean isLasting() {
    return status < 500 && status != 408 && status != 429;
  }

  /** Whether the answer has this code of MLflow's. */
  boolean is(String wanted) {
    return code.equals(wanted);
  }
}
