package org.sparkmto.network;

import java.io.IOException;

/**
 * A safetensors file is damaged, or does not hold what it should. The message names the file and
 * says what was wrong; reading the same bytes again cannot help.
 */
public final class SafetensorsException extends IOException {
  SafetensorsException(String where, String what) {
    super(where + ": " + what);
  }

  SafetensorsException(String where, String what, Throwable cause) {
    super(where + ": " + what, cause);
  }
}
