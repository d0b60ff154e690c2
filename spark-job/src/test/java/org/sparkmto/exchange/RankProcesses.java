package org.sparkmto.exchange;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Ranks that are processes, whose questions to the driver come here by their standard streams. */
public final class RankProcesses implements AutoCloseable {
  /** What a rank does, and what it says of it in the end. */
  public interface Work {
    String run(int rank, int size, DriverChannel driver) throws Exception;
  }

  private static final byte QUESTION = 1;
  private static final byte RESULT = 2;

  private final List<Process> processes = new ArrayList<>();
  private final List<CompletableFuture<String>> results = new ArrayList<>();
  private final DriverDesk desk;

  private RankProcesses(DriverDesk desk) {
    this.desk = desk;
  }

  /**
   * Starts ranks.
   *
   * @param program a class of tests, whose main method calls {@link #main}
   * @param options of the JVM
   */
  public static RankProcesses start(String attempt, int size, Class<?> program, String... options)
      throws IOException {
    RankProcesses all = new RankProcesses(DriverDesk.open(attempt, report -> null));
    for (int rank = 0; rank < size; rank++) {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-XX:+UseSerialGC", "-Xmx256m"));
      command.addAll(List.of(options));
      command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
      command.addAll(List.of(attempt, Integer.toString(rank), Integer.toString(size)));
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      all.processes.add(process);
      CompletableFuture<String> result = new CompletableFuture<>();
      all.results.add(result);
      Thread serving = new Thread(() -> serve(process, result), "serves rank " + rank);
      serving.setDaemon(true);
      serving.start();
    }
    return all;
  }

  private static void serve(Process process, CompletableFuture<String> result) {
    try (DataInputStream in = new DataInputStream(process.getInputStream());
        DataOutputStream out = new DataOutputStream(process.getOutputStream())) {
      while (true) {
        byte kind = in.readByte();
        byte[] message = in.readNBytes(in.readInt());
        if (kind == RESULT) {
          result.complete(new String(message, StandardCharsets.UTF_8));
          // It goes when it is told to, or killed.
          process.waitFor();
          return;
        }
        byte[] answer = DriverDesk.answer(message);
        out.writeInt(answer.length);
        out.write(answer);
        out.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (EOFException e) {
      result.completeExceptionally(new IOException("it ended without a word", e));
    } catch (IOException e) {
      result.completeExceptionally(e);
    }
  }

  Process process(int rank) {
    return processes.get(rank);
  }

  /** What a rank says in the end. */
  public CompletableFuture<String> result(int rank) {
    return results.get(rank);
  }

  @Override
  public void close() throws InterruptedException {
    desk.close();
    for (Process process : processes) {
      process.destroyForcibly();
      process.waitFor();
    }
  }

  /** In the process of a rank. */
  public static void main(String[] arguments, Work work) throws Exception {
    DataInputStream in = new DataInputStream(new FileInputStream(FileDescriptor.in));
    DataOutputStream out = new DataOutputStream(new FileOutputStream(FileDescriptor.out));
    System.setOut(System.err);
    new AggregatorPlugin()
        .executorPlugin()
        .init(
            new Wire() {
              @Override
              public synchronized Object ask(Object message) throws IOException {
                RankProcesses.send(out, QUESTION, (byte[]) message);
                return in.readNBytes(in.readInt());
              }
            },
            Map.of());
    String result;
    try {
      result =
          work.run(
              Integer.parseInt(arguments[1]),
              Integer.parseInt(arguments[2]),
              new DriverChannel(arguments[0]));
    } catch (ExchangeException e) {
      result = "ExchangeException: " + e.getMessage();
    }
    send(out, RESULT, result.getBytes(StandardCharsets.UTF_8));
    while (in.read() >= 0) {}
  }

  private static void send(DataOutputStream out, byte kind, byte[] message) throws IOException {
    out.writeByte(kind);
    out.writeInt(message.length);
    out.write(message);
    out.flush();
  }

  /** Long enough for a JVM with libtorch on a busy machine. */
  public static final Duration PATIENCE = Duration.ofSeconds(60);
}
