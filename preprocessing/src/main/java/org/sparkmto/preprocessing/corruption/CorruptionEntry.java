package org.sparkmto.preprocessing.corruption;

import java.util.List;
import org.sparkmto.options.Documented;
import org.sparkmto.options.Option;

/**
 * A corruption as lists and command lines know it, declared beside its class.
 *
 * @param name how a command line names it
 * @param family that it is of
 * @param summary one line for people
 * @param corruption what it does
 */
public record CorruptionEntry(
    String name, CorruptionFamily family, String summary, Corruption corruption)
    implements Documented {

  /** None: the paper fixes what each severity is. */
  @Override
  public List<Option> options() {
    return List.of();
  }
}
