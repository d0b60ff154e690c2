package org.sparkmto.cluster;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The machines of a cluster: this one alone, or network namespaces of this one, each with a cable
 * to a common bridge that can be pulled. What runs behind a pulled cable goes on, and nobody hears
 * of it, as where a switch or a power supply fails.
 */
public final class Machines implements AutoCloseable {
  /**
   * One of them.
   *
   * @param address its own
   * @param prefix of the command line of what runs there
   */
  record Machine(String address, List<String> prefix) {
    List<String> command(List<String> line) {
      List<String> whole = new ArrayList<>(prefix);
      whole.addAll(line);
      return whole;
    }
  }

  private final String name;
  private final Machine driver;
  private final List<Machine> workers;

  private Machines(String name, Machine driver, List<Machine> workers) {
    this.name = name;
    this.driver = driver;
    this.workers = workers;
  }

  /** This machine, as often as one likes. */
  static Machines one() {
    return new Machines("", new Machine("127.0.0.1", List.of()), List.of());
  }

  /** Makes some; a test that may not do that is aborted with the reason. */
  public static Machines behindABridge(int count) throws IOException, InterruptedException {
    long pid = ProcessHandle.current().pid();
    String name = "mto" + pid % 100_000;
    // A network of this JVM's own among those for tests of equipment (RFC 2544).
    String network = "198.18." + pid % 250 + ".";
    List<Machine> workers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      workers.add(new Machine(network + (i + 2), List.of("ip", "netns", "exec", name + "m" + i)));
    }
    Machines machines = new Machines(name, new Machine(network + "1", List.of()), workers);
    Runtime.getRuntime().addShutdownHook(new Thread(machines::remove));
    String refused = ip("link", "add", name, "type", "bridge");
    assumeTrue(refused.isEmpty(), "this needs the right to make network namespaces: " + refused);
    done("addr", "add", network + "1/24", "dev", name);
    done("link", "set", name, "up");
    for (int i = 0; i < count; i++) {
      String space = name + "m" + i;
      done("netns", "add", space);
      done(
          "link", "add", machines.cable(i), "type", "veth", "peer", "name", "eth0", "netns", space);
      done("link", "set", machines.cable(i), "master", name, "up");
      done("-n", space, "addr", "add", workers.get(i).address() + "/24", "dev", "eth0");
      done("-n", space, "link", "set", "eth0", "up");
      done("-n", space, "link", "set", "lo", "up");
    }
    return machines;
  }

  int count() {
    return workers.size();
  }

  Machine ofDriver() {
    return driver;
  }

  Machine ofWorker(int index) {
    return workers.isEmpty() ? driver : workers.get(index);
  }

  private String cable(int index) {
    return name + "c" + index;
  }

  /** Pulls the cable of a machine. */
  public void cut(int index) throws IOException, InterruptedException {
    done("link", "set", cable(index), "down");
  }

  /** Puts it in again. */
  public void join(int index) throws IOException, InterruptedException {
    done("link", "set", cable(index), "up");
  }

  private static void done(String... arguments) throws IOException, InterruptedException {
    String said = ip(arguments);
    if (!said.isEmpty()) {
      throw new IOException("ip " + String.join(" ", arguments) + ": " + said);
    }
  }

  /** What the command says, which is nothing where it did what it was told. */
  private static String ip(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      return String.valueOf(e.getMessage()); // there is no such command
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 ? "" : said + " ";
  }

  private void remove() {
    try {
      for (int i = 0; i < workers.size(); i++) {
        ip("netns", "del", name + "m" + i);
      }
      ip("link", "del", name);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Takes them away; nothing may run there any more. */
  @Override
  public void close() {
    remove();
  }
}
