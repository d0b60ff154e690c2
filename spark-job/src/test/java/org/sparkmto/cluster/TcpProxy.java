package org.sparkmto.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What stands between a client and a server of HTTP on this machine, and can be a bad line: slow,
 * or cut. It can also spoil the signatures of requests to S3, which the server then refuses.
 */
public final class TcpProxy implements AutoCloseable {
  private static final byte[] SIGNATURE = "Signature=".getBytes(StandardCharsets.US_ASCII);
  private static final int CHUNK = 1 << 16;

  private final int target;
  private final ServerSocket listening;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger questions = new AtomicInteger();
  private final AtomicInteger spoilt = new AtomicInteger();
  private volatile Duration delay = Duration.ZERO;
  private volatile boolean cut;
  private volatile boolean spoils;

  /** Listens on a port of its own for what goes to the target. */
  public TcpProxy(int target) {
    this.target = target;
    try {
      listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start("proxy", this::accept);
  }

  /** Where it listens. */
  public int port() {
    return listening.getLocalPort();
  }

  /** Makes every question, and so its answer, so much later. */
  public void delay(Duration by) {
    delay = by;
  }

  /** How many questions were asked. */
  public int questions() {
    return questions.get();
  }

  /** Closes all connections, and each that is opened, or no more. */
  public void cut(boolean now) {
    cut = now;
    if (now) {
      open.forEach(TcpProxy::close);
    }
  }

  /** Spoils signatures, or no more. */
  public void spoil(boolean now) {
    spoils = now;
  }

  /** How many it has spoilt. */
  public int spoilt() {
    return spoilt.get();
  }

  private static void start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (true) {
      Socket client;
      try {
        client = listening.accept();
      } catch (IOException e) {
        return; // closed
      }
      open.add(client);
      if (cut) {
        close(client);
        continue;
      }
      try {
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        open.add(server);
        // Whether the client has had an answer since it asked last; a question comes in pieces.
        AtomicBoolean answered = new AtomicBoolean(true);
        start("proxy to the server", () -> copy(client, server, answered, true));
        start("proxy to the client", () -> copy(server, client, answered, false));
      } catch (IOException e) {
        close(client);
      }
    }
  }

  private void copy(Socket from, Socket to, AtomicBoolean answered, boolean toServer) {
    byte[] chunk = new byte[CHUNK];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        if (toServer) {
          if (answered.getAndSet(false)) {
            questions.incrementAndGet();
            Thread.sleep(delay.toMillis());
          }
          spoil(chunk, count);
        } else {
          answered.set(true);
        }
        out.write(chunk, 0, count);
        out.flush();
      }
    } catch (IOException | InterruptedException e) {
      // the line is cut, or an end has hung up
    } finally {
      close(from);
      close(to);
      open.remove(from);
      open.remove(to);
    }
  }

  private void spoil(byte[] chunk, int count) {
    for (int at = 0; spoils && at + SIGNATURE.length < count; at++) {
      int same = 0;
      while (same < SIGNATURE.length && chunk[at + same] == SIGNATURE[same]) {
        same++;
      }
      if (same == SIGNATURE.length) {
        byte first = chunk[at + same];
        chunk[at + same] = (byte) (first == '0' ? '1' : '0');
        spoilt.incrementAndGet();
      }
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      listening.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cut(true);
  }
}
