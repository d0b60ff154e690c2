package org.sparkmto.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Hands connections on to a server of this machine, each of whose answers comes later. */
public final class DelayingProxy implements AutoCloseable {
  private final int target;
  private final Duration delay;
  private final ServerSocket listening;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger questions = new AtomicInteger();

  /**
   * Listens at a port of its own.
   *
   * @param target port of the server
   * @param delay of every answer
   */
  public DelayingProxy(int target, Duration delay) {
    this.target = target;
    this.delay = delay;
    try {
      listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start("accepts", this::accept);
  }

  /** Where it listens. */
  public int port() {
    return listening.getLocalPort();
  }

  /** How many questions were asked. */
  public int questions() {
    return questions.get();
  }

  private interface Work {
    void run() throws IOException, InterruptedException;
  }

  private static void start(String name, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException | InterruptedException e) {
                // One end has closed the connection, or the proxy has.
              }
            },
            "proxy " + name);
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = listening.accept();
      Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
      open.add(client);
      open.add(server);
      // Whether the client has had an answer since it asked last; a question may come in pieces.
      boolean[] answered = {true};
      start("asks", () -> pass(client, server, () -> ask(answered)));
      start("answers", () -> pass(server, client, () -> answered[0] = true));
    }
  }

  private void ask(boolean[] answered) throws InterruptedException {
    if (answered[0]) {
      answered[0] = false;
      questions.incrementAndGet();
      Thread.sleep(delay.toMillis());
    }
  }

  private void pass(Socket from, Socket to, Work before) throws IOException, InterruptedException {
    byte[] buffer = new byte[1 << 16];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int read;
      while ((read = in.read(buffer)) >= 0) {
        before.run();
        out.write(buffer, 0, read);
        out.flush();
      }
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
