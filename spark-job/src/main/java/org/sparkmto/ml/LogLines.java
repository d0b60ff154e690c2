package org.sparkmto.ml;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;

/** Every line that is written becomes one of a log. */
final class LogLines extends OutputStream {
  private final Logger log;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  LogLines(Logger log) {
    this.log = log;
  }

  @Override
  public synchronized void write(int octet) {
    if (octet == '\n') {
      log.info(line.toString(StandardCharsets.UTF_8).stripTrailing());
      line.reset();
    } else {
      line.write(octet);
    }
  }
}
