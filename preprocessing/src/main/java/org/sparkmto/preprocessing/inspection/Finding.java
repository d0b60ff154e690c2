package org.sparkmto.preprocessing.inspection;

import java.io.Serializable;

/**
 * Something in a data set that is not what its manifest or its tasks promise.
 *
 * @param file relative to the data set
 * @param sample identity of the sample, or empty if it is about the file
 * @param detail what was found and what was expected
 */
public record Finding(String file, String sample, String detail) implements Serializable {
  @Override
  public String toString() {
    String place = sample.isEmpty() ? file : file + ", sample " + sample;
    return Printable.text(place + ": " + detail);
  }
}
