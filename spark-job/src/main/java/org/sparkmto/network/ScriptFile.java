package org.sparkmto.network;

import java.nio.file.Path;
import java.util.List;

/**
 * A TorchScript file of a network, on the disk of this machine. It is read once, when somebody asks
 * what is in it; two are equal that have the same content and are called the same.
 */
public final class ScriptFile {
  private final String name;
  private final String sha256;
  private final Path local;
  private Slots slots;

  /** What a module keeps from one step to the next. */
  record Slots(List<ScriptModule.Slot> learned, List<ScriptModule.Slot> statistics) {}

  /**
   * A file.
   *
   * @param name how messages call it: what it is of and where it came from
   * @param sha256 digest of its content, lower-case hexadecimal, which has been compared
   * @param local where its content lies; it stays there as long as this JVM
   */
  public ScriptFile(String name, String sha256, Path local) {
    this.name = name;
    this.sha256 = sha256;
    this.local = local;
  }

  /** How messages call it. */
  public String name() {
    return name;
  }

  /** Digest of its content, lower-case hexadecimal. */
  public String sha256() {
    return sha256;
  }

  /** Where its content lies on this machine. */
  public Path local() {
    return local;
  }

  /**
   * What is learned in it, and its running statistics.
   *
   * @throws IllegalArgumentException if it cannot be loaded, or there is nothing to train in it
   */
  synchronized Slots slots() {
    if (slots == null) {
      try (ScriptModule module = ScriptModule.load(this)) {
        slots = new Slots(module.learned(), module.statistics());
      }
    }
    return slots;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ScriptFile file && file.name.equals(name) && file.sha256.equals(sha256);
  }

  @Override
  public int hashCode() {
    return sha256.hashCode();
  }

  @Override
  public String toString() {
    return name;
  }
}
