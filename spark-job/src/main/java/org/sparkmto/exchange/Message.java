package org.sparkmto.exchange;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The messages between ranks and the driver, as bytes that hold numbers and text and nothing that
 * could be executed. Spark's own authenticated channel carries them.
 */
final class Message {
  static final byte STARTED = 1;
  static final byte READY = 2;
  static final byte WEIGH = 3;
  static final byte LISTENS = 4;
  static final byte FAILED = 5;
  static final byte TIMES = 6;
  static final byte PLACE = 7;
  static final byte ID = 8;
  static final byte MEMORY = 9;
  static final byte SEEN = 10;
  static final byte OK = 64;
  static final byte REFUSED = 65;

  /** Well within what {@link DataOutputStream#writeUTF} can take. */
  private static final int LONGEST_REASON = 4000;

  private Message() {}

  /** Writes fields one after the other. */
  interface Body {
    void write(DataOutputStream out) throws IOException;
  }

  static byte[] of(byte kind, Body body) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeByte(kind);
      body.write(out);
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("a message in memory cannot fail", e);
    }
  }

  static byte[] refused(String reason) {
    String shown = reason.length() > LONGEST_REASON ? reason.substring(0, LONGEST_REASON) : reason;
    return of(REFUSED, out -> out.writeUTF(shown));
  }

  /** Whether the rank that sent it waits for an answer. */
  static boolean wantsAnswer(byte[] message) {
    return message.length == 0 || message[0] != TIMES;
  }

  static DataInputStream reader(byte[] message) {
    return new DataInputStream(new ByteArrayInputStream(message));
  }
}
