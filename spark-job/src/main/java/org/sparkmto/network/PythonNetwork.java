package org.sparkmto.network;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** A {@link NetworkProgram} as a file of Python that needs PyTorch and nothing of ours. */
public final class PythonNetwork {
  private static final String RESOURCE = "network.py";
  private static final String TITLE = "@TITLE@";
  private static final String BUFFERS = "@BUFFERS@";
  private static final String SHARES = "@SHARES@";
  private static final String FORWARD = "    # @FORWARD@\n";

  private PythonNetwork() {}

  /**
   * The content of the file.
   *
   * @param title its first line: what network it is
   */
  public static String of(NetworkProgram program, Replica replica, String title) {
    List<String> learned =
        replica.layout().entries().stream().map(ParameterLayout.Entry::name).toList();
    String buffers =
        program.endsOfBuffers(learned).stream()
            .map(Dialect::quoted)
            .collect(Collectors.joining(", ", "[", "]"));
    return frame()
        .replace(TITLE, title.replace("\\", "/").replace("\"", "'"))
        .replace(BUFFERS, buffers)
        .replace(SHARES, Integer.toString(replica.plan().preference().size()))
        .replace(FORWARD, program.text(Dialect.PYTHON, "    "));
  }

  private static String frame() {
    try (InputStream in = PythonNetwork.class.getResourceAsStream(RESOURCE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
