package org.sparkmto.preprocessing.webdataset;

import java.util.Map;
import java.util.Optional;
import org.sparkmto.preprocessing.Reason;

/**
 * The members of a tar file that belong together, as their names differ behind the first dot alone.
 *
 * @param index number of the sample in the file, 0 and up
 * @param key what the names have in common
 * @param members by what follows the dot, in small letters: their first bytes, empty for those that
 *     nobody wants
 * @param trouble why it cannot be used
 */
public record TarSample(
    long index, String key, Map<String, byte[]> members, Optional<Trouble> trouble) {

  /** What is wrong with a sample, and with which member. */
  public record Trouble(Reason reason, String detail) {}
}
